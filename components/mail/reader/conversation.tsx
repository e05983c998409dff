// All messages of one conversation, the oldest first, one's own answers among them: read ones closed, unread ones, the
// one that was asked for and the newest open. "n" and "p" step through them.
'use client';
import { ChevronDown, ChevronsDownUp, ChevronsUpDown } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import type { Conversation as Thread } from '#lib/webmail/list/conversation.ts';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import { formatFullDate, formatRowDate } from '../dates.ts';
import { useCommandListener } from '../keyboard/use-command-listener.ts';
import { LabelChips } from '../labels/label-chip.tsx';
import { nameOf } from '../people.ts';
import { messageKey } from '../state/mail-cache.ts';
import { usePreferences } from '../state/preferences.tsx';
import { getJson } from '../state/request.ts';
import { folderOf, uidOf } from '../state/row-id.ts';
import type { Mail } from '../state/use-mail.ts';
import { useDateStyle, useNow } from '../use-dates.tsx';

type Row = Thread['rows'][number];

/**
 * The conversation of the open message. `card` draws one message, `alone` what stands there where the message has no
 * others or conversations are not wanted.
 */
export function Conversation({
  mail,
  card,
  alone,
}: {
  mail: Mail;
  card: (message: MessageView) => ReactNode;
  alone: ReactNode;
}) {
  const isWanted = usePreferences().preferences['list.conversations'];
  const thread = useThread(mail, isWanted);
  if (!thread || thread.rows.length < 2) return alone;
  return <Stack key={keyOf(thread.rows[0]!)} mail={mail} thread={thread} card={card} />;
}

const keyOf = (row: Row) => messageKey(row.folder, row.uid);

/** Read anew when the list has changed; what was known stays until then. */
function useThread(mail: Mail, isWanted: boolean): Thread | null {
  const [thread, setThread] = useState<{ id: number; value: Thread } | null>(null);
  const { uid: id, folder: here } = mail.place;
  const snapshot = mail.list?.snapshot;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another state of the list may have other messages
  useEffect(() => {
    if (!isWanted || id === null) return;
    const abort = new AbortController();
    const place = { folder: folderOf(id, here), uid: uidOf(id) };
    getJson<Thread>('/api/mail/conversation', place, abort.signal).then(
      (value) => setThread({ id, value }),
      () => {},
    );
    return () => abort.abort();
  }, [isWanted, id, here, snapshot]);
  return isWanted && thread?.id === id ? thread.value : null;
}

function Stack({
  mail,
  thread,
  card,
}: {
  mail: Mail;
  thread: Thread;
  card: (message: MessageView) => ReactNode;
}) {
  const t = useTranslations('folders.conversation');
  const { rows, total } = thread;
  const { idOf, place } = mail;
  const ids = useMemo(() => rows.map((row) => idOf(row.folder, row.uid)), [rows, idOf]);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => {
    const asked = rows.filter((row, at) => !row.isSeen || ids[at] === place.uid);
    return new Set([...asked, rows.at(-1)!].map(keyOf));
  });
  const [current, setCurrent] = useState(() =>
    Math.max(0, place.uid === null ? 0 : ids.indexOf(place.uid)),
  );
  const heads = useRef<(HTMLElement | null)[]>([]);
  const toggle = (row: Row) => {
    const next = new Set(open);
    if (!next.delete(keyOf(row))) next.add(keyOf(row));
    setOpen(next);
  };
  const step = (by: 1 | -1) => {
    const next = current + by;
    const row = rows[next];
    if (!row) return;
    setCurrent(next);
    setOpen(new Set([...open, keyOf(row)]));
    heads.current[next]?.focus();
    heads.current[next]?.scrollIntoView({ block: 'start' });
  };
  useCommandListener({
    'next-in-thread': () => step(1),
    'previous-in-thread': () => step(-1),
  });
  // The newest is what one came for.
  const wasShown = useRef(false);
  useEffect(() => {
    if (wasShown.current) return;
    wasShown.current = true;
    heads.current[current]?.scrollIntoView({ block: 'start' });
  }, [current]);
  const missing = total - rows.length;
  const isAllOpen = rows.every((row) => open.has(keyOf(row)));
  return (
    <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain pb-4 print:overflow-visible">
      <header className="flex items-start gap-2 px-4 pt-4 pb-2 md:px-6">
        <h2 className="min-w-0 flex-1 text-lg leading-7 font-semibold break-words md:text-xl">
          <bdi>{rows[0]?.subject || t('noSubject')}</bdi>{' '}
          <span className="text-sm font-normal whitespace-nowrap text-faint">
            {t('title', { count: rows.length })}
          </span>
        </h2>
        <IconButton
          label={t(isAllOpen ? 'collapseAll' : 'expandAll')}
          icon={isAllOpen ? <ChevronsDownUp /> : <ChevronsUpDown />}
          onClick={() =>
            setOpen(isAllOpen ? new Set([keyOf(rows.at(-1)!)]) : new Set(rows.map(keyOf)))
          }
        />
      </header>
      {missing > 0 && (
        <p className="px-4 pb-2 text-sm text-muted md:px-6">{t('missing', { count: missing })}</p>
      )}
      <ol className="flex flex-col border-y divide-y">
        {rows.map((row, at) => (
          <li key={keyOf(row)} data-message={row.uid}>
            <Head
              row={row}
              mail={mail}
              isOpen={open.has(keyOf(row))}
              isCurrent={at === current}
              onToggle={() => {
                setCurrent(at);
                toggle(row);
              }}
              headRef={(element) => {
                heads.current[at] = element;
              }}
            />
            {open.has(keyOf(row)) && <Opened mail={mail} row={row} id={ids[at]!} card={card} />}
          </li>
        ))}
      </ol>
    </div>
  );
}

