// The search box: typed with operators, shown as chips that can be taken away one by one.
'use client';
import { Search, SlidersHorizontal, Star, X } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { type KeyboardEvent, type RefObject, useId, useRef, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';
import type { Suggestion } from './suggest.ts';

const SearchChips = dynamic(() =>
  import('./search-chips.tsx').then((module) => module.SearchChips),
);
const SearchSuggestions = dynamic(
  () => import('./search-suggestions.tsx').then((module) => module.SearchSuggestions),
  { ssr: false },
);
const SearchForm = dynamic(() => import('./search-form.tsx').then((module) => module.SearchForm), {
  ssr: false,
});
const SaveSearchDialog = dynamic(
  () => import('./save-search-dialog.tsx').then((module) => module.SaveSearchDialog),
  { ssr: false },
);

const maxLength = 1000;
const mostRecent = 12;

export function SearchBox({ mail, box }: { mail: Mail; box: RefObject<HTMLInputElement | null> }) {
  const t = useTranslations('search');
  const { preferences, change } = usePreferences();
  const { query } = mail.place;
  const [text, setText] = useState(query);
  const [isEditing, setIsEditing] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  const [suggestions, setSuggestions] = useState<Suggestion[]>([]);
  const [at, setAt] = useState(-1);
  const [dialog, setDialog] = useState<'form' | 'save' | null>(null);
  const whole = useRef<HTMLElement>(null);
  const listId = useId();
  const [known, setKnown] = useState(query);
  // While drawing and not in an effect, which would wipe out what was typed while the page came to life.
  if (known !== query) {
    setKnown(query);
    setText(query);
  }

  const submit = (wanted: string) => {
    const clean = wanted.trim();
    setText(clean);
    setIsOpen(false);
    if (clean === query) return;
    mail.go({ query: clean, page: 1, uid: null }, false);
    if (clean === '') return;
    const recent = preferences['folders.recentSearches'].filter((each) => each !== clean);
    change({ 'folders.recentSearches': [clean, ...recent].slice(0, mostRecent) });
  };
  const choose = (suggestion: Suggestion) => {
    setText(suggestion.text);
    setAt(-1);
    if (suggestion.kind === 'recent') {
      box.current?.blur();
      submit(suggestion.text);
    } else box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const count = isOpen ? suggestions.length : 0;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setIsOpen(true);
      // One step more than there are: the text itself.
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((now) => ((now + 1 + step + count + 1) % (count + 1)) - 1);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && isOpen && suggestions[at]) {
      event.preventDefault();
      choose(suggestions[at]);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      if (isOpen && suggestions.length > 0) return setIsOpen(false);
      if (text === '' || query === '') event.currentTarget.blur();
      submit('');
    }
  };
  const hasChips = query !== '' && !isEditing;
  const where = mail.nameOf(mail.folder);
  return (
    <search
      ref={whole}
      className="relative min-w-0 flex-1 lg:max-w-2xl"
      onBlur={(event) => {
        if (whole.current?.contains(event.relatedTarget)) return;
        setIsOpen(false);
        setIsEditing(false);
        setText(query);
      }}
    >
      {/* Before the page's script has come the browser sends it by itself. */}
      <form
        action={`/mail/${mail.place.folder.split('/').map(encodeURIComponent).join('/')}`}
        onSubmit={(event) => {
          event.preventDefault();
          submit(text);
          box.current?.blur();
        }}
        className="flex h-9 items-center gap-1 rounded-lg border border-line bg-surface ps-3 pe-1 shadow-control transition-colors hover:border-line-strong has-[input:focus]:border-accent has-[input:focus]:outline-1 has-[input:focus]:outline-accent pointer-coarse:h-11"
      >
        <Search aria-hidden className="me-1 size-4 shrink-0 text-faint" />
        {hasChips && <SearchChips query={query} onSearch={submit} />}
        <input
          ref={box}
          type="search"
          name="q"
          value={text}
          aria-label={t('in', { folder: where })}
          placeholder={hasChips ? '' : t('in', { folder: where })}
          aria-autocomplete="list"
          aria-controls={isOpen ? listId : undefined}
          aria-activedescendant={isOpen && at >= 0 ? `${listId}-${at}` : undefined}
          autoComplete="off"
          spellCheck={false}
          enterKeyHint="search"
          maxLength={maxLength}
          dir="auto"
          onFocus={() => {
            setIsEditing(true);
            setIsOpen(true);
          }}
          onChange={(event) => {
            setText(event.target.value);
            setAt(-1);
            setIsOpen(true);
          }}
          onKeyDown={onKeyDown}
          className={joinClasses(
            'h-full min-w-16 flex-1 bg-transparent text-base outline-none placeholder:text-faint pointer-coarse:text-lg [&::-webkit-search-cancel-button]:hidden',
            // The chips say it; the value stays, so that touching the box changes nothing.
            hasChips && 'text-transparent',
          )}
        />
        {hasChips && (
          <IconButton
            label={t('save.label')}
            icon={<Star />}
            size="sm"
            onClick={() => setDialog('save')}
          />
        )}
        {text !== '' && (
          <IconButton label={t('clear')} icon={<X />} size="sm" onClick={() => submit('')} />
        )}
        <IconButton
          label={t('form.open')}
          icon={<SlidersHorizontal />}
          size="sm"
          className={joinClasses(text !== '' && 'max-sm:hidden')}
          onClick={() => setDialog('form')}
        />
      </form>
      {isEditing && isOpen && (
        <SearchSuggestions
          mail={mail}
          text={text}
          listId={listId}
          at={at}
          suggestions={suggestions}
          onSuggestions={setSuggestions}
          onText={(next) => {
            setText(next);
            box.current?.focus();
          }}
          onChoose={choose}
        />
      )}
      {dialog === 'form' && (
        <SearchForm
          mail={mail}
          query={query}
          onSearch={(wanted) => {
            setDialog(null);
            submit(wanted);
          }}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'save' && <SaveSearchDialog mail={mail} onClose={() => setDialog(null)} />}
    </search>
  );
}
