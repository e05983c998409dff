'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import { lookUpAction } from '../dkim-actions.ts';

export function CheckAgain({ domain }: { domain: string }) {
  return (
    <ActionButton action={() => lookUpAction(domain)} doneText="Asked again">
      Check again
    </ActionButton>
  );
}
