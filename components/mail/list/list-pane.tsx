// The list: its head with what can be done, the rows, and what stands there when there are none.
'use client';
import {
  ArrowDownUp,
  ChevronLeft,
  ChevronRight,
  Inbox,
  MailCheck,
  MailOpen,
  MoreVertical,
  PenLine,
  RefreshCw,
  SearchX,
  Star,
  Trash2,
  X,
} from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatCount, formatPlural } from '#components/ui/format.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu } from '#components/ui/menu.tsx';
import type { SortKey } from '#lib/webmail/list/message-list.ts';
import { folderName } from '../folders/folder-look.tsx';
import type { Mail } from '../state/use-mail.ts';
import { FilingActions } from './filing-actions.tsx';
import { ListSkeleton } from './list-skeleton.tsx';
import { MessageRowView } from './message-row.tsx';

const sortLabels: Record<SortKey, string> = {
  newest: 'Newest first',
  oldest: 'Oldest first',
  from: 'Sender',
  subject: 'Subject',
  largest: 'Largest first',
  smallest: 'Smallest first',
};

export function ListPane({
  mail,
  onOpen,
  onMove,
  onCompose,
  className,
}: {
  mail: Mail;
  onOpen: (uid: number) => void;
  onMove: (uids: number[]) => void;
  onCompose: () => void;
  className?: string;
}) {
  const { list, rows, selected, place, listError } = mail;
  const anchor = useRef<number | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its top
  useEffect(() => {
    // Newer browsers answer with a promise, which no effect may return.
    void scroller.current?.scrollTo(0, 0);
  }, [place.folder, place.query, place.sort, place.page]);

  const select = (uid: number, isRange: boolean) => {
    const from = rows.findIndex((row) => row.uid === anchor.current);
    const to = rows.findIndex((row) => row.uid === uid);
    const next = new Set(selected);
    if (isRange && from >= 0 && to >= 0) {
      for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(row.uid);
    } else if (next.has(uid)) next.delete(uid);
    else next.add(uid);
    anchor.current = uid;
    mail.setSelected(next);
  };

  return (
    <section
      aria-label="Messages"
      className={joinClasses('relative flex min-h-0 flex-col', className)}
    >
      {selected.size > 0 ? <BulkBar mail={mail} onMove={onMove} /> : <ListHead mail={mail} />}
      <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        {listError && (
          <div role="alert" className="m-3 rounded-md bg-danger-soft px-3 py-2 text-danger-text">
            {listError}{' '}
            <button type="button" className="font-medium underline" onClick={mail.refresh}>
              Try again
            </button>
          </div>
        )}
        {!list && !listError && <ListSkeleton />}
        {list && rows.length === 0 && <EmptyList mail={mail} />}
        {list && rows.length > 0 && (
          <ul>
            {rows.map((row) => (
              <MessageRowView
                key={row.uid}
                row={row}
                isOutgoing={mail.folder?.role === 'sent' || mail.folder?.role === 'drafts'}
                isOpen={place.uid === row.uid}
                isCursor={mail.cursor === row.uid}
                isSelected={selected.has(row.uid)}
                isSelecting={selected.size > 0}
                dragged={selected.has(row.uid) ? [...selected] : [row.uid]}
                onOpen={() => onOpen(row.uid)}
                onSelect={(isRange) => select(row.uid, isRange)}
                onStar={() => void mail.setFlag([row.uid], 'flagged', !row.isFlagged)}
                onArchive={() => void mail.move([row.uid], { role: 'archive' })}
                onDelete={() => void mail.remove([row.uid])}
                onRestore={
                  mail.folder?.role === 'deleted' ? () => void mail.restore([row.uid]) : null
                }
                onRead={() =>
                  void (row.isSeen
                    ? mail.markUnread([row.uid])
                    : mail.setFlag([row.uid], 'seen', true))
                }
                onHover={() => mail.prefetch(row.uid)}
              />
            ))}
          </ul>
        )}
        {list && rows.length > 0 && <PageFoot mail={mail} />}
      </div>
      <button
        type="button"
        onClick={onCompose}
        className="absolute right-4 bottom-[max(1rem,env(safe-area-inset-bottom))] flex h-13 items-center gap-2 rounded-full bg-accent px-5 font-medium text-on-accent shadow-float hover:bg-accent-hover lg:hidden"
      >
        <PenLine aria-hidden className="size-4.5" />
        Compose
      </button>
    </section>
  );
}