/** One message that is open: fetched when it is needed, read by that. */
function Opened({
  mail,
  row,
  id,
  card,
}: {
  mail: Mail;
  row: Row;
  id: number;
  card: (message: MessageView) => ReactNode;
}) {
  const t = useTranslations('folders.conversation');
  const { prefetch, setFlag } = mail;
  const message = mail.messages.get(keyOf(row));
  useEffect(() => prefetch(id), [prefetch, id]);
  const isUnread = message !== undefined && !message.isSeen && mail.place.uid !== id;
  useEffect(() => {
    if (isUnread) void setFlag([id], 'seen', true, { isQuiet: true, isAlone: true });
  }, [isUnread, id, setFlag]);
  if (!message) {
    return (
      <p role="status" className="px-4 py-4 text-muted md:px-6">
        {t('loading')}
      </p>
    );
  }
  return <div className="flex flex-col">{card(message)}</div>;
}

function Head({
  row,
  mail,
  isOpen,
  isCurrent,
  onToggle,
  headRef,
}: {
  row: Row;
  mail: Mail;
  isOpen: boolean;
  isCurrent: boolean;
  onToggle: () => void;
  headRef: (element: HTMLElement | null) => void;
}) {
  const t = useTranslations('folders.conversation');
  const style = useDateStyle();
  const now = useNow();
  const sender = row.from[0];
  const where = mail.folders.find(({ path }) => path === row.folder);
  return (
    <button
      ref={headRef}
      type="button"
      aria-expanded={isOpen}
      aria-current={isCurrent ? 'true' : undefined}
      onClick={onToggle}
      className={joinClasses(
        'flex w-full items-center gap-3 px-4 text-start -outline-offset-2 hover:bg-hover md:px-6 pointer-coarse:min-h-11',
        // Who wrote it stands in the head of the open message itself.
        isOpen ? 'min-h-7 bg-canvas' : 'min-h-11 py-2',
      )}
    >
      {!isOpen && <Avatar name={sender?.name ?? ''} address={sender?.address || '?'} />}
      <span className="sr-only">{t('open', { who: nameOf(sender) })}</span>
      {!isOpen && (
        <span
          aria-hidden
          className={joinClasses('max-w-40 shrink-0 truncate', !row.isSeen && 'font-semibold')}
          dir="auto"
        >
          {nameOf(sender)}
        </span>
      )}
      <span className="min-w-0 flex-1 truncate text-sm text-muted" dir="auto">
        {isOpen ? '' : row.preview}
      </span>
      <LabelChips keywords={row.keywords} most={2} />
      {where && row.folder !== mail.place.folder && (
        <span className="shrink-0 rounded-sm bg-sunken px-1.5 text-xs text-muted max-sm:hidden">
          {t('in', { folder: mail.nameOf(where) })}
        </span>
      )}
      <time
        dateTime={row.receivedAt}
        title={formatFullDate(row.receivedAt, style)}
        suppressHydrationWarning
        className="shrink-0 text-xs text-faint tabular-nums"
      >
        {formatRowDate(row.receivedAt, now, style)}
      </time>
      <ChevronDown
        aria-hidden
        className={joinClasses('size-4 shrink-0 text-faint', isOpen && 'rotate-180')}
      />
    </button>
  );
}
