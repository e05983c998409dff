// What was done and can be taken back, the last first: one stack for moves, archive, deletion, flags and labels, behind
// the toast's button and the keys.
'use client';
import { useTranslations } from 'next-intl';
import { useCallback, useRef } from 'react';
import { useToast } from '#components/ui/toast.tsx';

export type Undo = {
  label: string;
  run: () => Promise<void>;
  /** Kept without a word: what is seen at once needs no toast */
  isQuiet?: boolean;
};

const undoDepth = 30;

/** `settled` resolves once the action that runs has said how it is taken back. */
export function useUndo(
  run: <T>(change: () => Promise<T>) => Promise<T | null>,
  settled: () => Promise<void>,
) {
  const t = useTranslations('mail');
  const toast = useToast();
  const stack = useRef<Undo[]>([]);

  const remember = useCallback(
    (undo: Undo) => {
      stack.current = [...stack.current, undo].slice(-undoDepth);
      if (undo.isQuiet) return;
      const undoThis = () => {
        stack.current = stack.current.filter((each) => each !== undo);
        void run(undo.run);
      };
      toast.show({ text: undo.label, action: { label: t('undo.action'), onClick: undoThis } });
    },
    [toast, run, t],
  );

  const undoLast = useCallback(() => {
    // A key may be faster than the server's answer: it means what was done last all the same.
    void settled().then(() => {
      const last = stack.current.pop();
      if (!last) return void toast.show({ kind: 'info', text: t('undo.nothing') });
      toast.show({ kind: 'info', text: t('undo.done') });
      return void run(last.run);
    });
  }, [toast, run, settled, t]);

  return { remember, undoLast };
}
