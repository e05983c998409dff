// Where a message goes: archive, trash, junk, another folder; from among the deleted back or away for good.
'use client';
import { Archive, CircleAlert, FolderInput, Inbox, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { formatPlural } from '#components/ui/format.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import type { Mail } from '../state/use-mail.ts';

export function FilingActions({
  mail,
  uids,
  onMove,
}: {
  mail: Mail;
  uids: number[];
  onMove: (uids: number[]) => void;
}) {
  const role = mail.folder?.role;
  if (role === 'deleted') return <DeletedActions mail={mail} uids={uids} />;
  const isJunk = role === 'junk';
  return (
    <>
      {role !== 'archive' && (
        <IconButton
          label="Archive"
          shortcut="e"
          icon={<Archive />}
          onClick={() => void mail.move(uids, { role: 'archive' })}
        />
      )}
      <IconButton
        label="Delete"
        shortcut="#"
        icon={<Trash2 />}
        onClick={() => void mail.remove(uids)}
      />
      <IconButton
        label={isJunk ? 'Not junk' : 'Junk'}
        shortcut="!"
        icon={isJunk ? <Inbox /> : <CircleAlert />}
        onClick={() => void mail.move(uids, { role: isJunk ? 'inbox' : 'junk' })}
      />
      <IconButton
        label="Move to…"
        shortcut="v"
        icon={<FolderInput />}
        onClick={() => onMove(uids)}
      />
    </>
  );
}

function DeletedActions({ mail, uids }: { mail: Mail; uids: number[] }) {
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <IconButton label="Restore" icon={<RotateCcw />} onClick={() => void mail.restore(uids)} />
      <IconButton label="Delete for good…" icon={<Trash2 />} onClick={() => setIsAsking(true)} />
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={`Delete ${formatPlural(uids.length, 'message')} for good?`}
        confirmLabel="Delete for good"
        onConfirm={async () => {
          await mail.remove(uids, true);
          return undefined;
        }}
      >
        Nobody can restore them afterwards.
      </ConfirmDialog>
    </>
  );
}
