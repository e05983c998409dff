// What may be done to one recipient.
'use client';
import { Ellipsis, Pause, Play, RotateCw, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu, type MenuItem } from '#components/ui/menu.tsx';
import { useToast } from '#components/ui/toast.tsx';
import {
  bounceEntryAction,
  dropEntryAction,
  holdEntryAction,
  releaseEntryAction,
  retryEntryAction,
} from './actions.ts';

type Asked = 'bounce' | 'drop' | null;

export function EntryActions({
  id,
  recipient,
  state,
  mayAll,
}: {
  id: string;
  recipient: string;
  state: 'queued' | 'held' | 'sending';
  /** Or only try again, what is not held. */
  mayAll: boolean;
}) {
  const toast = useToast();
  const [asked, setAsked] = useState<Asked>(null);
  const run =
    (action: (id: string) => Promise<string | undefined>, doneText: string) => async () => {
      const error = await action(id);
      toast.show(error ? { text: error, kind: 'error' } : { text: doneText });
    };
  const confirm = async (action: (id: string) => Promise<string | undefined>, doneText: string) => {
    const error = await action(id);
    if (!error) toast.show({ text: doneText });
    return error;
  };
  const holdOrRelease: MenuItem =
    state === 'held'
      ? { label: 'Release', icon: <Play />, onSelect: run(releaseEntryAction, 'Released') }
      : { label: 'Hold', icon: <Pause />, onSelect: run(holdEntryAction, 'Held') };
  const retry: MenuItem = {
    label: 'Retry now',
    icon: <RotateCw />,
    onSelect: run(retryEntryAction, 'Trying now'),
  };
  const all: MenuItem[] = [
    retry,
    holdOrRelease,
    'separator',
    { label: 'Return to sender…', icon: <Undo2 />, onSelect: () => setAsked('bounce') },
    { label: 'Delete…', icon: <Trash2 />, isDanger: true, onSelect: () => setAsked('drop') },
  ];
  const items = mayAll ? all : state === 'held' ? [] : [retry];
  if (items.length === 0) return null;
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
        isOpen={asked === 'bounce'}
        onClose={() => setAsked(null)}
        title="Return to its sender?"
        confirmLabel="Return"
        onConfirm={() => confirm(bounceEntryAction, 'Goes back to its sender')}
      >
        The message will not reach {recipient}; its sender gets a report that says so.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asked === 'drop'}
        onClose={() => setAsked(null)}
        title="Delete from the queue?"
        confirmLabel="Delete"
        onConfirm={() => confirm(dropEntryAction, 'Deleted from the queue')}
      >
        The message will not reach {recipient}, and its sender is not told.
      </ConfirmDialog>
    </>
  );
}