function ListHead({ mail }: { mail: Mail }) {
  const { list, place, folder } = mail;
  const [isEmptying, setIsEmptying] = useState(false);
  const isDeleted = folder?.role === 'deleted';
  const isFinal = isDeleted || folder?.role === 'trash' || folder?.role === 'junk';
  const fate =
    isDeleted || mail.keptDays === 0
      ? 'This cannot be undone.'
      : `For ${formatPlural(mail.keptDays, 'day')} they can be restored from “Recently deleted”.`;
  const name = folder ? folderName(folder) : place.folder;
  return (
    <div className="flex h-12 shrink-0 items-center gap-1 border-b pr-1.5 pl-4">
      <span className="mr-1.5 flex">
        <Checkbox
          aria-label="Select all on this page"
          checked={false}
          disabled={!list || list.rows.length === 0}
          onChange={() => mail.setSelected(new Set(mail.rows.map((row) => row.uid)))}
        />
      </span>
      <h1 className="min-w-0 flex-1 truncate text-base font-semibold">
        {place.query ? 'Search' : name}
        <span className="ml-2 text-sm font-normal text-faint tabular-nums">
          {list && summary(mail, name)}
        </span>
      </h1>
      <IconButton label="Refresh" icon={<RefreshCw />} onClick={mail.refresh} />
      <Menu
        label="Order"
        trigger={(props) => (
          <IconButton
            {...props}
            label={`Order: ${sortLabels[place.sort]}`}
            icon={<ArrowDownUp />}
            isActive={place.sort !== 'newest'}
          />
        )}
        items={(Object.keys(sortLabels) as SortKey[]).map((sort) => ({
          label: sortLabels[sort],
          isChecked: place.sort === sort,
          onSelect: () => mail.go({ sort, page: 1, uid: null }),
        }))}
      />
      <Menu
        label="More"
        trigger={(props) => <IconButton {...props} label="More" icon={<MoreVertical />} />}
        items={[
          {
            label: 'Mark all as read',
            icon: <MailCheck />,
            isDisabled: !folder || folder.unread === 0,
            onSelect: () => void mail.actOnFolder('read-all', place.folder),
          },
          ...(isFinal
            ? [
                {
                  label: `Empty ${name}…`,
                  icon: <Trash2 />,
                  isDanger: true,
                  isDisabled: !folder || folder.messages === 0,
                  onSelect: () => setIsEmptying(true),
                },
              ]
            : []),
        ]}
      />
      <ConfirmDialog
        isOpen={isEmptying}
        onClose={() => setIsEmptying(false)}
        title={`Empty ${name}?`}
        confirmLabel={isDeleted ? 'Delete for good' : 'Delete all'}
        onConfirm={() => mail.actOnFolder('empty', place.folder)}
      >
        {formatPlural(folder?.messages ?? 0, 'message')} will be deleted. {fate}
      </ConfirmDialog>
    </div>
  );
}

function summary(mail: Mail, name: string): string {
  const { list, folder, place } = mail;
  if (place.query) return `${formatPlural(list?.total ?? 0, 'match', 'matches')} in ${name}`;
  if (folder && folder.unread > 0 && folder.role !== 'drafts') {
    return `${formatCount(folder.unread)} unread`;
  }
  return list && list.total > 0 ? formatCount(list.total) : '';
}

