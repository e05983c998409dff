// Which rows of a list of known heights are in sight. Heights are two, with a heading above and without, so the place of
// any of 100,000 rows is a product and a search among a few headings: no table of measures, no measuring.
'use client';
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

const overscan = 8;
/** What the server draws before it knows the window */
const firstHeightPx = 900;

export type RowMeasures = {
  count: number;
  rowPx: number;
  headingPx: number;
  /** Places of rows with a heading above them, ascending */
  headed: readonly number[];
};

/** px from the top of the list to a row, its heading included. Pure. */
export function offsetOfRow({ rowPx, headingPx, headed }: RowMeasures, index: number): number {
  return index * rowPx + countBelow(headed, index) * headingPx;
}

/** The row at a distance from the top, within the list. Pure. */
export function rowAtOffset(measures: RowMeasures, offset: number): number {
  let index = Math.min(Math.floor(offset / measures.rowPx), measures.count - 1);
  while (index > 0 && offsetOfRow(measures, index) > offset) index--;
  return Math.max(0, index);
}

/** Height of the whole list. Pure. */
export function heightOfRows({ count, rowPx, headingPx, headed }: RowMeasures): number {
  return count * rowPx + headed.length * headingPx;
}

/** How many of an ascending list are below `limit`. */
function countBelow(list: readonly number[], limit: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function useRowWindow(scroller: RefObject<HTMLElement | null>, measures: RowMeasures) {
  const { count, rowPx } = measures;
  const latest = useRef(measures);
  latest.current = measures;
  const [range, setRange] = useState<readonly [number, number]>(() => [
    0,
    Math.ceil(firstHeightPx / rowPx) + overscan,
  ]);

  const update = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const { scrollTop, clientHeight } = element;
    const now = latest.current;
    const first = Math.max(0, rowAtOffset(now, scrollTop) - overscan);
    const last = rowAtOffset(now, scrollTop + clientHeight) + overscan;
    setRange((known) => (known[0] === first && known[1] === last ? known : [first, last]));
  }, [scroller]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    element.addEventListener('scroll', update, { passive: true });
    const observer = new ResizeObserver(update);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', update);
      observer.disconnect();
    };
  }, [scroller, update]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other measures show other rows
  useLayoutEffect(update, [update, measures]);

  /** Scrolls as little as is needed to see a row whole. */
  const scrollTo = useCallback(
    (index: number) => {
      const element = scroller.current;
      if (!element) return;
      const top = offsetOfRow(latest.current, index);
      const bottom = offsetOfRow(latest.current, index + 1);
      if (top < element.scrollTop) element.scrollTop = top;
      else if (bottom > element.scrollTop + element.clientHeight) {
        element.scrollTop = bottom - element.clientHeight;
      }
      update();
    },
    [scroller, update],
  );

  return {
    first: Math.min(range[0], Math.max(0, count - 1)),
    last: Math.min(range[1], count - 1),
    scrollTo,
  };
}
