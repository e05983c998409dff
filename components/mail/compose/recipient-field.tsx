// Recipients as chips. Comma, semicolon, Enter, Tab and leaving the field make a chip; a pasted list makes many;
// a double click edits one. Suggestions come from one list that is fetched when the first field is used.
'use client';
import { X } from 'lucide-react';
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type ReactNode,
  useId,
  useRef,
  useState,
} from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import type { Person } from '#lib/webmail/list/message-list.ts';
import { fullName, looksLikeAddress, splitPeople, suggestPeople } from '../people.ts';
import { getJson } from '../state/request.ts';

let known: Promise<Person[]> | null = null;
let knownAt = 0;

function loadPeople(): Promise<Person[]> {
  if (!known || Date.now() - knownAt > 5 * 60_000) {
    knownAt = Date.now();
    known = getJson<{ people: Person[] }>('/api/mail/addresses')
      .then((answer) => answer.people)
      .catch(() => {
        known = null;
        return [];
      });
  }
  return known;
}

export function RecipientField({
  label,
  people,
  onChange,
  hasFocus = false,
  isWrong = false,
  end,
}: {
  label: string;
  people: Person[];
  onChange: (people: Person[]) => void;
  hasFocus?: boolean;
  isWrong?: boolean;
  end?: ReactNode;
}) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [book, setBook] = useState<Person[]>([]);
  const [at, setAt] = useState(0);
  const [isOpen, setIsOpen] = useState(false);
  const suggestions = isOpen ? suggestPeople(book, text, people) : [];

  const add = (added: Person[]) => {
    const fresh = added.filter(
      (person, i) =>
        !people.some((each) => isSame(each, person)) &&
        added.findIndex((each) => isSame(each, person)) === i,
    );
    if (fresh.length > 0) onChange([...people, ...fresh]);
    setText('');
    setAt(0);
    setIsOpen(false);
  };
  const commit = () => {
    const typed = splitPeople(text);
    if (typed.length > 0) add(typed);
  };
  const edit = (person: Person) => {
    onChange(people.filter((each) => each !== person));
    setText(fullName(person));
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const chosen = suggestions[at];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (suggestions.length === 0) return;
      event.preventDefault();
      const by = event.key === 'ArrowDown' ? 1 : -1;
      setAt((at + by + suggestions.length) % suggestions.length);
    } else if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey) || event.key === 'Tab') {
      if (text.trim() === '') {
        if (event.key === 'Enter') event.preventDefault();
        return;
      }
      event.preventDefault();
      if (chosen) add([chosen]);
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

  return (
    <div
      className={joinClasses(
        'relative flex items-start gap-3 border-b',
        isWrong && 'border-danger',
      )}
    >
      <label htmlFor={id} className="w-12 shrink-0 pt-2 text-sm text-faint pointer-coarse:pt-3">
        {label}
      </label>
      <div className="flex max-h-32 min-w-0 flex-1 flex-wrap items-center gap-1 overflow-y-auto py-1">
        {people.map((person) => (
          <span
            key={person.address}
            title={fullName(person)}
            className={joinClasses(
              'flex h-6.5 max-w-full items-center gap-1 rounded-full py-0.5 pr-1 pl-2.5 text-sm',
              looksLikeAddress(person.address) ? 'bg-pressed' : 'bg-danger-soft text-danger-text',
            )}
          >
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the keyboard way is Backspace and typing */}
            <span className="truncate" dir="auto" onDoubleClick={() => edit(person)}>
              {person.name || person.address}
            </span>
            <button
              type="button"
              aria-label={`Remove ${person.name || person.address}`}
              onClick={() => onChange(people.filter((each) => each !== person))}
              className="rounded-full p-0.5 text-muted hover:bg-line-strong hover:text-ink"
            >
              <X aria-hidden className="size-3.5" />
            </button>
          </span>
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
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          inputMode="email"
          maxLength={10_000}
          onFocus={() => void loadPeople().then(setBook)}
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
      {suggestions.length > 0 && (
        <div
          id={`${id}-list`}
          role="listbox"
          aria-label="Suggestions"
          className="absolute top-full right-0 left-12 z-10 mt-1 max-h-72 overflow-y-auto rounded-lg border bg-surface p-1 shadow-float"
        >
          {suggestions.map((person, index) => (
            <button
              key={person.address}
              id={`${id}-${index}`}
              type="button"
              role="option"
              aria-selected={index === at}
              tabIndex={-1}
              // The field keeps the focus; its blur would take the typed text first.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => add([person])}
              onMouseMove={() => setAt(index)}
              className={joinClasses(
                'flex w-full items-center gap-2.5 rounded-md px-2 py-1.5 text-left pointer-coarse:py-2.5',
                index === at && 'bg-accent-soft',
              )}
            >
              <Avatar name={person.name} address={person.address} size="sm" />
              <span className="min-w-0">
                <span className="block truncate font-medium" dir="auto">
                  {person.name || person.address}
                </span>
                {person.name && (
                  <span className="block truncate text-sm text-faint">{person.address}</span>
                )}
              </span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function isSame(a: Person, b: Person): boolean {
  return a.address.toLowerCase() === b.address.toLowerCase();
}