function BulkBar({ mail, onMove }: { mail: Mail; onMove: (uids: number[]) => void }) {
  const { selected, rows } = mail;
  const uids = [...selected];
  const chosen = rows.filter((row) => selected.has(row.uid));
  const isAnyUnread = chosen.some((row) => !row.isSeen);
  const isAllStarred = chosen.length > 0 && chosen.every((row) => row.isFlagged);
  return (
    <div
      role="toolbar"
      aria-label="Selected messages"
      className="flex h-12 shrink-0 items-center gap-0.5 border-b bg-accent-soft pr-1.5 pl-4"
    >
      <span className="mr-2 flex">
        <Checkbox
          aria-label="Select all on this page"
          checked={selected.size === rows.length}
          isMixed={selected.size < rows.length}
          onChange={() =>
            mail.setSelected(
              selected.size === rows.length ? new Set() : new Set(rows.map((row) => row.uid)),
            )
          }
        />
      </span>
      <span
        className="mr-auto text-sm font-medium text-accent-text tabular-nums"
        aria-live="polite"
      >
        {selected.size} <span className="max-xl:sr-only">selected</span>
      </span>
      {isAnyUnread ? (
        <IconButton
          label="Mark as read"
          shortcut="Shift+I"
          icon={<MailOpen />}
          onClick={() => void mail.setFlag(uids, 'seen', true)}
        />
      ) : (
        <IconButton
          label="Mark as unread"
          shortcut="Shift+U"
          icon={<MailCheck />}
          onClick={() => void mail.markUnread(uids)}
        />
      )}
      <IconButton
        label={isAllStarred ? 'Remove star' : 'Star'}
        shortcut="s"
        icon={<Star className={isAllStarred ? 'fill-current' : undefined} />}
        onClick={() => void mail.setFlag(uids, 'flagged', !isAllStarred)}
      />
      <FilingActions mail={mail} uids={uids} onMove={onMove} />
      <IconButton
        label="Clear the selection"
        shortcut="Esc"
        icon={<X />}
        onClick={() => mail.setSelected(new Set())}
      />
    </div>
  );
}

function PageFoot({ mail }: { mail: Mail }) {
  const { list, place } = mail;
  if (!list) return null;
  const pages = Math.max(1, Math.ceil(list.total / list.pageSize));
  const first = (list.page - 1) * list.pageSize + 1;
  const last = Math.min(list.total, list.page * list.pageSize);
  if (pages === 1) return <div className="h-20 lg:h-4" />;
  return (
    <nav
      aria-label="Pages"
      className="flex items-center justify-center gap-2 px-3 py-3 pb-24 text-sm text-muted tabular-nums lg:pb-3"
    >
      <IconButton
        label="Newer page"
        icon={<ChevronLeft />}
        disabled={list.page <= 1}
        onClick={() => mail.go({ page: place.page - 1, uid: null })}
      />
      <span>
        {formatCount(first)}–{formatCount(last)} of {formatCount(list.total)}
      </span>
      <IconButton
        label="Older page"
        icon={<ChevronRight />}
        disabled={list.page >= pages}
        onClick={() => mail.go({ page: place.page + 1, uid: null })}
      />
    </nav>
  );
}

function EmptyList({ mail }: { mail: Mail }) {
  const { place, folder } = mail;
  if (place.query) {
    return (
      <EmptyState
        icon={<SearchX />}
        title="Nothing found"
        className="h-full"
        action={
          <Button onClick={() => mail.go({ query: '', page: 1, uid: null })}>
            Clear the search
          </Button>
        }
      >
        No message in {folder ? folderName(folder) : place.folder} matches “{place.query}”.
      </EmptyState>
    );
  }
  const texts = {
    inbox: ['All done', 'New mail appears here by itself.'],
    drafts: ['No drafts', 'What you begin to write is kept here.'],
    sent: ['Nothing sent yet', 'Copies of what you send are kept here.'],
    archive: ['Archive is empty', 'Archived messages leave the inbox and stay findable.'],
    junk: ['No junk', 'Unwanted mail ends up here.'],
    trash: ['Trash is empty', 'Deleted messages wait here.'],
    none: ['Empty folder', 'Move or drag messages here.'],
    deleted: ['Nothing left', 'What was deleted from this folder is restored or gone.'],
  }[folder?.role ?? 'none'] as [string, string];
  return (
    <EmptyState icon={<Inbox />} title={texts[0]} className="h-full">
      {texts[1]}
    </EmptyState>
  );
}
