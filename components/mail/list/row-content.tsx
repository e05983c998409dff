// What stands in a row: as a card of one to three lines, or as one line of columns. Each text of a message is in a box of
// its own direction that lies at the start of the page: what does not fit is cut at the end of the text, in Arabic too.
'use client';
import { AlarmClock, ArrowDown, Flag, Forward, Paperclip, Reply } from 'lucide-react';
import type { ReactNode } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import type { ListColumn } from '#lib/preferences/list-names.ts';
import type { MessageRow } from '#lib/webmail/list/message-list.ts';
import { RowLabels, RowPlace } from './row-labels.tsx';
import { lineTracks, type RowLook, shownColumns } from './row-look.ts';
import type { RowTexts } from './row-texts.ts';

type Parts = { row: MessageRow; look: RowLook; texts: RowTexts; now: Date };

export function CardContent(parts: Parts) {
  const { row, look, texts, now } = parts;
  const isUnread = !row.isSeen;
  const has = (column: ListColumn) => look.columns.includes(column);
  const isOneLine = look.density === 'compact';
  const isThreeLines = look.density === 'comfortable' && look.hasPreview;
  const date = has('received') || !has('sent') ? row.receivedAt : row.sentAt;
  const subject = (
    <span
      className={joinClasses(
        isUnread ? 'font-medium' : isOneLine ? '' : 'text-muted',
        row.isDeleted && 'line-through',
      )}
    >
      {texts.subject(row)}
    </span>
  );
  return (
    <span className={joinClasses('flex h-full flex-col', isOneLine ? 'justify-center' : 'py-2')}>
      <span className="flex items-baseline gap-2 group-hover:pe-16 pointer-coarse:group-hover:pe-0">
        {isUnread && <UnreadMark texts={texts} />}
        <span
          className={joinClasses(
            'flex min-w-0 items-baseline',
            isOneLine ? 'w-2/5 shrink-0' : 'flex-1',
            isUnread && 'font-semibold',
            row.isDeleted && 'line-through',
          )}
        >
          <span dir="auto" className="truncate">
            {texts.who(row)}
          </span>
          <Count row={row} texts={texts} />
        </span>
        {isOneLine && (
          <span className="flex min-w-0 flex-1 items-baseline gap-1.5">
            <RowPlace row={row} texts={texts} />
            <span dir="auto" className="truncate">
              {subject}
            </span>
          </span>
        )}
        <Marks {...parts} />
        {has('size') && (
          <span className="shrink-0 text-xs text-faint tabular-nums">
            {texts.size(row.sizeBytes)}
          </span>
        )}
        {(has('received') || has('sent')) && (
          <RowDate
            iso={date}
            texts={texts}
            now={now}
            className={joinClasses(
              'group-hover:invisible pointer-coarse:group-hover:visible',
              has('flags') && !isOneLine && '-me-7',
              isUnread ? 'font-semibold text-accent-text' : 'text-faint',
            )}
          />
        )}
      </span>
      {!isOneLine && (
        <span className="mt-0.5 flex min-w-0 items-center gap-1.5">
          <RowPlace row={row} texts={texts} />
          {has('labels') && <RowLabels row={row} look={look} />}
          <span dir="auto" className="min-w-0 truncate">
            {subject}
          </span>
          {!isThreeLines && <Preview row={row} look={look} />}
        </span>
      )}
      {isThreeLines && (
        <span className="mt-0.5 flex text-sm text-faint">
          <span dir="auto" className="truncate">
            {row.preview || '\u00a0'}
          </span>
        </span>
      )}
    </span>
  );
}

export function LineContent(parts: Parts) {
  const { look } = parts;
  return (
    <span
      className="grid h-full items-center gap-x-3"
      style={{ gridTemplateColumns: lineTracks(look) }}
    >
      {shownColumns(look).map((column) => (
        <Cell key={column} column={column} {...parts} />
      ))}
    </span>
  );
}

function Cell({ column, row, look, texts, now }: Parts & { column: ListColumn }): ReactNode {
  const isUnread = !row.isSeen;
  const strong = isUnread ? 'font-semibold' : '';
  const isFirst = shownColumns(look)[0] === column;
  const mark = isFirst && isUnread && <UnreadMark texts={texts} />;
  const cell = (content: ReactNode, className: string) => (
    <span className="flex min-w-0 items-center gap-2">
      {mark}
      <span
        dir="auto"
        className={joinClasses('min-w-0 truncate', className, row.isDeleted && 'line-through')}
      >
        {content}
      </span>
    </span>
  );
  switch (column) {
    case 'from':
      return cell(
        <>
          {texts.names(row.participants?.length ? row.participants : row.from)}
          <Count row={row} texts={texts} />
        </>,
        strong,
      );
    case 'to':
      return cell(look.isOutgoing ? texts.who(row) : texts.names(row.to), strong);
    case 'cc':
      return cell(row.cc.length > 0 ? texts.names(row.cc) : '', 'text-muted');
    case 'subject':
      return (
        <span className="flex min-w-0 items-center gap-2">
          {mark}
          <RowPlace row={row} texts={texts} />
          {!look.columns.includes('labels') ? null : <RowLabels row={row} look={look} />}
          <span className="flex min-w-0 flex-1 gap-1.5">
            <span
              dir="auto"
              className={joinClasses('min-w-0 truncate', strong, row.isDeleted && 'line-through')}
            >
              {texts.subject(row)}
            </span>
            <Preview row={row} look={look} />
          </span>
          <Answered row={row} texts={texts} />
        </span>
      );
    case 'attachment':
      return row.hasAttachments ? <Clip texts={texts} /> : <span />;
    case 'priority':
      return <Priority row={row} texts={texts} />;
    case 'size':
      return (
        <span className="truncate text-end text-sm text-faint tabular-nums">
          {texts.size(row.sizeBytes)}
        </span>
      );
    case 'sent':
    case 'received':
      return (
        <RowDate
          iso={column === 'sent' ? row.sentAt : row.receivedAt}
          texts={texts}
          now={now}
          className={joinClasses(
            'text-end group-hover:invisible pointer-coarse:group-hover:visible',
            isUnread ? 'font-semibold text-accent-text' : 'text-faint',
          )}
        />
      );
    default:
      return null;
  }
}

