'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import { liftBlockAction } from './actions.ts';

export function LiftButton({ id, subject }: { id: string; subject: string }) {
  return (
    <ActionButton
      size="sm"
      aria-label={`Lift the block of ${subject}`}
      action={() => liftBlockAction(id)}
      doneText={`${subject} may sign in again`}
    >
      Lift
    </ActionButton>
  );
}
