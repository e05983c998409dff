// How parts of the page that know more than the list (the reader, labels, snooze) take part in the commands: the page
// says a command aloud as the window's event "drey:command"; who does it says so.
'use client';
import { useEffect, useRef } from 'react';
import type { CommandId } from './commands.ts';

export type CommandCall = {
  id: CommandId;
  /** Ids of the rows it is about: those selected, else the marked or open one */
  targets: number[];
};

const name = 'drey:command';

/** Asks around; true where somebody did it. */
export function callCommand(call: CommandCall): boolean {
  const event = new CustomEvent<CommandCall>(name, { detail: call, cancelable: true });
  return !window.dispatchEvent(event);
}

// biome-ignore-start lint/suspicious/noConfusingVoidType: a handler that says nothing is the usual one
/** Does the commands that `handlers` names. A handler that gives false has not done it. */
export function useCommandListener(
  handlers: Partial<Record<CommandId, (targets: number[]) => boolean | undefined | void>>,
): void {
  // biome-ignore-end lint/suspicious/noConfusingVoidType: see above
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    const listen = (event: Event) => {
      const { id, targets } = (event as CustomEvent<CommandCall>).detail;
      const handler = latest.current[id];
      if (handler && handler(targets) !== false) event.preventDefault();
    };
    window.addEventListener(name, listen);
    return () => window.removeEventListener(name, listen);
  }, []);
}
