// Dialogs of writing that are no composer: what waits for its time, and sending a message on unchanged.
'use client';
import type { Owner } from '../owner.ts';
import { RedirectDialog } from './redirect-dialog.tsx';
import { ScheduledDialog } from './scheduled-dialog.tsx';
import type { Composers } from './use-composers.ts';

export default function SideDialogs({
  composers,
  owner,
  onDone,
}: {
  composers: Composers;
  owner: Owner;
  onDone: () => void;
}) {
  const { side, setSide, open } = composers;
  const close = () => setSide(null);
  if (side?.kind === 'redirect') {
    return <RedirectDialog {...side} owner={owner} onClose={close} onDone={onDone} />;
  }
  return (
    <ScheduledDialog
      onClose={close}
      onDone={onDone}
      onEdit={(draft) => {
        close();
        open({ mode: 'draft', ...draft });
      }}
    />
  );
}
