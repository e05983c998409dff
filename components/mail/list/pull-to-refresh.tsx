// Pulling the list down at its top fetches anew, on touch screens.
'use client';
import { RefreshCw } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';

const enoughPx = 72;

export function PullToRefresh({
  scroller,
  onRefresh,
}: {
  scroller: RefObject<HTMLDivElement | null>;
  onRefresh: () => void;
}) {
  const [pulled, setPulled] = useState(0);
  const refresh = useRef(onRefresh);
  refresh.current = onRefresh;
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let startY: number | null = null;
    let distance = 0;
    const begin = (event: TouchEvent) => {
      const only = event.touches.length === 1 ? event.touches[0] : null;
      startY = only && element.scrollTop <= 0 ? only.clientY : null;
      distance = 0;
    };
    const move = (event: TouchEvent) => {
      const y = event.touches[0]?.clientY;
      if (startY === null || y === undefined) return;
      distance = element.scrollTop > 0 ? 0 : Math.max(0, (y - startY) / 2);
      setPulled(distance);
    };
    const end = () => {
      if (startY !== null && distance >= enoughPx) refresh.current();
      startY = null;
      setPulled(0);
    };
    element.addEventListener('touchstart', begin, { passive: true });
    element.addEventListener('touchmove', move, { passive: true });
    element.addEventListener('touchend', end);
    element.addEventListener('touchcancel', end);
    return () => {
      element.removeEventListener('touchstart', begin);
      element.removeEventListener('touchmove', move);
      element.removeEventListener('touchend', end);
      element.removeEventListener('touchcancel', end);
    };
  }, [scroller]);
  if (pulled < 8) return null;
  return (
    <div
      aria-hidden
      className="flex shrink-0 items-center justify-center overflow-hidden bg-sunken text-muted"
      style={{ height: Math.min(pulled, enoughPx) }}
    >
      <RefreshCw className={joinClasses('size-5', pulled >= enoughPx && 'text-accent-text')} />
    </div>
  );
}
