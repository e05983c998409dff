// What the search box offers while somebody types, and where it looks. Loaded with the first touch of the box.
'use client';
import { AtSign, Clock, Folder as FolderIcon, Hash, type LucideIcon, Tag } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useMemo, useRef, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { usePreferences } from '../state/preferences.tsx';
import { getJson } from '../state/request.ts';
import type { Mail } from '../state/use-mail.ts';
import { readPlaceOf, withPlace } from './criteria.ts';
import { readPerson, type Suggestion, suggestSearch } from './suggest.ts';

type Person = { name: string; address: string };

const icons: Record<Suggestion['kind'], LucideIcon> = {
  operator: Hash,
  person: AtSign,
  folder: FolderIcon,
  label: Tag,
  state: Hash,
  day: Clock,
  recent: Clock,
};
const places = ['here', 'below', 'all'] as const;
const noPeople: Person[] = [];

export function SearchSuggestions({
  mail,
  text,
  listId,
  at,
  suggestions,
  onSuggestions,
  onText,
  onChoose,
}: {
  mail: Mail;
  text: string;
  listId: string;
  at: number;
  suggestions: Suggestion[];
  onSuggestions: (suggestions: Suggestion[]) => void;
  onText: (text: string) => void;
  onChoose: (suggestion: Suggestion) => void;
}) {
  const t = useTranslations('search');
  const { preferences } = usePreferences();
  const people = usePeople(readPerson(text));
  const labels = preferences['folders.labels'];
  const recent = preferences['folders.recentSearches'];
  const { folders, nameOf } = mail;
  const found = useMemo(
    () =>
      suggestSearch(text, {
        folders: folders
          .filter((each) => each.isSelectable && each.role !== 'deleted')
          .map((each) => ({ path: each.path, name: nameOf(each) })),
        labels,
        people,
        recent,
        describe: (kind, name) => t(`${kind}.${name.replace('/*', 'Below')}` as 'operator.from'),
      }),
    [text, folders, nameOf, labels, people, recent, t],
  );
  const tell = useRef(onSuggestions);
  tell.current = onSuggestions;
  useEffect(() => tell.current(found), [found]);
  const place = readPlaceOf(text);
  return (
    // Pressing a button here must not take the focus from the box, or it would close.
    // biome-ignore lint/a11y/noStaticElementInteractions: nothing happens here but that
    <div
      onMouseDown={(event) => event.preventDefault()}
      className="absolute inset-x-0 top-full z-30 mt-1 overflow-hidden rounded-lg border bg-surface shadow-float"
    >
      <div className="flex flex-wrap items-center gap-1 border-b px-2 py-1.5 text-sm">
        <span className="me-1 text-faint">{t('where.label')}</span>
        {places.map((each) => (
          <button
            key={each}
            type="button"
            tabIndex={-1}
            aria-pressed={place === each}
            onClick={() => onText(withPlace(text, each))}
            className={joinClasses(
              'h-7 rounded-md px-2 pointer-coarse:h-10',
              place === each
                ? 'bg-accent-soft font-medium text-accent-text'
                : 'text-muted hover:bg-hover',
            )}
          >
            {each === 'here' ? nameOf(mail.folder) : t(`where.${each}`)}
          </button>
        ))}
      </div>
      <div
        id={listId}
        role="listbox"
        aria-label={t('suggestions')}
        className="max-h-80 overflow-y-auto p-1"
      >
        {suggestions.map((suggestion, index) => {
          const Icon = icons[suggestion.kind];
          return (
            <button
              key={`${suggestion.kind} ${suggestion.text}`}
              id={`${listId}-${index}`}
              type="button"
              role="option"
              aria-selected={index === at}
              tabIndex={-1}
              onClick={() => onChoose(suggestion)}
              className={joinClasses(
                'flex h-8 w-full items-center gap-2.5 rounded-md px-2 text-start pointer-coarse:h-11',
                index === at ? 'bg-accent-soft' : 'hover:bg-hover',
              )}
            >
              <Icon aria-hidden className="size-4 shrink-0 text-faint" />
              <span className="max-w-[60%] shrink-0 truncate font-medium" dir="auto">
                {suggestion.title}
              </span>
              <span className="min-w-0 flex-1 truncate text-end text-sm text-muted" dir="auto">
                {suggestion.detail}
              </span>
            </button>
          );
        })}
      </div>
      <p className="sr-only" aria-live="polite">
        {t('count', { count: suggestions.length })}
      </p>
    </div>
  );
}

/** People whose name or address begins so; the last ones stay until others come. */
function usePeople(wanted: string): Person[] {
  const [people, setPeople] = useState(noPeople);
  useEffect(() => {
    if (wanted === '') {
      setPeople(noPeople);
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      getJson<{ suggestions: Person[] }>('/api/mail/suggest', { q: wanted }, abort.signal).then(
        ({ suggestions = [] }) => setPeople(suggestions.filter(({ address }) => address !== '')),
        () => {},
      );
    }, 60);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [wanted]);
  return people;
}
