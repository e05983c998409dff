// The mail page: folders, list and reader side by side or one above the other, one of them on a phone. What is not needed
// to see the list is loaded when it is.
'use client';
import { Command, Keyboard, Menu as MenuIcon } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useRef, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Logo } from '#components/ui/logo.tsx';
import { styleRef } from '#components/ui/style-ref.ts';
import { readerNamespaces } from '#lib/i18n/locales.ts';
import { AccountMenu } from './account-menu.tsx';
import { Announcements } from './announcements/announcements.tsx';
import type { ComposeStart } from './compose/compose-start.ts';
import { loadComposer } from './compose/load-composer.ts';
import { mayBeUnfinished } from './compose/unfinished.ts';
import { FolderDrawer, FolderPane } from './folders/folder-pane.tsx';
import { awaitPart } from './keyboard/awaited.tsx';
import { PerformProvider } from './keyboard/perform.tsx';
import { useCommands } from './keyboard/use-commands.ts';
import { useShortcuts } from './keyboard/use-shortcuts.ts';
import { RowDeeds } from './labels/row-deeds.tsx';
import { Divider } from './list/divider.tsx';
import { ListPane } from './list/list-pane.tsx';
import type { Choosing } from './list/move-dialog.tsx';
import { keepPanes, type Panes } from './list/panes.ts';
import { loadWithTexts } from './more-texts.tsx';
import { useNotices } from './notices/use-notices.ts';
import type { Owner } from './owner.ts';
import { NothingOpen } from './reader/nothing-open.tsx';
import { SearchBox } from './search/search-box.tsx';
import type { SignIn } from './sign-in-again.tsx';
import { usePreferences } from './state/preferences.tsx';
import { folderOf, uidOf } from './state/row-id.ts';
import { type Mail, type MailStart, useMail } from './state/use-mail.ts';
import { useIsClient, useIsWide } from './use-client.ts';
import { useComposeLink } from './use-compose-link.ts';

const ConnectionBar = dynamic(() =>
  import('./connection-bar.tsx').then((file) => file.ConnectionBar),
);
const ComposerDock = awaitPart(loadComposer);
const ColumnsDialog = awaitPart(() =>
  import('./list/columns-dialog.tsx').then((file) => file.ColumnsDialog),
);
const CommandPalette = awaitPart(
  loadWithTexts(['options'], () =>
    import('./keyboard/command-palette.tsx').then((file) => file.CommandPalette),
  ),
);
const DestroyDialog = awaitPart(() =>
  import('./list/destroy-dialog.tsx').then((file) => file.DestroyDialog),
);
const MoveDialog = awaitPart(() =>
  import('./list/move-dialog.tsx').then((file) => file.MoveDialog),
);
const loadReader = loadWithTexts(readerNamespaces, () =>
  import('./reader/reader.tsx').then((file) => file.Reader),
);
const Reader = dynamic(loadReader);
const ShortcutHelp = awaitPart(() =>
  import('./keyboard/shortcut-help.tsx').then((file) => file.ShortcutHelp),
);
const SignInAgain = dynamic(() => import('./sign-in-again.tsx').then((file) => file.SignInAgain));

type Opened = 'help' | 'palette' | 'columns' | null;

