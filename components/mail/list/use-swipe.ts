// A finger on a row: sideways does what the person chose, held still it selects. Scrolling stays the browser's
// (touch-action: pan-y), and a mouse is left alone.
'use client';
import { type PointerEvent, useRef, useState } from 'react';

const startPx = 12;
const actPx = 88;
const holdMs = 450;

export type SwipeSide = 'forward' | 'back';

export function useSwipe({
  isRtl,
  onSwipe,
  onHold,
}: {
  isRtl: () => boolean;
  onSwipe: (side: SwipeSide) => void;
  onHold: () => void;
}) {
  const [offset, setOffset] = useState(0);
  const finger = useRef<{
    x: number;
    y: number;
    isSideways: boolean;
    /** px, as far as it is now: what is drawn may be behind */
    offset: number;
    hold: ReturnType<typeof setTimeout>;
  } | null>(null);
  /** After a swipe or a hold the click that follows is not meant */
  const isSpent = useRef(false);
  const sideOf = (distance: number): SwipeSide => (distance > 0 !== isRtl() ? 'forward' : 'back');

  const end = (isDone: boolean) => {
    const begun = finger.current;
    finger.current = null;
    if (!begun) return;
    clearTimeout(begun.hold);
    if (isDone && begun.isSideways && Math.abs(begun.offset) >= actPx) {
      onSwipe(sideOf(begun.offset));
    }
    setOffset(0);
  };
  return {
    offset,
    side: offset === 0 ? null : sideOf(offset),
    isEnough: Math.abs(offset) >= actPx,
    handlers: {
      onPointerDown: (event: PointerEvent) => {
        if (event.pointerType !== 'touch') return;
        isSpent.current = false;
        const hold = setTimeout(() => {
          if (!finger.current || finger.current.isSideways) return;
          isSpent.current = true;
          finger.current = null;
          navigator.vibrate?.(10);
          onHold();
        }, holdMs);
        const { clientX, clientY } = event;
        finger.current = { x: clientX, y: clientY, isSideways: false, offset: 0, hold };
      },
      onPointerMove: (event: PointerEvent) => {
        const begun = finger.current;
        if (!begun) return;
        const x = event.clientX - begun.x;
        const y = event.clientY - begun.y;
        if (!begun.isSideways && Math.hypot(x, y) > startPx) {
          clearTimeout(begun.hold);
          if (Math.abs(x) <= Math.abs(y)) {
            finger.current = null;
            return;
          }
          begun.isSideways = true;
          isSpent.current = true;
        }
        if (!begun.isSideways) return;
        begun.offset = x;
        setOffset(x);
      },
      onPointerUp: () => end(true),
      onPointerCancel: () => end(false),
      onClickCapture: (event: { preventDefault(): void; stopPropagation(): void }) => {
        if (!isSpent.current) return;
        isSpent.current = false;
        event.preventDefault();
        event.stopPropagation();
      },
    },
  };
}
