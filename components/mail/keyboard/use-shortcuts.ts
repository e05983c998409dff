// Keys of the mail page. Nothing happens while somebody types, while a dialog is open or on its way, or inside the frame.
'use client';
import { useEffect, useRef } from 'react';
import type { Perform } from '#components/mail/keyboard/use-commands.ts';
import { usePreferences } from '../state/preferences.tsx';
import { type CommandId, commandOf, mapKeys, writeStroke } from './commands.ts';

const sequenceMs = 1200;

export function useShortcuts(perform: Perform): void {
  const { preferences } = usePreferences();
  const own = preferences['list.keys'];
  const mayLetters = preferences['list.keyboard'];
  const map = useRef<ReadonlyMap<string, CommandId>>(new Map());
  const letters = useRef(mayLetters);
  useEffect(() => {
    map.current = mapKeys(own);
    letters.current = mayLetters;
  }, [own, mayLetters]);
  useEffect(() => {
    let previous: { stroke: string; at: number } | null = null;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || isTyping(event.target)) return;
      if (document.querySelector('[data-awaited]')) return;
      const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
      const isAltGraph = event.getModifierState('AltGraph');
      const stroke = writeStroke({ key, ctrlKey, metaKey, altKey, shiftKey, isAltGraph });
      if (stroke === null) return;
      const before =
        previous && event.timeStamp - previous.at < sequenceMs ? previous.stroke : null;
      previous = { stroke, at: event.timeStamp };
      const command = commandOf(map.current, stroke, before, letters.current);
      if (!command || isOnControl(event)) return;
      previous = null;
      if (perform(command)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [perform]);
  useEffect(() => {
    // Once clicked into, the frame would keep every key; leaving it with the mouse gives them back.
    const onMouseMove = () => {
      if (document.activeElement?.tagName === 'IFRAME')
        (document.activeElement as HTMLElement).blur();
    };
    document.addEventListener('mousemove', onMouseMove, { passive: true });
    return () => document.removeEventListener('mousemove', onMouseMove);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('dialog[open], [popover]:popover-open, [data-composer]')) return true;
  const isText = target instanceof HTMLInputElement && target.type !== 'checkbox';
  return isText || target.isContentEditable || /^(?:TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Enter and Space belong to a focused button or link, but Space on a row selects it; arrows to a slider between panes. */
function isOnControl(event: KeyboardEvent): boolean {
  if (!(event.target instanceof HTMLElement)) return false;
  if (event.target.closest('[role=separator]')) return /^(?:Arrow|Home|End)/.test(event.key);
  if (event.key !== 'Enter' && event.key !== ' ') return false;
  if (event.key === ' ' && event.target.closest('[data-open-row]')) return false;
  return event.target.closest('button, a, summary, input') !== null;
}
