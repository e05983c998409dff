// The names of the columns of a wide list; a click sorts by one, another turns it round; their edges can be moved.
'use client';
import { ArrowDown, ArrowUp, Flag, Paperclip, Star } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { styleRef } from '#components/ui/style-ref.ts';
import type { ListColumn } from '#lib/preferences/list-names.ts';
import type { SortKey } from '#lib/webmail/list/message-list.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';
import { ColumnEdge, resizable } from './column-edge.tsx';
import { lineTracks, type RowLook, shownColumns } from './row-look.ts';

/** The order of the first click, and that of the second */
export const sortsOf: Record<ListColumn, readonly [SortKey, SortKey] | null> = {
  flags: ['starred', 'unstarred'],
  from: ['from', 'from-desc'],
  to: ['to', 'to-desc'],
  cc: ['cc', 'cc-desc'],
  subject: ['subject', 'subject-desc'],
  labels: null,
  attachment: ['attachment', 'no-attachment'],
  priority: ['priority', 'low-priority'],
  size: ['largest', 'smallest'],
  sent: ['sent-newest', 'sent-oldest'],
  received: ['newest', 'oldest'],
};
const icons: Partial<Record<ListColumn, ReactNode>> = {
  flags: <Star aria-hidden className="size-3.5" />,
  attachment: <Paperclip aria-hidden className="size-3.5" />,
  priority: <Flag aria-hidden className="size-3.5" />,
};

export function ColumnHeads({ mail, look }: { mail: Mail; look: RowLook }) {
  const t = useTranslations('list');
  const { change } = usePreferences();
  /** While an edge moves; the rows follow once it rests */
  const [moved, setMoved] = useState<RowLook['widths']>({});
  const shown = shownColumns(look);
  const settle = (column: ListColumn, width: number | null) => {
    setMoved({});
    const { [column]: _, ...others } = look.widths;
    void change({ 'list.widths': width === null ? others : { ...others, [column]: width } });
  };
  const head = (column: ListColumn) => {
    const sorts = sortsOf[column];
    const name = t(`columns.${column}`);
    const content = icons[column] ?? <span className="truncate">{name}</span>;
    if (!sorts) return <span>{content}</span>;
    const [once, twice] = sorts;
    const { sort } = mail.place;
    const isSorted = sort === once || sort === twice;
    const isEnd = column === 'size' || column === 'sent' || column === 'received';
    const Arrow = sort === once ? ArrowDown : ArrowUp;
    return (
      <button
        type="button"
        aria-label={t('sortBy', { column: name })}
        aria-pressed={isSorted}
        title={t('sortBy', { column: name })}
        onClick={() => mail.go({ sort: sort === once ? twice : once, page: 1, uid: null })}
        className={joinClasses(
          'flex min-w-0 flex-1 items-center gap-1 rounded-sm hover:text-ink',
          isEnd && 'justify-end',
          isSorted && 'font-semibold text-accent-text',
        )}
      >
        {content}
        {isSorted && !icons[column] && <Arrow aria-hidden className="size-3 shrink-0" />}
      </button>
    );
  };
  return (
    <div
      role="toolbar"
      aria-label={t('columnsLabel')}
      className="flex h-8 shrink-0 items-center border-b ps-9 text-xs text-muted"
    >
      {look.columns.includes('flags') && (
        <span className="flex w-7 justify-center pointer-coarse:w-9">{head('flags')}</span>
      )}
      <div
        ref={styleRef({
          'grid-template-columns': lineTracks({ ...look, widths: { ...look.widths, ...moved } }),
        })}
        className="grid min-w-0 flex-1 auto-cols-fr grid-flow-col items-center gap-x-3 ps-1 pe-3"
      >
        {shown.map((column, at) => (
          <span key={column} className="relative flex min-w-0">
            {head(column)}
            {resizable.has(column) && (
              <ColumnEdge
                name={t(`columns.${column}`)}
                width={look.widths[column] ?? 0}
                isBehind={shown.includes('subject') && at > shown.indexOf('subject')}
                onMove={(width) => setMoved({ [column]: width })}
                onDone={(width) => settle(column, width)}
              />
            )}
          </span>
        ))}
      </div>
    </div>
  );
}
