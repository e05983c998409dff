// A book's list with its head: search, what can be done with the selected ones and with the group.
'use client';
import { Menu as MenuIcon, MoreVertical, PenLine, Plus, Trash2, Users, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Input } from '#components/ui/input.tsx';
import { Menu, type MenuItem } from '#components/ui/menu.tsx';
import { BookNav } from './book-nav.tsx';
import { ContactList } from './contact-list.tsx';
import { GroupDialog } from './group-dialog.tsx';
import type { Book } from './use-book.ts';
import { useGroups } from './use-groups.ts';

/** As many as come back when a removal is undone. */
const undoable = 200;

export function BookPane({
  book,
  place,
  openId,
  search,
  onSearch,
  onGo,
  onRemove,
  className,
}: {
  book: Book;
  /** Id of a group, or empty */
  place: string;
  openId: string | null;
  search: string;
  onSearch: (text: string) => void;
  onGo: (group: string, id?: string | null, edit?: boolean) => void;
  onRemove: (ids: string[]) => Promise<void>;
  className?: string;
}) {
  const t = useTranslations('contacts');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<'new' | 'rename' | 'delete' | 'remove' | 'books' | null>(
    null,
  );
  const actions = useGroups(book.reload);
  const group = book.groups.find(({ id }) => id === place);
  const ids = [...selected];
  const toggle = (id: string) =>
    setSelected((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const clear = () => setSelected(new Set());
  const removeSelected = async () => {
    clear();
    if (openId && selected.has(openId)) onGo(place);
    await onRemove(ids);
  };

  const groupItems: MenuItem[] = [
    ...book.groups
      .filter(({ id }) => id !== place)
      .map(({ id, name }) => ({
        label: name,
        icon: <Users className="size-4" />,
        onSelect: () => void actions.put(id, name, ids).then(clear),
      })),
    ...(book.groups.length > 0 ? (['separator'] as const) : []),
    { label: `${t('actions.newGroup')}…`, onSelect: () => setDialog('new') },
    ...(group
      ? [
          {
            label: t('actions.removeFromGroup'),
            onSelect: () => void actions.take(group.id, group.name, ids).then(clear),
          },
        ]
      : []),
  ];
  const moreItems: MenuItem[] = [
    { label: `${t('actions.newGroup')}…`, onSelect: () => setDialog('new') },
    ...(group
      ? [
          {
            label: t('actions.writeGroup'),
            icon: <PenLine className="size-4" />,
            onSelect: () => void actions.write(group.id),
          },
          { label: `${t('actions.renameGroup')}…`, onSelect: () => setDialog('rename') },
          {
            label: `${t('actions.deleteGroup')}…`,
            isDanger: true,
            onSelect: () => setDialog('delete'),
          },
        ]
      : []),
  ];

  return (
    <section
      aria-label={group?.name ?? t('all')}
      className={joinClasses('flex min-h-0 min-w-0 flex-col', className)}
    >
      {selected.size > 0 ? (
        <div className="flex h-13 shrink-0 items-center gap-1 border-b px-2">
          <IconButton label={t('clearSelection')} icon={<X />} onClick={clear} />
          <span role="status" className="me-auto truncate font-medium">
            {t('selected', { count: selected.size })}
          </span>
          <IconButton
            label={t('actions.write')}
            icon={<PenLine />}
            onClick={() => void actions.writeTo(ids)}
          />
          <Menu
            label={t('actions.addToGroup')}
            trigger={(props) => (
              <IconButton label={t('actions.addToGroup')} icon={<Users />} {...props} />
            )}
            items={groupItems}
          />
          <IconButton
            label={t('actions.delete')}
            icon={<Trash2 />}
            onClick={() => (ids.length > undoable ? setDialog('remove') : void removeSelected())}
          />
        </div>
      ) : (
        <div className="flex h-13 shrink-0 items-center gap-1.5 border-b px-2">
          <IconButton
            label={t('books')}
            icon={<MenuIcon />}
            className="lg:hidden"
            onClick={() => setDialog('books')}
          />
          <Input
            type="search"
            aria-label={t('search')}
            placeholder={t('search')}
            value={search}
            maxLength={100}
            onChange={(event) => onSearch(event.target.value)}
            className="min-w-0 flex-1"
          />
          <IconButton
            label={t('actions.add')}
            icon={<Plus />}
            onClick={() => onGo(place, null, true)}
          />
          <Menu
            label={t('more')}
            trigger={(props) => <IconButton label={t('more')} icon={<MoreVertical />} {...props} />}
            items={moreItems}
          />
        </div>
      )}
      <p role="status" className="border-b px-4 py-1.5 text-sm text-muted">
        {group && <span className="font-medium text-ink">{group.name} · </span>}
        {book.total === null ? '…' : t('count', { count: book.total })}
      </p>
      {book.error && (
        <p role="alert" className="m-3 rounded-md bg-danger-soft px-3 py-2 text-danger-text">
          {book.error}{' '}
          <button type="button" className="font-medium underline" onClick={book.reload}>
            {t('retry')}
          </button>
        </p>
      )}
      {book.total === 0 ? (
        <EmptyState
          title={t(search ? 'empty.found' : group ? 'empty.group' : 'empty.title')}
          action={
            !search && !group ? (
              <Button variant="primary" onClick={() => onGo('', null, true)}>
                {t('actions.add')}
              </Button>
            ) : undefined
          }
        >
          {t(search ? 'empty.foundText' : group ? 'empty.groupText' : 'empty.text')}
        </EmptyState>
      ) : (
        <ContactList
          book={book}
          openId={openId}
          selected={selected}
          onOpen={(id) => onGo(place, id)}
          onSelect={toggle}
        />
      )}
      {dialog === 'books' && (
        <Dialog isOpen onClose={() => setDialog(null)} title={t('books')}>
          <BookNav
            book={book}
            place={place}
            onGo={(next) => {
              setDialog(null);
              onGo(next);
            }}
          />
        </Dialog>
      )}
      {(dialog === 'new' || dialog === 'rename') && (
        <GroupDialog
          group={dialog === 'rename' ? (group ?? null) : null}
          contactIds={ids}
          onClose={() => setDialog(null)}
          onDone={(id) => {
            clear();
            book.reload();
            if (ids.length === 0) onGo(id);
          }}
        />
      )}
      <ConfirmDialog
        isOpen={dialog === 'remove'}
        onClose={() => setDialog(null)}
        title={t('delete.title', { count: ids.length })}
        confirmLabel={t('actions.delete')}
        onConfirm={removeSelected}
      >
        {t('delete.text')}
      </ConfirmDialog>
      {group && (
        <ConfirmDialog
          isOpen={dialog === 'delete'}
          onClose={() => setDialog(null)}
          title={t('delete.groupTitle', { name: group.name })}
          confirmLabel={t('actions.deleteGroup')}
          onConfirm={async () => {
            await actions.remove(group.id, group.name);
            onGo('');
          }}
        >
          {t('delete.groupText')}
        </ConfirmDialog>
      )}
    </section>
  );
}
