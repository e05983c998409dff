// How any part of the mail page does a command (commands.ts) without being handed it through every component between.
'use client';
import { createContext, type ReactNode, useContext } from 'react';
import type { Perform } from './use-commands.ts';

const Context = createContext<Perform>(() => false);

export function PerformProvider({ perform, children }: { perform: Perform; children: ReactNode }) {
  return <Context value={perform}>{children}</Context>;
}

/** Does a command with some rows, or with what is selected, marked or open. */
export function usePerform(): Perform {
  return useContext(Context);
}
