// The edge of a column's head: dragged, or moved by arrow keys, it makes the column wider or narrower; a double click gives
// it back its usual width. What it takes the subject leaves, so columns behind that have it at their other side.
'use client';
import { useTranslations } from 'next-intl';
import type { KeyboardEvent, PointerEvent } from 'react';
import type { ListColumn } from '#lib/preferences/list-names.ts';

const [narrowest, widest] = [2, 60];
const step = 1;

/** Columns of text; the subject has what is left, and marks are as wide as a mark. */
export const resizable: ReadonlySet<ListColumn> = new Set<ListColumn>([
  'from',
  'to',
  'cc',
  'size',
  'sent',
  'received',
]);

export function ColumnEdge({
  name,
  width,
  isBehind,
  onMove,
  onDone,
}: {
  name: string;
  /** rem; 0 for the usual width */
  width: number;
  /** Behind the subject */
  isBehind: boolean;
  /** rem, while the edge moves */
  onMove: (width: number) => void;
  /** rem; null for the usual width */
  onDone: (width: number | null) => void;
}) {
  const t = useTranslations('list');
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const edge = event.currentTarget;
    const sign = isRtl(edge) === isBehind ? 1 : -1;
    const [startX, start] = [event.clientX, widthOf(edge)];
    const at = (clientX: number) => clamp(start + ((clientX - startX) * sign) / remPx());
    event.preventDefault();
    edge.setPointerCapture(event.pointerId);
    const follow = (moved: globalThis.PointerEvent) => onMove(at(moved.clientX));
    const end = (last: globalThis.PointerEvent) => {
      edge.removeEventListener('pointermove', follow);
      if (last.clientX !== startX) onDone(at(last.clientX));
    };
    edge.addEventListener('pointermove', follow);
    edge.addEventListener('pointerup', end, { once: true });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (!/^Arrow(Left|Right)$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const isWider = (event.key === 'ArrowRight') === (isRtl(event.currentTarget) === isBehind);
    onDone(clamp(widthOf(event.currentTarget) + (isWider ? step : -step)));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is moved is no hr (WAI-ARIA window splitter)
    <span
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('columnWidth', { column: name })}
      aria-valuenow={Math.round(width)}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDoubleClick={() => onDone(null)}
      className={`absolute inset-y-0 w-2 cursor-col-resize touch-none hover:bg-line-strong focus-visible:bg-accent ${isBehind ? '-start-2.5' : '-end-2.5'}`}
    />
  );
}

const isRtl = (element: Element) => getComputedStyle(element).direction === 'rtl';
const remPx = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
const widthOf = (edge: HTMLElement) => (edge.parentElement?.offsetWidth ?? 0) / remPx();
const clamp = (width: number) => Math.round(Math.min(widest, Math.max(narrowest, width)) * 10) / 10;
