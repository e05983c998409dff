'use client';
import { Ellipsis, Pause, Play, RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu, type MenuItem } from '#components/ui/menu.tsx';
import { useToast } from '#components/ui/toast.tsx';
import {
  dropEntryAction,
  holdEntryAction,
  releaseEntryAction,
  retryAllAction,
  retryEntryAction,
} from './actions.ts';

export function RetryAll() {
  return (
    <ActionButton
      icon={<RotateCw className="size-4" />}
      action={retryAllAction}
      doneText="Everything that waits is tried now"
    >
      Retry all now
    </ActionButton>
  );
}

export function EntryActions({
  id,
  recipient,
  state,
}: {
  id: string;
  recipient: string;
  state: 'queued' | 'held' | 'sending';
}) {
  const toast = useToast();
  const [isAsking, setIsAsking] = useState(false);
  const run =
    (action: (id: string) => Promise<string | undefined>, doneText: string) => async () => {
      const error = await action(id);
      toast.show(error ? { text: error, kind: 'error' } : { text: doneText });
    };
  const holdOrRelease: MenuItem =
    state === 'held'
      ? { label: 'Release', icon: <Play />, onSelect: run(releaseEntryAction, 'Released') }
      : { label: 'Hold', icon: <Pause />, onSelect: run(holdEntryAction, 'Held') };
  const items: MenuItem[] = [
    { label: 'Retry now', icon: <RotateCw />, onSelect: run(retryEntryAction, 'Trying now') },
    holdOrRelease,
    'separator',
    { label: 'Delete…', icon: <Trash2 />, isDanger: true, onSelect: () => setIsAsking(true) },
  ];
  return (
    <>
      <Menu
        label={`Actions for ${recipient}`}
        items={items}
        trigger={(props) => (
          <IconButton {...props} label={`Actions for ${recipient}`} icon={<Ellipsis />} size="sm" />
        )}
      />
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title="Delete from the queue?"
        confirmLabel="Delete"
        onConfirm={async () => {
          const error = await dropEntryAction(id);
          if (!error) toast.show({ text: 'Deleted from the queue' });
          return error;
        }}
      >
        The message will not reach {recipient}, and its sender is not told.
      </ConfirmDialog>
    </>
  );
}
