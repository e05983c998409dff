// Read, starred and other flags: shown at once, undone for what they changed.
'use client';
import { useTranslations } from 'next-intl';
import { type RefObject, useCallback } from 'react';
import type { FlagName } from '#lib/webmail/actions.ts';
import type { MessageRow } from '#lib/webmail/list/message-list.ts';
import type { Place } from './place.ts';
import { postJson } from './request.ts';
import { groupByFolder } from './row-id.ts';
import type { Remember } from './use-undo.ts';

type Parts = {
  rowsNow: RefObject<readonly MessageRow[]>;
  placeNow: () => Place;
  changeUnread: (folder: string, by: number) => void;
  patchRows: (ids: readonly number[], patch: Partial<MessageRow>, isAlone?: boolean) => void;
  /** Ids as folders and UIDs, rows of conversations as all their messages */
  resolve: (ids: readonly number[]) => Map<string, number[]>;
  run: <T>(change: () => Promise<T>) => Promise<T | null>;
  remember: Remember;
};

type SetFlag = (
  ids: readonly number[],
  flag: FlagName,
  isSet: boolean,
  how?: {
    /** Without a word, and not to be undone */
    isQuiet?: boolean;
    /** These messages alone, also where their row stands for a conversation */
    isAlone?: boolean;
  },
) => Promise<void>;

async function send(
  groups: Map<string, number[]>,
  flag: FlagName,
  isSet: boolean,
): Promise<boolean> {
  for (const [folder, uids] of groups) {
    await postJson('/api/mail/actions', { kind: 'flag', folder, uids, flag, isSet });
  }
  return true;
}

export function useFlags(parts: Parts): SetFlag {
  const { rowsNow, placeNow, changeUnread, patchRows, resolve, run, remember } = parts;
  const t = useTranslations('mail');
  return useCallback<SetFlag>(
    async (ids, flag, isSet, { isQuiet = false, isAlone = false } = {}) => {
      if (ids.length === 0) return;
      const here = placeNow().folder;
      const field = flag === 'seen' ? 'isSeen' : flag === 'flagged' ? 'isFlagged' : null;
      const wanted = new Set(ids);
      const known = rowsNow.current.filter((row) => wanted.has(row.uid));
      // Only what changes is taken back by an undo; of a conversation the row does not say what does.
      const same = new Set(
        known.filter((row) => field && row[field] === isSet && !hasMany(row)).map(({ uid }) => uid),
      );
      const changed = ids.filter((id) => !same.has(id));
      if (flag === 'seen') {
        const count = known.filter((row) => row.isSeen !== isSet).length;
        changeUnread(here, isSet ? -count : count);
      }
      if (field) patchRows(ids, { [field]: isSet }, isAlone);
      if (changed.length === 0) return;
      const groups = isAlone ? groupByFolder(changed, here) : resolve(changed);
      const done = await run(() => send(groups, flag, isSet));
      if (!done || isQuiet) return;
      const count = changed.length;
      const key = flag === 'seen' ? (isSet ? 'read' : 'unread') : isSet ? 'starred' : 'unstarred';
      remember({
        label: t(`done.${key}`, { count }),
        isQuiet: count === 1,
        run: async () => void (await send(groups, flag, !isSet)),
      });
    },
    [rowsNow, placeNow, changeUnread, patchRows, resolve, run, remember, t],
  );
}

/** Whether a row stands for several messages. */
export function hasMany(row: MessageRow): boolean {
  return (row.uids?.length ?? 1) > 1;
}
