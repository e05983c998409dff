'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import { endAnnouncementAction, removeAnnouncementAction } from './actions.ts';

export function EndButton({ id }: { id: string }) {
  return (
    <ActionButton size="sm" action={() => endAnnouncementAction(id)} doneText="Ended">
      End now
    </ActionButton>
  );
}

export function RemoveButton({ id }: { id: string }) {
  return (
    <ActionButton
      size="sm"
      variant="ghost"
      action={() => removeAnnouncementAction(id)}
      doneText="Removed"
    >
      Remove
    </ActionButton>
  );
}
