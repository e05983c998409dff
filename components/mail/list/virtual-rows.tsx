// The rows that are seen, of a list of any length. Heights are known, so nothing is measured; what is not loaded yet is
// grey. When rows come or go above, what the person reads stays where it is.
'use client';
import { useTranslations } from 'next-intl';
import {
  type ComponentType,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
} from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { styleRef } from '#components/ui/style-ref.ts';
import type { MessageRow } from '#lib/webmail/list/message-list.ts';
import { indexOfRow, type ListView, rowAt } from '../state/list-view.ts';
import type { Mail } from '../state/use-mail.ts';
import { useIsClient } from '../use-client.ts';
import { groupKey, groupOf } from './day-groups.ts';
import { MessageRowView, placeOf, type RowActs } from './message-row.tsx';
import { headingHeight, type RowLook, rowHeight } from './row-look.ts';
import type { RowParts } from './row-marks.tsx';
import { useRowTexts } from './row-texts.ts';
import {
  heightOfRows,
  offsetOfRow,
  type RowMeasures,
  rowAtOffset,
  useRowWindow,
} from './use-row-window.ts';

/** Browsers draw nothing beyond some 17 million px; longer lists end there and go on by pages. */
const mostPx = 16_000_000;

export function VirtualRows({
  mail,
  list,
  look,
  acts,
  now,
  hasGroups,
  scroller,
  Content,
}: {
  mail: Mail;
  list: ListView;
  look: RowLook;
  acts: RowActs;
  now: Date;
  hasGroups: boolean;
  scroller: RefObject<HTMLDivElement | null>;
  /** What stands in a row */
  Content: ComponentType<RowParts>;
}) {
  const t = useTranslations('list');
  const texts = useRowTexts(look, mail.folders);
  const isClient = useIsClient();
  const { place, selected, cursor, everything, isPaged } = mail;
  const rem = useRem(isClient);
  const heightPx = Math.round(rowHeight(look) * rem);
  const headingPx = Math.round(headingHeight * rem);
  // Where pages are turned the list is the page.
  const first = isPaged ? list.start : 0;
  const wanted = isPaged ? list.rows.length : list.total;
  const count = Math.min(wanted, Math.floor(mostPx / heightPx));
  const headings = useHeadings(list, look, now, hasGroups);

  const measures = useMemo<RowMeasures>(
    () => ({
      count,
      rowPx: heightPx,
      headingPx,
      headed: [...headings.keys()].map((index) => index - first).filter((index) => index < count),
    }),
    [count, heightPx, headingPx, headings, first],
  );
  const rowWindow = useRowWindow(scroller, measures);
  const { scrollTo } = rowWindow;
  useAnchor(list, first, scroller, measures);

  const seenFirst = first + rowWindow.first;
  const seenLast = first + rowWindow.last;
  const { showRows } = mail;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another stretch may still leave gaps
  useEffect(() => {
    if (isClient) showRows(seenFirst, seenLast);
  }, [isClient, seenFirst, seenLast, list, showRows]);

  // Keys move the mark: it stays in sight.
  const cursorIndex = cursor === null ? -1 : indexOfRow(list, cursor);
  const shownCursor = useRef<number | null>(null);
  useEffect(() => {
    if (cursorIndex < 0 || shownCursor.current === cursor) return;
    shownCursor.current = cursor;
    scrollTo(cursorIndex - first);
  }, [cursor, cursorIndex, first, scrollTo]);

  const { jump, setJump, setCursor } = mail;
  useEffect(() => {
    if (!jump) return;
    if (!jump.isScrolled) scrollTo(jump.index - first);
    const row = rowAt(list, jump.index);
    if (!row) {
      if (!jump.isScrolled) setJump({ ...jump, isScrolled: true });
      return;
    }
    shownCursor.current = row.uid;
    setCursor(row.uid);
    setJump(null);
  }, [jump, list, first, scrollTo, setJump, setCursor]);

  return (
    <ul
      aria-label={t('rows')}
      // The server lets the rows flow, which looks the same.
      ref={styleRef({ height: isClient ? `${heightOfRows(measures)}px` : '' })}
      className="relative"
    >
      {Array.from({ length: Math.max(0, seenLast - seenFirst + 1) }, (_, i) => {
        const index = seenFirst + i;
        const top = isClient ? offsetOfRow(measures, index - first) : null;
        const row = rowAt(list, index);
        if (!row) return <LoadingRow key={`at ${index}`} top={top} height={heightPx} />;
        return (
          <MessageRowView
            key={row.uid}
            row={row}
            index={index}
            total={list.total}
            top={top}
            height={heightPx}
            heading={headings.get(index) ?? null}
            Content={Content}
            look={look}
            texts={texts}
            acts={acts}
            now={now}
            isOpen={
              place.uid === row.uid ||
              (place.uid !== null && row.uids?.includes(place.uid) === true)
            }
            isCursor={cursor === row.uid}
            isSelected={everything !== null || selected.has(row.uid)}
            isSelecting={selected.size > 0}
            isRestorable={mail.folder?.role === 'deleted'}
          />
        );
      })}
    </ul>
  );
}

