// What labels, snoozing and muting add to the commands of the page; their dialogs come with the first use.
'use client';
import { useState } from 'react';
import { awaitPart } from '../keyboard/awaited.tsx';
import { useCommandListener } from '../keyboard/use-command-listener.ts';
import type { Mail } from '../state/use-mail.ts';
import { useLabelling } from './use-labelling.ts';

const LabelDialog = awaitPart(() =>
  import('./label-dialog.tsx').then((module) => module.LabelDialog),
);
const SnoozeDialog = awaitPart(() =>
  import('../snooze/snooze-dialog.tsx').then((module) => module.SnoozeDialog),
);

export function RowDeeds({ mail }: { mail: Mail }) {
  const [labelling, setLabelling] = useState<number[] | null>(null);
  const [snoozing, setSnoozing] = useState<number[] | null>(null);
  const { mute } = useLabelling(mail);
  const isOwn = mail.folder?.role !== 'deleted' && mail.folder?.isShared !== true;
  useCommandListener({
    label: (ids) => (ids.length > 0 ? setLabelling(ids) : false),
    snooze: (ids) => (ids.length > 0 && isOwn ? setSnoozing(ids) : false),
    mute: (ids) => (ids.length > 0 && isOwn ? void mute(ids) : false),
  });
  return (
    <>
      {labelling && <LabelDialog mail={mail} ids={labelling} onClose={() => setLabelling(null)} />}
      {snoozing && <SnoozeDialog mail={mail} ids={snoozing} onClose={() => setSnoozing(null)} />}
    </>
  );
}
