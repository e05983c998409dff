// Recipients as chips. Comma, semicolon, Enter, Tab and leaving the field make a chip; a pasted list makes many; a double
// click or Enter edits one; chips are dragged to another field.
'use client';
import { BookUser } from 'lucide-react';
import { useTranslations } from 'next-intl';
import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  type ReactNode,
  useId,
  useRef,
  useState,
} from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import type { Suggestion } from '#lib/contacts/suggest.ts';
import type { Person } from '#lib/webmail/list/message-list.ts';
import { fullName, splitPeople } from '../people.ts';
import { RecipientChip } from './recipient-chip.tsx';
import { chipType, type RecipientKind } from './recipient-kind.ts';
import { SuggestionList } from './suggestion-list.tsx';
import { forgetSuggestion, useSuggestions } from './use-suggestions.ts';

export function RecipientField({
  kind,
  people,
  onChange,
  onTake,
  onBook,
  hasFocus = false,
  isWrong = false,
  end,
}: {
  kind: RecipientKind;
  people: Person[];
  onChange: (people: Person[]) => void;
  /** A chip of another field was dropped here. */
  onTake?: (person: Person, from: RecipientKind) => void;
  /** Opens the address book. */
  onBook?: (() => void) | undefined;
  hasFocus?: boolean;
  isWrong?: boolean;
  end?: ReactNode;
}) {
  const t = useTranslations('compose.field');
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [isOpen, setIsOpen] = useState(false);
  const [isOver, setIsOver] = useState(false);
  const found = useSuggestions(text, isOpen);
  const [forgotten, setForgotten] = useState<string[]>([]);
  const suggestions = found.filter(
    (each) =>
      !forgotten.includes(each.address) && !people.some((one) => one.address === each.address),
  );

  const add = (added: Person[]) => {
    const next = addPeople(people, added);
    if (next.length > people.length) onChange(next);
    setText('');
    setAt(0);
    setIsOpen(false);
  };
  const choose = ({ kind: of, name, address, people: members }: Suggestion) =>
    add(of === 'group' ? members : [{ name, address }]);
  const commit = () => {
    const typed = splitPeople(text);
    if (typed.length > 0) add(typed);
  };
  const edit = (person: Person) => {
    onChange(people.filter((each) => each !== person));
    setText(fullName(person));
    input.current?.focus();
  };
  const forget = (address: string) => {
    setForgotten((all) => [...all, address]);
    forgetSuggestion(address).catch(() => {});
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const chosen = suggestions[at];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (suggestions.length === 0) return;
      event.preventDefault();
      const by = event.key === 'ArrowDown' ? 1 : -1;
      setAt((at + by + suggestions.length) % suggestions.length);
    } else if (event.key === 'Delete' && event.shiftKey && chosen?.kind === 'correspondent') {
      event.preventDefault();
      forget(chosen.address);
    } else if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey) || event.key === 'Tab') {
      if (text.trim() === '') {
        if (event.key === 'Enter') event.preventDefault();
        return;
      }
      event.preventDefault();
      // What is typed whole is meant as it is.
      if (chosen && !/^\S+@\S+\.\S+$/.test(text.trim())) choose(chosen);
      else commit();
    } else if (event.key === ',' || event.key === ';') {
      // A comma inside a quoted name belongs to it.
      if ((text.match(/"/g)?.length ?? 0) % 2 === 1) return;
      event.preventDefault();
      commit();
    } else if (event.key === 'Backspace' && text === '' && people.length > 0) {
      onChange(people.slice(0, -1));
    } else if (event.key === 'Escape' && suggestions.length > 0) {
      event.preventDefault();
      setIsOpen(false);
    }
  };
  const onPaste = (event: ClipboardEvent<HTMLInputElement>) => {
    const pasted = event.clipboardData.getData('text');
    if (!/[,;\n]/.test(pasted)) return;
    event.preventDefault();
    add(splitPeople(text + pasted));
  };
  const onDrop = (event: DragEvent) => {
    setIsOver(false);
    const data = event.dataTransfer.getData(chipType);
    if (!data) return;
    event.preventDefault();
    const { person, from } = JSON.parse(data) as { person: Person; from: RecipientKind };
    if (from !== kind) onTake?.(person, from);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging has another way, the chips are edited by keys
    <div
      className={joinClasses(
        'relative flex items-start gap-3 border-b',
        isWrong && 'border-danger',
        isOver && 'bg-accent-soft',
      )}
      onDragOver={(event) => {
        if (!onTake || !event.dataTransfer.types.includes(chipType)) return;
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={onDrop}
    >
      <label htmlFor={id} className="min-w-12 shrink-0 pt-2 text-sm text-faint pointer-coarse:pt-3">
        {t(kind)}
      </label>
      <div className="flex max-h-32 min-w-0 flex-1 flex-wrap items-center gap-1 overflow-y-auto py-1">
        {people.map((person) => (
          <RecipientChip
            key={person.address}
            person={person}
            kind={kind}
            onEdit={() => edit(person)}
            onRemove={() => onChange(people.filter((each) => each !== person))}
          />
        ))}
        <input
          ref={input}
          id={id}
          value={text}
          // biome-ignore lint/a11y/noAutofocus: the window was just opened to be typed into
          autoFocus={hasFocus}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={suggestions.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={suggestions[at] ? `${id}-${at}` : undefined}
          aria-invalid={isWrong || undefined}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          inputMode="email"
          maxLength={10_000}
          onBlur={() => {
            setIsOpen(false);
            commit();
          }}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
            setIsOpen(true);
          }}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          className="h-6.5 min-w-24 flex-1 bg-transparent outline-none pointer-coarse:h-9 pointer-coarse:text-lg"
        />
      </div>
      {end && <span className="shrink-0 pt-1.5 pointer-coarse:pt-3">{end}</span>}
      {onBook && (
        <IconButton
          label={`${t('book')}: ${t(kind)}`}
          title={t('book')}
          icon={<BookUser />}
          size="sm"
          className="mt-0.5 shrink-0"
          onClick={onBook}
        />
      )}
      {suggestions.length > 0 && (
        <SuggestionList
          id={id}
          suggestions={suggestions}
          at={at}
          setAt={setAt}
          onChoose={choose}
          onForget={forget}
        />
      )}
    </div>
  );
}

/** The list with those who are not in it yet. */
export function addPeople(people: readonly Person[], added: readonly Person[]): Person[] {
  const known = new Set(people.map(({ address }) => address.toLowerCase()));
  const fresh = added.filter(({ address }) => {
    const isNew = !known.has(address.toLowerCase());
    known.add(address.toLowerCase());
    return isNew;
  });
  return [...people, ...fresh];
}