export function MailApp({
  title,
  owner,
  start,
  panes: startPanes,
  signIn,
  signOut,
}: {
  title: string;
  owner: Owner;
  start: MailStart;
  panes: Panes;
  signIn: SignIn;
  signOut: () => Promise<void>;
}) {
  const t = useTranslations('mail');
  const mail = useMail(start, owner.address);
  const [begun, setBegun] = useState<readonly ComposeStart[]>([]);
  const isUnfinished = useIsUnfinished();
  const isWide = useIsWide();
  // Before that keys and clicks are lost: tests wait for it.
  const isClient = useIsClient();
  const { preferences } = usePreferences();
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const [opened, setOpened] = useState<Opened>(null);
  const [choosing, setChoosing] = useState<Choosing | null>(null);
  const [destroying, setDestroying] = useState<number[] | null>(null);
  const isSignedOut = useIsSignedOut();
  const searchBox = useRef<HTMLInputElement>(null);
  const { place, message } = mail;
  const isReading = place.uid !== null;
  const layout = preferences['list.layout'];

  const compose = useCallback((begin: ComposeStart) => {
    setIsDrawerOpen(false);
    setBegun((all) => [...all, begin]);
  }, []);
  /** A draft is written on, every other message is read. */
  const openRow = useCallback(
    (id: number) => {
      const row = mail.rows.find((each) => each.uid === id);
      if (row?.isDraft && mail.folder?.role === 'drafts') {
        compose({ mode: 'draft', folder: folderOf(id, place.folder), uid: uidOf(id) });
      } else mail.open(id);
    },
    [mail, compose, place.folder],
  );

  const { perform } = useCommands(mail, {
    compose,
    openRow,
    help: () => setOpened('help'),
    palette: () => setOpened('palette'),
    columns: () => setOpened('columns'),
    search: () => searchBox.current?.focus(),
    choose: (ids, isCopy) => setChoosing({ ids, isCopy }),
    destroy: setDestroying,
  });
  useShortcuts(perform);
  useTitle(mail, title);
  useComposeLink(compose);
  useNotices(mail.folders, (folder, uid) =>
    mail.go({ folder, uid, query: '', page: 1, filter: null }, true),
  );
  const closeOpened = () => setOpened(null);
  // With the first sign that a message will be read.
  const isNearReading = mail.cursor !== null;
  useEffect(() => {
    if (isNearReading) void loadReader();
  }, [isNearReading]);
  const onMove = useCallback((ids: number[]) => setChoosing({ ids, isCopy: false }), []);

  return (
    <PerformProvider perform={perform}>
      <div
        data-ready={isClient || undefined}
        className="flex h-dvh flex-col overflow-hidden bg-canvas print:h-auto print:overflow-visible"
      >
        <a
          href="#messages"
          className="sr-only z-50 rounded-md bg-surface px-3 py-2 focus:not-sr-only focus:fixed focus:start-2 focus:top-2"
        >
          {t('skip')}
        </a>
        <header
          className={joinClasses(
            'flex h-13 shrink-0 items-center gap-2 px-2 pt-[env(safe-area-inset-top)] lg:px-3 print:hidden',
            isReading && 'max-md:hidden',
          )}
        >
          <IconButton
            label={t('folders')}
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
          <div className="ms-auto flex items-center gap-1">
            <IconButton
              label={t('palette')}
              shortcut="Ctrl+K"
              icon={<Command />}
              className="max-md:hidden"
              onClick={() => setOpened('palette')}
            />
            <IconButton
              label={t('keys')}
              shortcut="?"
              icon={<Keyboard />}
              className="max-md:hidden"
              onClick={() => setOpened('help')}
            />
            <AccountMenu owner={owner} signOut={signOut} />
          </div>
        </header>
        <Announcements />
        {mail.loss && <ConnectionBar loss={mail.loss} onRetry={mail.retryNow} />}
        <div className="flex min-h-0 flex-1 lg:pe-2 lg:pb-2 print:block">
          <FolderPane
            mail={mail}
            onCompose={(begin) => compose(begin ?? { mode: 'new' })}
            className="hidden w-56 shrink-0 lg:flex print:hidden"
          />
          <Content
            mail={mail}
            layout={layout}
            startPanes={startPanes}
            list={
              <ListPane
                mail={mail}
                perform={perform}
                onOpen={openRow}
                onCompose={() => compose({ mode: 'new' })}
                mode={layout === 'right' || !isWide ? 'card' : 'line'}
                className="h-full w-full"
              />
            }
            reader={
              place.uid === null ? (
                <section aria-label={t('reader')} className="flex h-full min-w-0 flex-1 flex-col">
                  <NothingOpen mail={mail} />
                </section>
              ) : (
                <Reader
                  key={`${place.folder} ${place.uid}`}
                  mail={mail}
                  message={message}
                  onCompose={compose}
                  onMove={onMove}
                  isWide={isWide}
                  className="h-full min-w-0 flex-1"
                />
              )
            }
          />
        </div>
        <RowDeeds mail={mail} />
        <FolderDrawer
          isOpen={isDrawerOpen}
          onClose={() => setIsDrawerOpen(false)}
          mail={mail}
          title={title}
          onCompose={(begin) => compose(begin ?? { mode: 'new' })}
        />
        {choosing && (
          <MoveDialog mail={mail} choosing={choosing} onClose={() => setChoosing(null)} />
        )}
        {destroying && (
          <DestroyDialog mail={mail} ids={destroying} onClose={() => setDestroying(null)} />
        )}
        {opened === 'help' && <ShortcutHelp isOpen onClose={closeOpened} />}
        {opened === 'columns' && <ColumnsDialog isOpen onClose={closeOpened} />}
        {opened === 'palette' && (
          <CommandPalette mail={mail} perform={perform} onClose={closeOpened} />
        )}
        {isSignedOut && (
          <SignInAgain
            address={owner.address}
            signIn={signIn}
            onDone={() => {
              mail.retryNow();
              mail.refresh();
            }}
          />
        )}
        {(begun.length > 0 || isUnfinished) && (
          <ComposerDock
            begun={begun}
            onClose={() => setBegun([])}
            owner={owner}
            remember={mail.remember}
            onDone={(isSent, toArchive) => {
              mail.refresh();
              if (toArchive) void mail.archiveAnswered(toArchive);
              if (isSent && isReading && preferences['compose.afterSend'] === 'list') mail.close();
            }}
          />
        )}
      </div>
    </PerformProvider>
  );
}

