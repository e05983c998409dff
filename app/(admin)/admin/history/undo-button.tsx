'use client';
import { Undo2 } from 'lucide-react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { undoAction } from './actions.ts';

export function UndoButton({ id, subject, text }: { id: number; subject: string; text: string }) {
  const toast = useToast();
  const undo = async () => {
    const { error, note } = await undoAction(id);
    if (!error && note) toast.show({ text: note, kind: 'info', durationMs: 10_000 });
    return error;
  };
  return (
    <ActionButton
      size="sm"
      variant="ghost"
      icon={<Undo2 aria-hidden className="size-3.5" />}
      aria-label={`Undo revision ${id}, ${subject}`}
      action={undo}
      doneText={`Revision ${id} taken back`}
      confirm={{
        title: `Take revision ${id} back?`,
        text,
        confirmLabel: 'Undo',
      }}
    >
      Undo
    </ActionButton>
  );
}
