// What stands in a row as one line of columns.
'use client';
import type { ReactNode } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { styleRef } from '#components/ui/style-ref.ts';
import type { ListColumn } from '#lib/preferences/list-names.ts';
import { RowLabels, RowPlace } from './row-labels.tsx';
import { lineTracks, shownColumns } from './row-look.ts';
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

export function LineContent(parts: RowParts) {
  const { look } = parts;
  return (
    <span
      ref={styleRef({ 'grid-template-columns': lineTracks(look) })}
      className="grid h-full auto-cols-fr grid-flow-col items-center gap-x-3"
    >
      {shownColumns(look).map((column) => (
        <Cell key={column} column={column} {...parts} />
      ))}
    </span>
  );
}

function Cell({ column, row, look, texts, now }: RowParts & { column: ListColumn }): ReactNode {
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
