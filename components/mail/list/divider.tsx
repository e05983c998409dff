// The line between list and reader, which a hand or the arrow keys can move.
'use client';
import { useTranslations } from 'next-intl';
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { least, most, usualPanes } from './panes.ts';

export function Divider({
  isHorizontal,
  value,
  onChange,
  onDone,
}: {
  /** The list stands above, not beside */
  isHorizontal: boolean;
  value: number;
  onChange: (value: number) => void;
  onDone: () => void;
}) {
  const t = useTranslations('list');
  const isHeld = useRef(false);
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const room = event.currentTarget.parentElement?.getBoundingClientRect();
    if (!isHeld.current || !room) return;
    const isRtl = document.documentElement.dir === 'rtl';
    const along = isHorizontal
      ? (event.clientY - room.top) / room.height
      : (isRtl ? room.right - event.clientX : event.clientX - room.left) / room.width;
    onChange(clamp(along * 100));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isRtl = document.documentElement.dir === 'rtl';
    const more = isHorizontal ? 'ArrowDown' : isRtl ? 'ArrowLeft' : 'ArrowRight';
    const less = isHorizontal ? 'ArrowUp' : isRtl ? 'ArrowRight' : 'ArrowLeft';
    const next =
      { [more]: value + 2, [less]: value - 2, Home: least, End: most }[event.key] ?? null;
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(clamp(next));
    onDone();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: an hr takes neither focus nor hand
    <div
      role="separator"
      tabIndex={0}
      aria-label={t('divider')}
      aria-orientation={isHorizontal ? 'horizontal' : 'vertical'}
      aria-valuenow={Math.round(value)}
      aria-valuemin={least}
      aria-valuemax={most}
      onPointerDown={(event) => {
        isHeld.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={move}
      onPointerUp={() => {
        isHeld.current = false;
        onDone();
      }}
      onDoubleClick={() => {
        onChange(isHorizontal ? usualPanes.below : usualPanes.right);
        onDone();
      }}
      onKeyDown={onKeyDown}
      className={joinClasses(
        'relative z-10 shrink-0 touch-none bg-line hover:bg-accent focus-visible:bg-accent max-md:hidden print:hidden',
        'after:absolute',
        isHorizontal
          ? 'h-px w-full cursor-row-resize after:inset-x-0 after:-top-1 after:h-2'
          : 'w-px cursor-col-resize after:inset-y-0 after:-start-1 after:w-2',
      )}
    />
  );
}

function clamp(value: number): number {
  return Math.min(most, Math.max(least, value));
}
