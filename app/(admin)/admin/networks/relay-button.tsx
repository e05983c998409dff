'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import { testRelayAction } from './relay-actions.ts';

export function TestRelay() {
  return (
    <ActionButton size="sm" action={testRelayAction} doneText="The relay test has run">
      Test now
    </ActionButton>
  );
}
