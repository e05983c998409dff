// Moving messages between folders, to Trash and back from among the deleted, copies, marks of deletion: shown at once,
// taken back when the server refuses, undone where that is possible.
'use client';
import { useTranslations } from 'next-intl';
import { useCallback } from 'react';
import { useToast } from '#components/ui/toast.tsx';
import type { Moved } from '#lib/webmail/actions.ts';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import { postJson } from './request.ts';
import type { Undo } from './use-undo.ts';

export type Target = { role: 'archive' | 'junk' | 'trash' | 'inbox' } | { to: string };

type Parts = {
  folders: readonly Folder[];
  nameOf: (folder: Folder) => string;
  /** Days for which deleted messages can be restored */
  keptDays: number;
  /** Only mark what is deleted */
  isMarking: boolean;
  /** Ids as folders and UIDs, rows of conversations as all their messages */
  resolve: (ids: readonly number[]) => Map<string, number[]>;
  /** Shows the list without these messages. */
  takeAway: (ids: readonly number[]) => void;
  showMarked: (ids: readonly number[], isDeleted: boolean) => void;
  run: <T>(change: () => Promise<T>) => Promise<T | null>;
  remember: (undo: Undo) => void;
  roleHere: () => Folder['role'] | undefined;
  /** The row that a message is in: its own, or that of its conversation */
  rowIdOf: (id: number) => number;
  /** The id of a message of any folder as rows have it */
  idOf: (folder: string, uid: number) => number;
};

/** One action for each folder the messages are in; gives what became of them. */
async function post<T>(groups: Map<string, number[]>, body: object): Promise<[string, T][]> {
  const answers: [string, T][] = [];
  for (const [folder, uids] of groups) {
    answers.push([folder, await postJson<T>('/api/mail/actions', { ...body, folder, uids })]);
  }
  return answers;
}

async function moveBack(moves: readonly [origin: string, moved: Moved[]][]): Promise<void> {
  for (const [origin, moved] of moves) {
    for (const { folder, uids } of moved) {
      if (uids.length === 0) continue;
      await postJson('/api/mail/actions', { kind: 'move', folder, uids, to: origin });
    }
  }
}

