// The mail page: folders, list and reader side by side, two of them on a tablet, one on a phone.
'use client';
import { Keyboard, Menu as MenuIcon, Search, Unplug, X } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Logo } from '#components/ui/logo.tsx';
import { AccountMenu } from './account-menu.tsx';
import type { ComposeStart } from './compose/compose-start.ts';
import { ComposerDock, useComposers } from './compose/composer-dock.tsx';
import { folderName } from './folders/folder-look.tsx';
import { FolderDrawer, FolderPane } from './folders/folder-pane.tsx';
import { ShortcutHelp } from './keyboard/shortcut-help.tsx';
import { useShortcuts } from './keyboard/use-shortcuts.ts';
import { ListPane } from './list/list-pane.tsx';
import { MoveDialog } from './list/move-dialog.tsx';
import { useNotices } from './notices/use-notices.ts';
import type { Owner } from './owner.ts';
import { Reader } from './reader/reader.tsx';
import { usePreferences } from './state/preferences.tsx';
import { type MailStart, useMail } from './state/use-mail.ts';
import { useIsWide } from './use-client.ts';
import { useComposeLink } from './use-compose-link.ts';

export function MailApp({
  title,
  owner,
  start,
  signOut,
}: {
  title: string;
  owner: Owner;
  start: MailStart;
  signOut: () => Promise<void>;
}) {
  const mail = useMail(start);
  const composers = useComposers(owner);
  const isWide = useIsWide();
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const [moving, setMoving] = useState<number[] | null>(null);
  const searchBox = useRef<HTMLInputElement>(null);
  const { place, message } = mail;
  const isReading = place.uid !== null;

  const compose = useCallback(
    (begin: ComposeStart) => {
      setIsDrawerOpen(false);
      composers.open(begin);
    },
    [composers],
  );
  /** A draft is written on, every other message is read. */
  const openRow = useCallback(
    (uid: number) => {
      const row = mail.rows.find((each) => each.uid === uid);
      if (row?.isDraft && mail.folder?.role === 'drafts') {
        compose({ mode: 'draft', folder: place.folder, uid });
      } else mail.open(uid);
    },
    [mail, compose, place.folder],
  );

  useShortcuts(mail, {
    compose,
    openRow,
    help: () => setIsHelpOpen(true),
    search: () => searchBox.current?.focus(),
    move: setMoving,
  });
  useTitle(mail, title);
  useComposeLink(compose);
  useNotices(mail.folders, (folder, uid) =>
    mail.go({ folder, uid, query: '', page: 1, filter: null }, true),
  );

  return (
    <div className="flex h-dvh flex-col overflow-hidden bg-canvas print:h-auto print:overflow-visible">
      <header
        className={joinClasses(
          'flex h-13 shrink-0 items-center gap-2 px-2 lg:px-3 print:hidden',
          isReading && 'max-md:hidden',
        )}
      >
        <IconButton
          label="Folders"
          icon={<MenuIcon />}
          className="lg:hidden"
          onClick={() => setIsDrawerOpen(true)}
        />
        <a
          href="/mail"
          className="hidden w-52 shrink-0 items-center gap-2.5 rounded-md px-1 text-lg font-semibold lg:flex"
        >
          <Logo className="size-7" />
          <span className="truncate">{title}</span>
        </a>
        <SearchBox mail={mail} box={searchBox} />
        <div className="ml-auto flex items-center gap-1">
          <IconButton
            label="Keyboard shortcuts"
            shortcut="?"
            icon={<Keyboard />}
            className="max-md:hidden"
            onClick={() => setIsHelpOpen(true)}
          />
          <AccountMenu owner={owner} signOut={signOut} />
        </div>
      </header>
      {mail.isLost && (
        <p
          role="status"
          className="flex items-center justify-center gap-2 bg-warn-soft px-3 py-1.5 text-sm text-warn-text print:hidden"
        >
          <Unplug aria-hidden className="size-4" />
          The connection to the server is lost. Trying again…
        </p>
      )}
      <div className="flex min-h-0 flex-1 lg:pr-2 lg:pb-2 print:block">
        <FolderPane
          mail={mail}
          onCompose={() => compose({ mode: 'new' })}
          className="hidden w-56 shrink-0 lg:flex print:hidden"
        />
        <main className="flex min-w-0 flex-1 overflow-hidden border-t bg-surface lg:rounded-lg lg:border print:block print:overflow-visible print:border-0">
          <ListPane
            mail={mail}
            onOpen={openRow}
            onMove={setMoving}
            onCompose={() => compose({ mode: 'new' })}
            className={joinClasses(
              'w-full md:w-88 md:shrink-0 md:border-r xl:w-104 print:hidden',
              isReading && 'max-md:hidden',
            )}
          />
          <Reader
            key={place.uid ? `${place.folder} ${place.uid}` : 'none'}
            mail={mail}
            message={message}
            onCompose={compose}
            onMove={setMoving}
            isWide={isWide}
            className={joinClasses('min-w-0 flex-1', !isReading && 'max-md:hidden')}
          />
        </main>
      </div>
      <FolderDrawer
        isOpen={isDrawerOpen}
        onClose={() => setIsDrawerOpen(false)}
        mail={mail}
        title={title}
        onCompose={() => compose({ mode: 'new' })}
      />
      <MoveDialog mail={mail} uids={moving} onClose={() => setMoving(null)} />
      <ShortcutHelp isOpen={isHelpOpen} onClose={() => setIsHelpOpen(false)} />
      <ComposerDock composers={composers} owner={owner} onDone={mail.refresh} />
    </div>
  );
}

