// The edge of the pane: dragged, or moved by arrow keys; its width is remembered by the device.
'use client';
import { useTranslations } from 'next-intl';
import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useState } from 'react';

const storageKey = 'drey:folders-width';
const [narrowest, usual, widest] = [168, 224, 480];
const step = 16;

const clamp = (width: number) => Math.min(Math.max(Math.round(width), narrowest), widest);

/** The width in pixels, and how to change it. */
export function usePaneWidth(): [number, (width: number) => void] {
  const [width, setWidth] = useState(usual);
  useEffect(() => {
    const kept = Number(localStorage.getItem(storageKey));
    if (kept > 0) setWidth(clamp(kept));
  }, []);
  const change = useCallback((wanted: number) => {
    const next = clamp(wanted);
    setWidth(next);
    localStorage.setItem(storageKey, String(next));
  }, []);
  return [width, change];
}

export function PaneEdge({
  width,
  onChange,
  isAtEnd,
}: {
  width: number;
  onChange: (width: number) => void;
  isAtEnd: boolean;
}) {
  const t = useTranslations('folders');
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const edge = event.currentTarget;
    const isRtl = getComputedStyle(edge).direction === 'rtl';
    const sign = isRtl === isAtEnd ? 1 : -1;
    const [startX, startWidth] = [event.clientX, width];
    edge.setPointerCapture(event.pointerId);
    const follow = (moved: globalThis.PointerEvent) =>
      onChange(startWidth + (moved.clientX - startX) * sign);
    const end = () => edge.removeEventListener('pointermove', follow);
    edge.addEventListener('pointermove', follow);
    edge.addEventListener('pointerup', end, { once: true });
    edge.addEventListener('pointercancel', end, { once: true });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (!/^Arrow(Left|Right)$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const isRtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    const isWider = (event.key === 'ArrowRight') === (isRtl === isAtEnd);
    onChange(width + (isWider ? step : -step));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is moved is no hr (WAI-ARIA window splitter)
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('width')}
      aria-valuenow={width}
      aria-valuemin={narrowest}
      aria-valuemax={widest}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDoubleClick={() => onChange(usual)}
      className={`absolute inset-y-0 w-1.5 cursor-col-resize touch-none hover:bg-line-strong focus-visible:bg-accent ${isAtEnd ? 'start-0' : 'end-0'}`}
    />
  );
}
