// One message of the list. Unread is bold and has a mark; every mark has words for those who cannot see it.
'use client';
import {
  Archive,
  Forward,
  MailCheck,
  MailOpen,
  Paperclip,
  Reply,
  RotateCcw,
  Star,
  Trash2,
} from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import type { MessageRow } from '#lib/webmail/list/message-list.ts';
import { formatFullDate, formatRowDate } from '../dates.ts';
import { draggedType } from '../folders/folder-pane.tsx';
import { namesOf } from '../people.ts';
import { useDateStyle } from '../use-dates.tsx';

type Props = {
  row: MessageRow;
  /** Sent and Drafts show to whom */
  isOutgoing: boolean;
  isOpen: boolean;
  isCursor: boolean;
  isSelected: boolean;
  isSelecting: boolean;
  dragged: number[];
  onOpen: () => void;
  onSelect: (isRange: boolean) => void;
  onStar: () => void;
  onArchive: () => void;
  onDelete: () => void;
  /** Among the deleted: in place of Archive and Delete */
  onRestore: (() => void) | null;
  onRead: () => void;
  onHover: () => void;
};

export function MessageRowView(props: Props) {
  const { row, isOutgoing, isOpen, isCursor, isSelected, isSelecting } = props;
  const dates = useDateStyle();
  const item = useRef<HTMLLIElement>(null);
  const hover = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => {
    if (isCursor) item.current?.scrollIntoView({ block: 'nearest' });
  }, [isCursor]);
  const people = isOutgoing ? row.to : row.from;
  const who = isOutgoing ? `To: ${namesOf(people)}` : namesOf(people);
  const subject = row.subject || '(no subject)';
  const isUnread = !row.isSeen;
  return (
    <li
      ref={item}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData(draggedType, JSON.stringify(props.dragged));
        event.dataTransfer.effectAllowed = 'move';
      }}
      onMouseEnter={() => {
        hover.current = setTimeout(props.onHover, 150);
      }}
      onMouseLeave={() => {
        if (hover.current) clearTimeout(hover.current);
      }}
      className={joinClasses(
        'group relative flex cursor-default border-b transition-colors duration-75',
        isSelected || isOpen ? 'bg-accent-soft' : 'hover:bg-hover',
        isCursor && !isOpen && 'bg-hover',
      )}
    >
      {isCursor && <span aria-hidden className="absolute inset-y-0 left-0 w-[3px] bg-accent" />}
      <div className="flex w-14 shrink-0 flex-col items-center gap-2 pt-2.5 pl-2">
        {/* biome-ignore-start lint/a11y/noLabelWithoutControl lint/a11y/useKeyWithClickEvents: the checkbox inside has both */}
        <label
          className="relative flex size-8 items-center justify-center"
          onClick={(event) => {
            if (!event.shiftKey) return;
            event.preventDefault();
            props.onSelect(true);
          }}
        >
          <span
            className={joinClasses(
              'absolute inset-0',
              isSelecting
                ? 'opacity-0'
                : 'group-hover:opacity-0 group-focus-within:opacity-0 pointer-coarse:group-hover:opacity-100',
            )}
          >
            <Avatar name={people[0]?.name ?? ''} address={people[0]?.address || '?'} />
          </span>
          <span
            className={
              isSelecting
                ? undefined
                : 'opacity-0 group-hover:opacity-100 group-focus-within:opacity-100 pointer-coarse:group-hover:opacity-0'
            }
          >
            <Checkbox
              aria-label={`Select ${subject}`}
              checked={isSelected}
              onChange={(event) =>
                props.onSelect(
                  (event.nativeEvent as unknown as { shiftKey?: boolean }).shiftKey === true,
                )
              }
            />
          </span>
        </label>
        {/* biome-ignore-end lint/a11y/noLabelWithoutControl lint/a11y/useKeyWithClickEvents: see above */}
      </div>
      <button
        type="button"
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey) props.onSelect(false);
          else if (event.shiftKey) props.onSelect(true);
          else props.onOpen();
        }}
        aria-current={isOpen ? 'true' : undefined}
        className="min-w-0 flex-1 py-2 pr-9 pl-1.5 text-left -outline-offset-2 select-none"
      >
        <span className="flex items-baseline gap-2 group-hover:pr-16 pointer-coarse:group-hover:pr-0">
          {isUnread && (
            <span className="size-2 shrink-0 self-center rounded-full bg-accent">
              <span className="sr-only">Unread. </span>
            </span>
          )}
          <span
            className={joinClasses(
              'min-w-0 flex-1 truncate',
              isUnread ? 'font-semibold' : 'text-ink',
            )}
            dir="auto"
          >
            {who}
          </span>
          <Marks row={row} />
          <time
            dateTime={row.receivedAt}
            title={formatFullDate(row.receivedAt, dates)}
            suppressHydrationWarning
            className={joinClasses(
              'shrink-0 text-xs tabular-nums group-hover:invisible pointer-coarse:group-hover:visible -mr-7',
              isUnread ? 'font-semibold text-accent-text' : 'text-faint',
            )}
          >
            {formatRowDate(row.receivedAt, new Date(), dates)}
          </time>
        </span>
        <span
          className={joinClasses('mt-0.5 block truncate', isUnread ? 'font-medium' : 'text-muted')}
          dir="auto"
        >
          {subject}
        </span>
        <span className="mt-0.5 block truncate text-sm text-faint" dir="auto">
          {row.preview || '\u00a0'}
        </span>
      </button>
      <span className="absolute right-1.5 bottom-2">
        <IconButton
          label={row.isFlagged ? 'Remove star' : 'Star'}
          icon={<Star className={row.isFlagged ? 'fill-current' : undefined} />}
          size="sm"
          onClick={props.onStar}
          className={
            row.isFlagged
              ? 'text-warn-text'
              : 'text-faint opacity-0 group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-60'
          }
        />
      </span>
      <span className="absolute top-1.5 right-1.5 hidden items-center rounded-md group-hover:flex pointer-coarse:group-hover:hidden">
        <IconButton
          label={isUnread ? 'Mark as read' : 'Mark as unread'}
          icon={isUnread ? <MailOpen /> : <MailCheck />}
          size="sm"
          onClick={props.onRead}
        />
        {props.onRestore ? (
          <IconButton label="Restore" icon={<RotateCcw />} size="sm" onClick={props.onRestore} />
        ) : (
          <>
            <IconButton label="Archive" icon={<Archive />} size="sm" onClick={props.onArchive} />
            <IconButton label="Delete" icon={<Trash2 />} size="sm" onClick={props.onDelete} />
          </>
        )}
      </span>
    </li>
  );
}

function Marks({ row }: { row: MessageRow }) {
  return (
    <span className="flex shrink-0 items-center gap-1 self-center text-faint group-hover:invisible pointer-coarse:group-hover:visible [&_svg]:size-3.5">
      {row.isAnswered && (
        <>
          <Reply aria-hidden />
          <span className="sr-only">Answered. </span>
        </>
      )}
      {row.isForwarded && (
        <>
          <Forward aria-hidden />
          <span className="sr-only">Forwarded. </span>
        </>
      )}
      {row.hasAttachments && (
        <>
          <Paperclip aria-hidden />
          <span className="sr-only">Has attachments. </span>
        </>
      )}
      {row.isFlagged && <span className="sr-only">Starred. </span>}
    </span>
  );
}