/** List and reader in one of the three layouts; on a phone one of them. */
function Content({
  mail,
  layout,
  startPanes,
  list,
  reader,
}: {
  mail: Mail;
  layout: 'right' | 'below' | 'list';
  startPanes: Panes;
  list: React.ReactNode;
  reader: React.ReactNode;
}) {
  const [panes, setPanes] = useState(startPanes);
  const isReading = mail.place.uid !== null;
  const isBelow = layout === 'below';
  const value = isBelow ? panes.below : panes.right;
  const size = layout === 'list' ? 100 : value;
  return (
    <main
      id="messages"
      tabIndex={-1}
      className={joinClasses(
        'flex min-w-0 flex-1 overflow-hidden border-t bg-surface outline-none lg:rounded-lg lg:border print:block print:overflow-visible print:border-0',
        isBelow && 'md:flex-col',
      )}
    >
      <div
        // A variable, so that narrow screens need not follow it; the class has whole per cent.
        ref={styleRef({ '--list-size': `${size}%` })}
        onPointerEnter={() => void loadReader()}
        className={joinClasses(
          `list-${Math.round(size)}`,
          'flex min-h-0 min-w-0 shrink-0 max-md:w-full print:hidden',
          isBelow ? 'md:h-(--list-size) md:w-full' : 'md:w-(--list-size)',
          isReading && (layout === 'list' ? 'hidden' : 'max-md:hidden'),
        )}
      >
        {list}
      </div>
      {layout !== 'list' && (
        <Divider
          isHorizontal={isBelow}
          value={value}
          onChange={(next) => setPanes({ ...panes, [isBelow ? 'below' : 'right']: next })}
          onDone={() => keepPanes(panes)}
        />
      )}
      <div
        className={joinClasses(
          'flex min-h-0 min-w-0 flex-1 print:block',
          !isReading && (layout === 'list' ? 'hidden' : 'max-md:hidden'),
        )}
      >
        {reader}
      </div>
    </main>
  );
}

/** Whether an earlier page left a message unfinished; looked up once this one has nothing better to do. */
function useIsUnfinished(): boolean {
  const [isUnfinished, setIsUnfinished] = useState(false);
  useEffect(() => {
    const look = () => {
      if (!mayBeUnfinished()) return;
      // Loaded before it is drawn: nobody awaits it.
      void loadComposer().then(
        () => setIsUnfinished(true),
        () => {},
      );
    };
    const timer = setTimeout(look, 1500);
    return () => clearTimeout(timer);
  }, []);
  return isUnfinished;
}

/** True from the first time the session was found to have ended. */
function useIsSignedOut(): boolean {
  const [isSignedOut, setIsSignedOut] = useState(false);
  useEffect(() => {
    const note = () => setIsSignedOut(true);
    window.addEventListener('drey:signed-out', note);
    return () => window.removeEventListener('drey:signed-out', note);
  }, []);
  return isSignedOut;
}

/** "(3) Inbox · Drey": unread of the inbox, then what is open. */
function useTitle(mail: Mail, title: string): void {
  const isCounted = usePreferences().preferences['notices.title'];
  const inbox = mail.folders.find((each) => each.role === 'inbox');
  const unread = isCounted ? (inbox?.unread ?? 0) : 0;
  const where = mail.nameOf(mail.folder);
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${where} · ${title}`;
  }, [unread, where, title]);
}
