// Which revision of the configuration is in force on which node, asked again and again while somebody looks: one question
// for all that shows it.
'use client';
import { useEffect, useSyncExternalStore } from 'react';

export type RevisionStatus = {
  revision: number;
  nodes: number;
  /** Of them, those that have read it. */
  active: number;
  /** A risky change that goes back unless it is confirmed. */
  pending: { subjects: string[]; by: string; secondsLeft: number; mayKeep: boolean } | null;
};

type Seen = RevisionStatus & {
  /** By the clock of the page. */
  atMs: number;
  /** The server did not answer the last question. */
  isLost: boolean;
};

const calmMs = 5000;
const watchfulMs = 1000;
const path = '/admin/history/status';

let seen: Seen | null = null;
let timer: ReturnType<typeof setTimeout> | null = null;
const listeners = new Set<() => void>();

function take(status: RevisionStatus): void {
  tell({ ...status, atMs: performance.now(), isLost: false });
}

function tell(next: Seen): void {
  seen = next;
  for (const listener of listeners) listener();
}

/** Asks now. */
export async function askRevision(): Promise<void> {
  try {
    const response = await fetch(path, { redirect: 'error' });
    if (!response.ok) throw new Error(String(response.status));
    take((await response.json()) as RevisionStatus);
  } catch {
    // Or the session is over, or this is no network of administrators any more.
    if (seen) tell({ ...seen, isLost: true });
  }
}

function schedule(): void {
  if (timer) clearTimeout(timer);
  timer = null;
  if (listeners.size === 0) return;
  const isCalm = !seen || (seen.active === seen.nodes && !seen.pending && !seen.isLost);
  timer = setTimeout(
    async () => {
      if (document.visibilityState === 'visible') await askRevision();
      schedule();
    },
    isCalm ? calmMs : watchfulMs,
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  schedule();
  return () => {
    listeners.delete(listener);
    schedule();
  };
}

/** What is known; `initial`: what the page was drawn with. */
export function useRevision(initial: RevisionStatus): Seen {
  // A page that was drawn after a change knows better than the last answer.
  useEffect(() => {
    take(initial);
    schedule();
  }, [initial]);
  const server = { ...initial, atMs: 0, isLost: false };
  const known = useSyncExternalStore(
    subscribe,
    () => seen,
    () => null,
  );
  return known ?? server;
}
