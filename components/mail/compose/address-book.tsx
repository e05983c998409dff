// The address book over a message being written: one's own contacts, a group of them or the directory. Whoever is marked
// goes into the field of choice; the book stays open for the next one. Keys: arrows walk from person to person, Space
// marks, Enter puts the marked ones into the field the book was opened from. Loaded when it is asked for.
'use client';
import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { FieldError } from '#components/ui/field.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { Spinner } from '#components/ui/spinner.tsx';
import type { Person } from '#lib/webmail/list/message-list.ts';
import type { RecipientKind } from './recipient-kind.ts';
import { type AddressRow, directory, useAddressRows } from './use-address-rows.ts';

export function AddressBook({
  kinds,
  first,
  onAdd,
  onClose,
}: {
  /** The fields that may be filled */
  kinds: readonly RecipientKind[];
  /** The one it was opened from */
  first: RecipientKind;
  onAdd: (kind: RecipientKind, people: Person[]) => void;
  onClose: () => void;
}) {
  const t = useTranslations('compose');
  const [book, setBook] = useState('');
  const [search, setSearch] = useState('');
  const { rows, hasMore, showMore, groups, error } = useAddressRows(book, search);
  const [chosen, setChosen] = useState<ReadonlyMap<string, Person>>(new Map());
  const [said, setSaid] = useState('');
  const list = useRef<HTMLDivElement>(null);

  const choose = (people: readonly AddressRow[], isChosen: boolean) => {
    const next = new Map(chosen);
    for (const { name, address } of people) {
      if (isChosen) next.set(address, { name, address });
      else next.delete(address);
    }
    setSaid('');
    setChosen(next);
  };
  const add = (kind: RecipientKind) => {
    if (chosen.size === 0) return;
    onAdd(kind, [...chosen.values()]);
    setSaid(t('book.added', { count: chosen.size, field: t(`field.${kind}`) }));
    setChosen(new Map());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === 'Enter' && isPlain && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      add(first);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (event.target instanceof HTMLSelectElement) return;
      event.preventDefault();
      step(list.current, event.key === 'ArrowDown' ? 1 : -1);
    }
  };
  const shownChosen = rows?.filter(({ address }) => chosen.has(address)).length ?? 0;
  const areAll = rows !== null && rows.length > 0 && shownChosen === rows.length;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="lg"
      title={t('book.title')}
      footer={
        <div className="flex min-w-0 flex-1 flex-wrap items-center justify-end gap-2">
          <span role="status" className="me-auto text-sm text-muted">
            {said || t('book.chosen', { count: chosen.size })}
          </span>
          {kinds.map((kind) => (
            <Button
              key={kind}
              variant={kind === first ? 'primary' : 'secondary'}
              disabled={chosen.size === 0}
              onClick={() => add(kind)}
            >
              {t('book.add', { field: t(`field.${kind}`) })}
            </Button>
          ))}
          <Button onClick={onClose}>{t('book.done')}</Button>
        </div>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the controls inside are buttons and fields */}
      <div onKeyDown={onKeyDown} className="flex flex-col gap-3">
        <div className="flex flex-wrap gap-2">
          <Input
            type="search"
            aria-label={t('book.search')}
            placeholder={t('book.search')}
            value={search}
            maxLength={100}
            onChange={(event) => setSearch(event.target.value)}
            className="min-w-0 flex-1 basis-56"
          />
          <Select
            aria-label={t('book.where')}
            value={book}
            onChange={(event) => setBook(event.target.value)}
            className="w-full sm:w-52"
          >
            <option value="">{t('book.own')}</option>
            {groups.map(({ id, name, count }) => (
              <option key={id} value={id}>
                {t('book.group', { name, count })}
              </option>
            ))}
            <option value={directory}>{t('book.directory')}</option>
          </Select>
        </div>
        <FieldError>{error}</FieldError>
        {rows && rows.length > 0 && (
          <Checkbox
            label={t('book.all')}
            checked={areAll}
            isMixed={shownChosen > 0 && !areAll}
            onChange={() => choose(rows, !areAll)}
          />
        )}
        <div ref={list} className="h-[min(22rem,45dvh)] overflow-y-auto rounded-md border">
          {!rows && !error && <Spinner className="m-4" />}
          {rows?.length === 0 && <p className="p-4 text-muted">{t('book.empty')}</p>}
          <ul aria-label={t('book.list')}>
            {rows?.map((row) => (
              <Row
                key={row.address}
                row={row}
                isChosen={chosen.has(row.address)}
                onChoose={(isChosen) => choose([row], isChosen)}
              />
            ))}
          </ul>
          {hasMore && (
            <Button variant="ghost" className="m-2" onClick={showMore}>
              {t('book.more')}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function Row({
  row: { name, address, note },
  isChosen,
  onChoose,
}: {
  row: AddressRow;
  isChosen: boolean;
  onChoose: (isChosen: boolean) => void;
}) {
  const id = useId();
  return (
    <li className="relative isolate flex min-h-12 items-center gap-3 border-b px-3 py-1.5 last:border-b-0 focus-within:bg-hover hover:bg-hover">
      <Checkbox
        id={id}
        data-address
        aria-labelledby={`${id}-name`}
        checked={isChosen}
        onChange={(event) => onChoose(event.target.checked)}
      />
      <Avatar name={name} address={address} size="sm" />
      {/* The whole row is the label: a large target. */}
      <label
        id={`${id}-name`}
        htmlFor={id}
        className="min-w-0 flex-1 before:absolute before:inset-0 before:-z-10 before:content-['']"
      >
        <span className="block truncate font-medium" dir="auto">
          {name || address}
        </span>
        <span className="block truncate text-sm text-muted">
          {[name ? address : '', note].filter(Boolean).join(' · ')}
        </span>
      </label>
    </li>
  );
}

/** From the search into the list, and from row to row. */
function step(list: HTMLElement | null, by: 1 | -1): void {
  const boxes = [...(list?.querySelectorAll<HTMLElement>('[data-address]') ?? [])];
  const at = boxes.indexOf(document.activeElement as HTMLElement);
  boxes[at < 0 ? 0 : Math.max(0, Math.min(boxes.length - 1, at + by))]?.focus();
}
