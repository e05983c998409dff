'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import { formatPlural } from '#components/ui/format.ts';
import { restoreAction, restoreAllAction } from './actions.ts';

export function RestoreOne({
  id,
  folder,
  uid,
  subject,
}: {
  id: string;
  folder: string;
  uid: number;
  subject: string;
}) {
  return (
    <ActionButton
      size="sm"
      aria-label={`Restore ${subject || '(no subject)'}`}
      action={() => restoreAction(id, folder, uid)}
      doneText="Restored"
    >
      Restore
    </ActionButton>
  );
}

export function RestoreAll({ id, folder, count }: { id: string; folder: string; count: number }) {
  const what = formatPlural(count, 'message');
  return (
    <ActionButton
      action={() => restoreAllAction(id, folder)}
      doneText={`${what} restored`}
      confirm={{
        title: `Restore ${what}?`,
        text: 'They go back to the folder they were deleted from.',
        confirmLabel: 'Restore all',
        isDanger: false,
      }}
    >
      Restore all
    </ActionButton>
  );
}
