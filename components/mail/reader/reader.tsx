// The open message: what can be done with it, its head, its attachments, its text.
'use client';
import {
  ArrowLeft,
  ChevronDown,
  ChevronUp,
  Code,
  Download,
  FileText,
  Forward,
  Inbox,
  MailCheck,
  MailX,
  MoreVertical,
  Printer,
  Reply,
  ReplyAll,
  Route,
  Star,
} from 'lucide-react';
import dynamic from 'next/dynamic';
import { type ReactNode, useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatPlural } from '#components/ui/format.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { Menu } from '#components/ui/menu.tsx';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import type { ComposeStart } from '../compose/compose-start.ts';
import { folderName } from '../folders/folder-look.tsx';
import { FilingActions } from '../list/filing-actions.tsx';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';
import { AttachmentList } from './attachment-list.tsx';
import { HistoryDialog } from './history-dialog.tsx';
import { MessageBody } from './message-body.tsx';
import { MessageHead } from './message-head.tsx';

const Conversation = dynamic(() =>
  import('./conversation.tsx').then((module) => module.Conversation),
);

type Props = {
  mail: Mail;
  message: MessageView | null;
  onCompose: (begin: ComposeStart) => void;
  onMove: (uids: number[]) => void;
  isWide: boolean;
  className?: string;
};

export function Reader(props: Props) {
  const [isPlain, setIsPlain] = useState(false);
  const { mail, message, className } = props;
  const { uid } = mail.place;
  const frame = joinClasses('relative flex min-h-0 flex-col print:block', className);
  if (uid === null) {
    return (
      <section aria-label="Message" className={frame}>
        <NothingOpen mail={mail} />
      </section>
    );
  }
  return (
    <section aria-label="Message" className={frame}>
      <ReaderBar {...props} uid={uid} isPlain={isPlain} setIsPlain={setIsPlain} />
      {mail.messageError ? (
        <EmptyState
          icon={<MailX />}
          title="The message cannot be shown"
          className="flex-1"
          action={<Button onClick={mail.close}>Back to the list</Button>}
        >
          {mail.messageError}
        </EmptyState>
      ) : message ? (
        <Threaded key={uid} {...props} message={message} isPlain={isPlain} />
      ) : (
        <ReaderSkeleton mail={mail} />
      )}
    </section>
  );
}

/** The message alone, or among those of its conversation. */
function Threaded(props: Props & { message: MessageView; isPlain: boolean }) {
  const isThreaded = usePreferences().preferences['list.conversations'];
  const { mail, isPlain } = props;
  const alone = <OpenMessage {...props} />;
  if (!isThreaded) return alone;
  return (
    <Conversation
      mail={mail}
      alone={alone}
      card={(message) => (
        <>
          <AttachmentList message={message} />
          <div
            className={joinClasses('flex flex-col', hasFrame(message) && !isPlain && 'h-[70dvh]')}
          >
            <MessageBody message={message} isPlain={isPlain} />
          </div>
        </>
      )}
    />
  );
}

function hasFrame(message: MessageView): boolean {
  return message.bodies.some((body) => body.kind === 'html');
}

function OpenMessage({
  mail,
  message,
  onCompose,
  isPlain,
}: Props & { message: MessageView; isPlain: boolean }) {
  const isHtml = message.bodies.some((body) => body.kind === 'html') && !isPlain;
  const answer = (mode: 'reply' | 'reply-all' | 'forward') =>
    onCompose({ mode, folder: message.folder, uid: message.uid });
  const others = message.to.length + message.cc.length;
  const head = (
    <>
      <MessageHead
        message={message}
        onStar={() => void mail.setFlag([message.uid], 'flagged', !message.isFlagged)}
      />
      <AttachmentList message={message} />
    </>
  );
  return (
    <>
      {/* An HTML frame scrolls by itself under its head; text scrolls together with it. */}
      <div
        className={joinClasses(
          'flex min-h-0 flex-1 flex-col print:block print:overflow-visible',
          !isHtml && 'overflow-y-auto overscroll-contain',
        )}
      >
        {head}
        <MessageBody message={message} isPlain={isPlain} />
      </div>
      <footer className="flex shrink-0 flex-wrap items-center gap-2 border-t px-4 py-2.5 pb-[max(0.625rem,env(safe-area-inset-bottom))] md:px-6 print:hidden">
        <Button onClick={() => answer('reply')}>
          <Reply aria-hidden className="size-4" />
          Reply
        </Button>
        {others > 1 && (
          <Button onClick={() => answer('reply-all')}>
            <ReplyAll aria-hidden className="size-4" />
            <span className="max-sm:sr-only">Reply all</span>
          </Button>
        )}
        <Button onClick={() => answer('forward')}>
          <Forward aria-hidden className="size-4" />
          Forward
        </Button>
      </footer>
    </>
  );
}

