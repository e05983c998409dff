// Dialogs of writing that are no composer: what waits for its time, and sending a message on unchanged.
'use client';
import type { Owner } from '../owner.ts';
import { RedirectDialog } from './redirect-dialog.tsx';
import { ScheduledDialog } from './scheduled-dialog.tsx';
import type { Composers } from './use-composers.ts';

export function SideDialogs({
  composers,
  owner,
  onDone,
  onClose,
}: {
  composers: Composers;
  owner: Owner;
  onDone: () => void;
  onClose: () => void;
}) {
  const { side, open } = composers;
  if (side?.kind === 'redirect') {
    return <RedirectDialog {...side} owner={owner} onClose={onClose} onDone={onDone} />;
  }
  return (
    <ScheduledDialog
      onClose={onClose}
      onDone={onDone}
      onEdit={(draft) => {
        onClose();
        open({ mode: 'draft', ...draft });
      }}
    />
  );
}