export function useFiling(parts: Parts) {
  const { folders, nameOf, keptDays, isMarking, resolve, takeAway, showMarked, run } = parts;
  const { remember, roleHere, rowIdOf, idOf } = parts;
  const t = useTranslations('mail');
  const toast = useToast();

  const nameOfTarget = useCallback(
    (target: Target): string => {
      const found = folders.find((each) =>
        'role' in target ? each.role === target.role : each.path === target.to,
      );
      if (found) return nameOf(found);
      return 'role' in target ? t(`roles.${target.role}`) : target.to;
    },
    [folders, nameOf, t],
  );

  const move = useCallback(
    async (ids: readonly number[], target: Target) => {
      if (ids.length === 0) return;
      const groups = resolve(ids);
      const count = countOf(groups);
      if ('to' in target) groups.delete(target.to);
      if (groups.size === 0) return;
      takeAway(ids);
      const done = await run(() => post<{ moved: Moved[] }>(groups, { kind: 'move', ...target }));
      if (!done) return;
      const moves = done.map(([origin, { moved }]) => [origin, moved] as [string, Moved[]]);
      remember({
        label: t('done.moved', { count, folder: nameOfTarget(target) }),
        run: () => moveBack(moves),
      });
    },
    [takeAway, run, remember, nameOfTarget, resolve, t],
  );

  const copy = useCallback(
    async (ids: readonly number[], to: string) => {
      if (ids.length === 0) return;
      const groups = resolve(ids);
      const done = await run(() => post<{ moved: Moved[] }>(groups, { kind: 'copy', to }));
      if (!done) return;
      remember({
        label: t('done.copied', { count: countOf(groups), folder: nameOfTarget({ to }) }),
        run: async () => {
          for (const [, { moved }] of done) {
            for (const { folder, uids } of moved) {
              if (uids.length === 0) continue;
              await postJson('/api/mail/actions', { kind: 'destroy', folder, uids });
            }
          }
        },
      });
    },
    [run, remember, nameOfTarget, resolve, t],
  );

  /** Archives what was answered or passed on, with the conversation it stands in. */
  const archiveAnswered = useCallback(
    async ({ folder, uids }: { folder: string; uids: number[] }) => {
      if (folders.find((each) => each.path === folder)?.role === 'archive') return;
      const ids = new Set(uids.map((uid) => rowIdOf(idOf(folder, uid))));
      await move([...ids], { role: 'archive' });
    },
    [folders, rowIdOf, idOf, move],
  );

  /** Puts deleted messages back to where they were. */
  const restore = useCallback(
    async (ids: readonly number[]) => {
      if (ids.length === 0) return;
      const groups = resolve(ids);
      takeAway(ids);
      const done = await run(() => post<{ moved: Moved[] }>(groups, { kind: 'restore' }));
      const to = done?.[0]?.[1].moved[0]?.folder;
      if (to === undefined) return;
      const folder = nameOfTarget({ to });
      toast.show({ text: t('done.restored', { count: countOf(groups), folder }) });
    },
    [takeAway, run, toast, nameOfTarget, resolve, t],
  );

  /** Marks as deleted, or takes the mark away. */
  const markDeleted = useCallback(
    async (ids: readonly number[], isDeleted: boolean) => {
      if (ids.length === 0) return;
      const groups = resolve(ids);
      const send = (value: boolean) => post(groups, { kind: 'mark-deleted', isDeleted: value });
      showMarked(ids, isDeleted);
      const done = await run(() => send(isDeleted));
      if (!done) return;
      const count = countOf(groups);
      remember({
        label: t(isDeleted ? 'done.marked' : 'done.unmarked', { count }),
        run: async () => void (await send(!isDeleted)),
      });
    },
    [run, remember, resolve, showMarked, t],
  );

  /** Deletes without Trash; the person was asked. For some days it can be restored all the same. */
  const destroy = useCallback(
    async (ids: readonly number[]) => {
      if (ids.length === 0) return;
      const groups = resolve(ids);
      const isFinal = roleHere() === 'deleted';
      takeAway(ids);
      const kind = isFinal ? 'delete' : 'destroy';
      if (!(await run(() => post(groups, { kind })))) return;
      const count = countOf(groups);
      const isKept = !isFinal && keptDays > 0;
      toast.show({
        text: isKept
          ? t('done.deletedKept', { count, days: keptDays })
          : t('done.deletedForGood', { count }),
      });
    },
    [takeAway, run, toast, resolve, roleHere, keptDays, t],
  );

  /** From among the deleted it is for good: `isSure` says that the person was asked. */
  const remove = useCallback(
    async (ids: readonly number[], isSure = false) => {
      const role = roleHere();
      if (ids.length === 0 || (role === 'deleted' && !isSure)) return;
      if (role === 'deleted') return destroy(ids);
      if (isMarking && role !== 'trash' && role !== 'junk') return markDeleted(ids, true);
      const groups = resolve(ids);
      takeAway(ids);
      const done = await run(() => post<{ moved: Moved[] }>(groups, { kind: 'delete' }));
      if (!done) return;
      const count = countOf(groups);
      const moves = done.map(([origin, { moved }]) => [origin, moved] as [string, Moved[]]);
      if (moves.every(([, moved]) => moved.length === 0)) {
        const text =
          keptDays > 0
            ? t('done.deletedKept', { count, days: keptDays })
            : t('done.deletedForGood', { count });
        return void toast.show({ text });
      }
      remember({
        label: t('done.moved', { count, folder: nameOfTarget({ role: 'trash' }) }),
        run: () => moveBack(moves),
      });
    },
    [
      takeAway,
      run,
      remember,
      toast,
      resolve,
      roleHere,
      keptDays,
      isMarking,
      markDeleted,
      destroy,
      nameOfTarget,
      t,
    ],
  );

  return { move, archiveAnswered, copy, restore, remove, destroy, markDeleted };
}

function countOf(groups: Map<string, number[]>): number {
  let count = 0;
  for (const uids of groups.values()) count += uids.length;
  return count;
}
