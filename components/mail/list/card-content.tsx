// What stands in a row as a card of one to three lines.
'use client';
import { joinClasses } from '#components/ui/class-names.ts';
import type { ListColumn } from '#lib/preferences/list-names.ts';
import { RowLabels, RowPlace } from './row-labels.tsx';
import {
  Answered,
  Clip,
  Count,
  Preview,
  Priority,
  RowDate,
  type RowParts,
  UnreadMark,
} from './row-marks.tsx';

export function CardContent(parts: RowParts) {
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

function Marks({ row, look, texts }: RowParts) {
  return (
    <span className="flex shrink-0 items-center gap-1 self-center text-faint group-hover:invisible pointer-coarse:group-hover:visible [&_svg]:size-3.5">
      <Answered row={row} texts={texts} />
      {look.columns.includes('priority') && <Priority row={row} texts={texts} />}
      {row.hasAttachments && look.columns.includes('attachment') && <Clip texts={texts} />}
    </span>
  );
}
