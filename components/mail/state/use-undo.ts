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

export function useUndo(run: <T>(change: () => Promise<T>) => Promise<T | null>) {
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
    const last = stack.current.pop();
    if (!last) return void toast.show({ kind: 'info', text: t('undo.nothing') });
    toast.show({ kind: 'info', text: t('undo.done') });
    return void run(last.run);
  }, [toast, run, t]);

  return { remember, undoLast };
}
