// Moving messages between folders, to Trash and back from among the deleted: shown at once, taken back when the
// server refuses, undone where that is possible.
'use client';
import { useCallback } from 'react';
import { formatPlural } from '#components/ui/format.ts';
import { useToast } from '#components/ui/toast.tsx';
import type { Moved } from '#lib/webmail/actions.ts';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import { folderName } from '../folders/folder-look.tsx';
import type { Place } from './place.ts';
import { postJson } from './request.ts';

export type Undo = { label: string; run: () => Promise<void> };
type Target = { role: 'archive' | 'junk' | 'trash' | 'inbox' } | { to: string };

type Parts = {
  folders: readonly Folder[];
  placeNow: () => Place;
  /** Days for which deleted messages can be restored */
  keptDays: number;
  /** Shows the list without these messages. */
  takeAway: (uids: readonly number[]) => void;
  run: <T>(change: () => Promise<T>) => Promise<T | null>;
  remember: (undo: Undo) => void;
};

export function useFiling({ folders, placeNow, keptDays, takeAway, run, remember }: Parts) {
  const toast = useToast();

  const nameOfTarget = useCallback(
    (target: Target): string => {
      const found = folders.find((each) =>
        'role' in target ? each.role === target.role : each.path === target.to,
      );
      return found ? folderName(found) : 'role' in target ? target.role : target.to;
    },
    [folders],
  );

  const move = useCallback(
    async (uids: readonly number[], target: Target) => {
      if (uids.length === 0) return;
      const here = placeNow().folder;
      const all = [...uids];
      takeAway(all);
      const body = { kind: 'move', folder: here, uids: all, ...target };
      const done = await run(() => postJson<{ moved: Moved }>('/api/mail/actions', body));
      if (!done) return;
      const { moved } = done;
      remember({
        label: `${formatPlural(all.length, 'message')} moved to ${nameOfTarget(target)}.`,
        run: async () => {
          const back = { kind: 'move', folder: moved.folder, uids: moved.uids, to: here };
          await postJson('/api/mail/actions', back);
        },
      });
    },
    [takeAway, run, remember, nameOfTarget, placeNow],
  );

  /** Puts deleted messages back to where they were. */
  const restore = useCallback(
    async (uids: readonly number[]) => {
      if (uids.length === 0) return;
      const all = [...uids];
      const body = { kind: 'restore', folder: placeNow().folder, uids: all };
      takeAway(all);
      const done = await run(() => postJson<{ moved: Moved }>('/api/mail/actions', body));
      if (!done) return;
      const target = nameOfTarget({ to: done.moved.folder });
      toast.show({ text: `${formatPlural(all.length, 'message')} restored to ${target}.` });
    },
    [takeAway, run, toast, nameOfTarget, placeNow],
  );

  /** From among the deleted it is for good: `isSure` says that the person was asked. */
  const remove = useCallback(
    async (uids: readonly number[], isSure = false) => {
      const here = placeNow().folder;
      const isFinal = folders.some((each) => each.path === here && each.role === 'deleted');
      if (uids.length === 0 || (isFinal && !isSure)) return;
      const all = [...uids];
      takeAway(all);
      const body = { kind: 'delete', folder: here, uids: all };
      const done = await run(() => postJson<{ moved: Moved | null }>('/api/mail/actions', body));
      if (!done) return;
      const { moved } = done;
      if (!moved) {
        const what = `${formatPlural(all.length, 'message')} deleted`;
        const days = formatPlural(keptDays, 'day');
        const isKept = !isFinal && keptDays > 0;
        const text = isKept ? `${what}. You can restore it for ${days}.` : `${what} for good.`;
        return void toast.show({ text });
      }
      remember({
        label: `${formatPlural(all.length, 'message')} moved to Trash.`,
        run: async () => {
          const back = { kind: 'move', folder: moved.folder, uids: moved.uids, to: here };
          await postJson('/api/mail/actions', back);
        },
      });
    },
    [takeAway, run, remember, toast, placeNow, folders, keptDays],
  );

  return { move, restore, remove };
}
