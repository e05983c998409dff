// What was done and can be taken back, the last first: one stack for moves, archive, deletion, flags, labels, messages
// that were sent and contacts, behind the toast's button and the keys. It outlives a page of the webmail.
'use client';
import { useTranslations } from 'next-intl';
import { useCallback, useEffect } from 'react';
import type { Perform } from '#components/mail/keyboard/use-commands.ts';
import { useToast } from '#components/ui/toast.tsx';
import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { errorText } from './request.ts';

export type Undo = {
  label: string;
  run: () => Promise<void>;
  /** Kept without a word: what is seen at once needs no toast */
  isQuiet?: boolean;
  /** How long it can be taken back; forever where it is missing */
  lifeMs?: number;
  toastMs?: number;
};
export type Remember = (undo: Undo) => void;
type Run = <T>(change: () => Promise<T>) => Promise<T | null>;
type Kept = Undo & { endsAt: number };

const undoDepth = 30;
/** Of one person: whoever signs in next begins anew. */
const kept: { user: string; stack: Kept[] } = { user: '', stack: [] };

function popLast(): Kept | undefined {
  for (;;) {
    const last = kept.stack.pop();
    if (!last || last.endsAt > Date.now()) return last;
  }
}

/** `settled` resolves once the action that runs has said how it is taken back. */
export function useUndo(user: string, run: Run, settled: () => Promise<void>) {
  const t = useTranslations('mail');
  const toast = useToast();
  useEffect(() => {
    if (kept.user === user) return;
    kept.user = user;
    kept.stack = [];
  }, [user]);

  const remember: Remember = useCallback(
    (undo) => {
      const entry = { ...undo, endsAt: Date.now() + (undo.lifeMs ?? Number.POSITIVE_INFINITY) };
      kept.stack = [...kept.stack, entry].slice(-undoDepth);
      if (undo.isQuiet) return;
      const undoThis = () => {
        kept.stack = kept.stack.filter((each) => each !== entry);
        void run(undo.run);
      };
      toast.show({
        text: undo.label,
        action: { label: t('undo.action'), onClick: undoThis },
        ...(undo.toastMs ? { durationMs: undo.toastMs } : {}),
      });
    },
    [toast, run, t],
  );

  const undoLast = useCallback(() => {
    // A key may be faster than the server's answer: it means what was done last all the same.
    void settled().then(() => {
      const last = popLast();
      if (!last) return void toast.show({ kind: 'info', text: t('undo.nothing') });
      toast.show({ kind: 'info', text: t('undo.done') });
      return void run(last.run);
    });
  }, [toast, run, settled, t]);

  return { remember, undoLast };
}

const atOnce = async () => {};

/** The stack and its keys for a page without lists: what fails is told, and nothing is fetched again. */
export function usePageUndo(user: string): Remember {
  const toast = useToast();
  const run: Run = useCallback(
    (change) =>
      change().catch((error: unknown) => {
        toast.show({ kind: 'error', text: errorText(error) });
        return null;
      }),
    [toast],
  );
  const { remember, undoLast } = useUndo(user, run, atOnce);
  const perform: Perform = useCallback(
    (command) => {
      if (command === 'undo') undoLast();
      return command === 'undo';
    },
    [undoLast],
  );
  useShortcuts(perform);
  return remember;
}
