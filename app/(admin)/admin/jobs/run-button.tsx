'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import { runJobAction } from './actions.ts';

export function RunJob({ name }: { name: string }) {
  return (
    <ActionButton
      size="sm"
      action={() => runJobAction(name)}
      doneText={`${name} has run`}
      aria-label={`Run now: ${name}`}
    >
      Run now
    </ActionButton>
  );
}