function LoadingRow({ top, height }: { top: number | null; height: number }) {
  return (
    <li
      aria-hidden
      ref={styleRef({ ...placeOf(top), height: `${height}px` })}
      className={joinClasses(
        'flex flex-col justify-center gap-2 border-b ps-14 pe-4',
        top !== null && 'absolute inset-x-0 top-0',
      )}
    >
      <span className="h-2.5 w-2/5 rounded-sm bg-pressed" />
      {height > 44 && <span className="h-2.5 w-4/5 rounded-sm bg-hover" />}
    </li>
  );
}

/** px of a rem: people may have chosen larger letters. */
function useRem(isClient: boolean): number {
  return useMemo(
    () =>
      isClient ? Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16 : 16,
    [isClient],
  );
}

/** Headings by the place of the row they stand above; only rows that are loaded are looked at. */
function useHeadings(
  list: ListView,
  look: RowLook,
  now: Date,
  isWanted: boolean,
): ReadonlyMap<number, string> {
  const t = useTranslations('list.groups');
  const { style } = look;
  return useMemo(() => {
    const headings = new Map<number, string>();
    if (!isWanted) return headings;
    let before: string | null = null;
    list.rows.forEach((row: MessageRow, at) => {
      const group = groupOf(row.receivedAt, now, style);
      const key = groupKey(group);
      // Above the first row that is loaded nothing is known of the one before it.
      const isFirst = at > 0 || list.start === 0;
      if (key !== before && isFirst) {
        headings.set(list.start + at, 'text' in group ? group.text : t(group.kind));
      }
      before = key;
    });
    return headings;
  }, [list, now, style, isWanted, t]);
}

/** Keeps the row at the upper edge where it is when others come or go above it, except at the very top. */
function useAnchor(
  list: ListView,
  first: number,
  scroller: RefObject<HTMLDivElement | null>,
  measures: RowMeasures,
): void {
  const anchor = useRef<{ id: number; gap: number; top: number } | null>(null);
  const known = useRef({ list, measures });
  const note = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const { list: shown, measures: now } = known.current;
    const index = rowAtOffset(now, element.scrollTop);
    const row = rowAt(shown, index + first);
    const top = element.scrollTop;
    anchor.current = row ? { id: row.uid, gap: top - offsetOfRow(now, index), top } : null;
  }, [first, scroller]);
  useLayoutEffect(() => {
    const element = scroller.current;
    const before = known.current;
    known.current = { list, measures };
    const held = anchor.current;
    if (!element) return;
    // The row had not come yet when the scrolling ended.
    if (!held) return note();
    if (before.measures === measures) return;
    if (before.list.folder !== list.folder || element.scrollTop < 4) return;
    const index = indexOfRow(list, held.id) - first;
    if (index < 0) return;
    // By how far the row went: what somebody scrolled since the last event of it must stay.
    const moved = offsetOfRow(measures, index) + held.gap - held.top;
    if (Math.abs(moved) <= 1) return;
    element.scrollTop += moved;
    held.top += moved;
  }, [list, first, scroller, measures, note]);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    element.addEventListener('scroll', note, { passive: true });
    return () => element.removeEventListener('scroll', note);
  }, [scroller, note]);
}