/** The first words, in what the subject leaves of the line. */
function Preview({ row, look }: { row: MessageRow; look: RowLook }) {
  if (!look.hasPreview || !row.preview) return null;
  return (
    <span className="flex h-[1lh] min-w-0 flex-1 flex-wrap overflow-hidden text-faint">
      {/* What is too narrow for a word goes to a second line, which is not seen. */}
      <span className="h-[1lh] w-0" />
      <span className="flex min-w-16 flex-1 basis-0 gap-1.5">
        <span aria-hidden>—</span>
        <span dir="auto" className="truncate">
          {row.preview}
        </span>
      </span>
    </span>
  );
}

function UnreadMark({ texts }: { texts: RowTexts }) {
  return (
    <span className="size-2 shrink-0 self-center rounded-full bg-accent">
      <span className="sr-only">{texts.t('unread')} </span>
    </span>
  );
}

/** How many messages a conversation has. */
function Count({ row, texts }: { row: MessageRow; texts: RowTexts }) {
  const { count = 1 } = row;
  if (count < 2) return null;
  return (
    <span className="ms-1.5 text-xs font-normal text-faint tabular-nums">
      <span aria-hidden>{count}</span>
      <span className="sr-only">{texts.t('messages', { count })}</span>
    </span>
  );
}

function RowDate({
  iso,
  texts,
  now,
  className,
}: {
  iso: string | null;
  texts: RowTexts;
  now: Date;
  className: string;
}) {
  return (
    <time
      dateTime={iso ?? undefined}
      title={texts.fullDate(iso)}
      suppressHydrationWarning
      className={joinClasses('shrink-0 truncate text-xs tabular-nums', className)}
    >
      {texts.date(iso, now)}
    </time>
  );
}

function Marks({ row, look, texts }: Parts) {
  return (
    <span className="flex shrink-0 items-center gap-1 self-center text-faint group-hover:invisible pointer-coarse:group-hover:visible [&_svg]:size-3.5">
      <Answered row={row} texts={texts} />
      {look.columns.includes('priority') && <Priority row={row} texts={texts} />}
      {row.hasAttachments && look.columns.includes('attachment') && <Clip texts={texts} />}
    </span>
  );
}

function Answered({ row, texts }: { row: MessageRow; texts: RowTexts }) {
  return (
    <>
      {row.isAnswered && (
        <>
          <Reply aria-hidden className="size-3.5 shrink-0 text-faint rtl:-scale-x-100" />
          <span className="sr-only">{texts.t('answered')} </span>
        </>
      )}
      {row.isForwarded && (
        <>
          <Forward aria-hidden className="size-3.5 shrink-0 text-faint rtl:-scale-x-100" />
          <span className="sr-only">{texts.t('forwarded')} </span>
        </>
      )}
      {row.isFlagged && <span className="sr-only">{texts.t('starred')} </span>}
      {row.isDeleted && <span className="sr-only">{texts.t('markedDeleted')} </span>}
      {row.snoozedUntil && (
        <>
          <AlarmClock aria-hidden className="size-3.5 shrink-0 text-warn-text" />
          <span className="sr-only">{texts.t('snoozed')} </span>
        </>
      )}
    </>
  );
}

function Clip({ texts }: { texts: RowTexts }) {
  return (
    <span className="flex shrink-0 text-faint">
      <Paperclip aria-hidden className="size-3.5" />
      <span className="sr-only">{texts.t('hasAttachments')} </span>
    </span>
  );
}

function Priority({ row, texts }: { row: MessageRow; texts: RowTexts }) {
  if (row.priority === 'normal') return <span />;
  const isHigh = row.priority === 'high';
  const Icon = isHigh ? Flag : ArrowDown;
  return (
    <span className={joinClasses('flex shrink-0', isHigh ? 'text-danger-text' : 'text-faint')}>
      <Icon aria-hidden className="size-3.5" />
      <span className="sr-only">{texts.t(isHigh ? 'highPriority' : 'lowPriority')} </span>
    </span>
  );
}