function SearchBox({
  mail,
  box,
}: {
  mail: ReturnType<typeof useMail>;
  box: React.RefObject<HTMLInputElement | null>;
}) {
  const { query, folder } = mail.place;
  const [text, setText] = useState(query);
  useEffect(() => setText(query), [query]);
  const where = mail.folder ? folderName(mail.folder) : folder;
  const submit = (wanted: string) => {
    const isNew = wanted.trim() !== query;
    if (isNew) mail.go({ query: wanted.trim(), page: 1, uid: null }, false);
  };
  return (
    <search className="min-w-0 flex-1 lg:max-w-2xl">
      <form
        className="relative"
        onSubmit={(event) => {
          event.preventDefault();
          submit(text);
          box.current?.blur();
        }}
      >
        <Search
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-faint"
        />
        <input
          ref={box}
          type="search"
          value={text}
          aria-label={`Search in ${where}`}
          placeholder={`Search in ${where}`}
          title="from: to: subject: body: has:attachment is:unread is:starred before:2026-01-31 after: larger:5M"
          autoComplete="off"
          spellCheck={false}
          enterKeyHint="search"
          maxLength={500}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            if (text === '' || query === '') event.currentTarget.blur();
            setText('');
            submit('');
          }}
          className="h-9 w-full rounded-lg border border-line bg-surface pr-9 pl-9 text-base shadow-control transition-colors placeholder:text-faint hover:border-line-strong focus:border-accent focus:outline-1 focus:outline-accent pointer-coarse:h-10 pointer-coarse:text-lg [&::-webkit-search-cancel-button]:hidden"
        />
        {text !== '' && (
          <IconButton
            label="Clear the search"
            icon={<X />}
            size="sm"
            className="absolute top-1/2 right-1 -translate-y-1/2"
            onClick={() => {
              setText('');
              submit('');
            }}
          />
        )}
      </form>
    </search>
  );
}

/** "(3) Inbox · Drey": unread of the inbox, then what is open. */
function useTitle(mail: ReturnType<typeof useMail>, title: string): void {
  const isCounted = usePreferences().preferences['notices.title'];
  const inbox = mail.folders.find((each) => each.role === 'inbox');
  const unread = isCounted ? (inbox?.unread ?? 0) : 0;
  const where = mail.folder ? folderName(mail.folder) : mail.place.folder;
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${where} · ${title}`;
  }, [unread, where, title]);
}