function ReaderBar({
  mail,
  message,
  onMove,
  uid,
  isPlain,
  setIsPlain,
}: Props & { uid: number; isPlain: boolean; setIsPlain: (isPlain: boolean) => void }) {
  const { rows } = mail;
  const index = rows.findIndex((row) => row.uid === uid);
  const newer = rows[index - 1];
  const older = index >= 0 ? rows[index + 1] : undefined;
  const uids = [uid];
  const place = `folder=${encodeURIComponent(mail.place.folder)}&uid=${uid}`;
  const [hasHistory, setHasHistory] = useState(false);
  return (
    <div
      role="toolbar"
      aria-label="Message"
      className="flex h-12 shrink-0 items-center gap-0.5 border-b px-1.5 md:px-3 print:hidden"
    >
      <IconButton
        label="Back to the list"
        shortcut="u"
        icon={<ArrowLeft />}
        onClick={mail.close}
        className="md:hidden"
      />
      <FilingActions mail={mail} uids={uids} onMove={onMove} />
      <IconButton
        label="Mark as unread"
        shortcut="Shift+U"
        icon={<MailCheck />}
        onClick={() => void mail.markUnread(uids)}
      />
      <IconButton
        label={message?.isFlagged ? 'Remove star' : 'Star'}
        shortcut="s"
        icon={<Star className={message?.isFlagged ? 'fill-current' : undefined} />}
        className={joinClasses('max-sm:hidden', message?.isFlagged && 'text-warn-text')}
        onClick={() => message && void mail.setFlag(uids, 'flagged', !message.isFlagged)}
      />
      <span className="ml-auto flex items-center">
        <IconButton
          label="Newer message"
          shortcut="k"
          icon={<ChevronUp />}
          disabled={!newer}
          onClick={() => newer && mail.open(newer.uid)}
          className="max-sm:hidden"
        />
        <IconButton
          label="Older message"
          shortcut="j"
          icon={<ChevronDown />}
          disabled={!older}
          onClick={() => older && mail.open(older.uid)}
          className="max-sm:hidden"
        />
        <Menu
          label="More"
          trigger={(props) => <IconButton {...props} label="More" icon={<MoreVertical />} />}
          items={[
            ...(message?.bodies.some((body) => body.kind === 'html')
              ? [
                  {
                    label: isPlain ? 'Show formatted' : 'Show as plain text',
                    icon: <FileText />,
                    onSelect: () => setIsPlain(!isPlain),
                  },
                ]
              : []),
            { label: 'Print', icon: <Printer />, onSelect: () => printMessage(message) },
            {
              label: 'Delivery history',
              icon: <Route />,
              onSelect: () => setHasHistory(true),
            },
            {
              label: 'Show source',
              icon: <Code />,
              onSelect: () => openTab(`/api/mail/source?${place}&view=1`),
            },
            {
              label: 'Download message',
              icon: <Download />,
              onSelect: () => openTab(`/api/mail/source?${place}`),
            },
          ]}
        />
      </span>
      {hasHistory && message && (
        <HistoryDialog message={message} onClose={() => setHasHistory(false)} />
      )}
    </div>
  );
}

function openTab(url: string): void {
  window.open(url, '_blank', 'noopener,noreferrer');
}

/** HTML stands in a frame of which a browser prints only the visible part: it opens in a tab of its own. */
function printMessage(message: MessageView | null): void {
  const html = message?.bodies.find((body) => body.kind === 'html');
  if (!message || !html) {
    window.print();
    return;
  }
  const query = new URLSearchParams({
    folder: message.folder,
    uid: String(message.uid),
    part: html.part,
  });
  openTab(`/api/mail/frame?${query}`);
}

function NothingOpen({ mail }: { mail: Mail }) {
  const unread = mail.folder?.unread ?? 0;
  const name = mail.folder ? folderName(mail.folder) : mail.place.folder;
  if (mail.selected.size > 0) {
    return (
      <EmptyState
        icon={<MailCheck />}
        title={`${formatPlural(mail.selected.size, 'message')} selected`}
        className="flex-1"
      >
        Use the bar above the list, or drag them to a folder.
      </EmptyState>
    );
  }
  const hint = (key: string, text: string): ReactNode => (
    <span key={key} className="flex items-center gap-1.5">
      <Kbd>{key}</Kbd> {text}
    </span>
  );
  return (
    <EmptyState icon={<Inbox />} title={name} className="flex-1">
      <p>{unread > 0 ? `${formatPlural(unread, 'unread message')}.` : 'Nothing unread.'}</p>
      <p className="mt-4 flex flex-wrap justify-center gap-x-4 gap-y-2 text-sm text-faint pointer-coarse:hidden">
        {hint('j', 'next')}
        {hint('k', 'previous')}
        {hint('c', 'compose')}
        {hint('/', 'search')}
        {hint('?', 'all keys')}
      </p>
    </EmptyState>
  );
}

/** What is known from the row stands there at once; the rest follows within a moment. */
function ReaderSkeleton({ mail }: { mail: Mail }) {
  const row = mail.rows.find((each) => each.uid === mail.place.uid);
  const [isShown, setIsShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" className="flex-1 px-4 pt-5 md:px-6">
      <span className="sr-only">Loading…</span>
      {row && (
        <h2 className="text-xl font-semibold break-words">{row.subject || '(no subject)'}</h2>
      )}
      {isShown && (
        <div aria-hidden className="mt-6 flex flex-col gap-3">
          {['w-1/3', 'w-full', 'w-11/12', 'w-4/5', 'w-2/3'].map((width) => (
            <span key={width} className={`h-3 animate-pulse rounded-sm bg-pressed ${width}`} />
          ))}
        </div>
      )}
    </div>
  );
}
