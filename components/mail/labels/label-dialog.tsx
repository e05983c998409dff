// Labels of the chosen messages: type to narrow, Enter or a click sets or takes one, a name that there is not is made.
'use client';
import { Check, Minus, Plus } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import type { Label } from '#lib/preferences/folders.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';
import { LabelDot } from './label-chip.tsx';
import { makeLabel } from './make-label.ts';
import { useLabelling } from './use-labelling.ts';

export function LabelDialog({
  mail,
  ids,
  onClose,
}: {
  mail: Mail;
  /** Ids of rows, or null: closed */
  ids: number[] | null;
  onClose: () => void;
}) {
  return ids === null ? null : <OpenDialog mail={mail} ids={ids} onClose={onClose} />;
}

function OpenDialog({ mail, ids, onClose }: { mail: Mail; ids: number[]; onClose: () => void }) {
  const t = useTranslations('folders.labels');
  const { preferences, change } = usePreferences();
  const { setLabels } = useLabelling(mail);
  const labels = preferences['folders.labels'];
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const keywords = mail.rows.filter((row) => ids.includes(row.uid)).map((row) => row.keywords);
  if (keywords.length === 0 && mail.message) keywords.push(mail.message.keywords);
  const countOf = ({ keyword }: Label) =>
    keywords.filter((each) => each.some((own) => own.toLowerCase() === keyword.toLowerCase()))
      .length;
  const stateOf = (label: Label): 'all' | 'some' | 'none' => {
    const wanted = chosen.get(label.keyword);
    if (wanted !== undefined) return wanted ? 'all' : 'none';
    const count = countOf(label);
    return count === 0 ? 'none' : count === keywords.length ? 'all' : 'some';
  };
  const wanted = text.trim().toLowerCase();
  const choices = labels.filter(({ name }) => name.toLowerCase().includes(wanted));
  const isNew = wanted !== '' && !labels.some(({ name }) => name.toLowerCase() === wanted);
  const count = choices.length + (isNew ? 1 : 0);
  const toggle = (label: Label) =>
    setChosen(new Map([...chosen, [label.keyword, stateOf(label) !== 'all']]));
  const choose = (index: number) => {
    const label = choices[index];
    if (label) toggle(label);
    else if (isNew) {
      const made = makeLabel(text, labels);
      change({ 'folders.labels': [...labels, made] });
      setChosen(new Map([...chosen, [made.keyword, true]]));
      setText('');
    }
  };
  const apply = () => {
    const changed = [...chosen];
    void setLabels(ids, {
      add: changed.filter(([, isSet]) => isSet).map(([keyword]) => keyword),
      remove: changed.filter(([, isSet]) => !isSet).map(([keyword]) => keyword),
    });
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt((now) => (now + step + count) % Math.max(1, count));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey || (text === '' && chosen.size > 0)) apply();
      else choose(at);
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('choose', { count: ids.length })}
      size="sm"
      footer={
        <>
          <Link
            href="/options/labels"
            className="me-auto self-center text-sm text-accent-text underline"
          >
            {t('edit')}
          </Link>
          <Button variant="primary" onClick={apply}>
            {t('apply')}
          </Button>
        </>
      }
    >
      <Input
        value={text}
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="label-choices"
        aria-activedescendant={count > 0 ? `label-${at}` : undefined}
        aria-label={t('label')}
        placeholder={t('label')}
        maxLength={60}
        autoComplete="off"
        dir="auto"
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        id="label-choices"
        role="listbox"
        aria-multiselectable
        aria-label={t('title')}
        className="-mx-2 mt-2 max-h-72 min-h-24 overflow-y-auto"
      >
        {choices.map((label, index) => {
          const state = stateOf(label);
          return (
            <button
              key={label.keyword}
              id={`label-${index}`}
              type="button"
              role="option"
              aria-selected={state === 'all'}
              tabIndex={-1}
              onClick={() => toggle(label)}
              onMouseMove={() => setAt(index)}
              className={joinClasses(
                'flex h-9 w-full items-center gap-2.5 rounded-md px-2 text-start pointer-coarse:h-11',
                index === at && 'bg-hover',
              )}
            >
              <span className="flex size-4 shrink-0 items-center justify-center text-accent-text">
                {state === 'all' && <Check aria-hidden className="size-4" />}
                {state === 'some' && <Minus aria-hidden className="size-4" />}
              </span>
              <LabelDot colour={label.colour} />
              <span className="truncate" dir="auto">
                {label.name}
              </span>
            </button>
          );
        })}
        {isNew && (
          <button
            id={`label-${choices.length}`}
            type="button"
            role="option"
            aria-selected={false}
            tabIndex={-1}
            onClick={() => choose(choices.length)}
            onMouseMove={() => setAt(choices.length)}
            className={joinClasses(
              'flex h-9 w-full items-center gap-2.5 rounded-md px-2 text-start pointer-coarse:h-11',
              at === choices.length && 'bg-hover',
            )}
          >
            <Plus aria-hidden className="size-4 text-muted" />
            <span className="truncate">{t('create', { name: text.trim() })}</span>
          </button>
        )}
      </div>
    </Dialog>
  );
}
