// Putting messages away until a moment and bringing them back before it, each with its undo.
'use client';
import { useTranslations } from 'next-intl';
import { useCallback } from 'react';
import type { Moved } from '#lib/webmail/actions.ts';
import { formatFullDate } from '../dates.ts';
import { postJson } from '../state/request.ts';
import type { Mail } from '../state/use-mail.ts';
import { useDateStyle } from '../use-dates.tsx';

type Answer = { moved: Moved[] };

export function useSnooze(mail: Mail) {
  const t = useTranslations('folders.snooze');
  const style = useDateStyle();
  const { resolve, run, remember, takeAway, patchRows } = mail;

  const snooze = useCallback(
    async (ids: readonly number[], until: Date) => {
      if (ids.length === 0) return;
      const groups = resolve(ids);
      const isAgain = mail.folder?.role === 'snoozed';
      const before = mail.rows.find((row) => row.uid === ids[0])?.snoozedUntil;
      if (isAgain) patchRows(ids, { snoozedUntil: until.toISOString() });
      else takeAway(ids);
      const send = async (to: Date) => {
        const all: Moved[] = [];
        for (const [folder, uids] of groups) {
          const body = { folder, uids, until: to.toISOString() };
          all.push(...(await postJson<Answer>('/api/mail/snooze', body)).moved);
        }
        return all;
      };
      const moved = await run(() => send(until));
      if (!moved) return;
      remember({
        label: t('done', { count: ids.length, time: formatFullDate(until.toISOString(), style) }),
        run: async () => {
          if (isAgain) {
            if (before) await send(new Date(before));
            return;
          }
          const uids = moved.flatMap((each) => each.uids);
          await postJson('/api/mail/snooze', { uids, until: null });
        },
      });
    },
    [resolve, run, remember, takeAway, patchRows, mail.folder, mail.rows, style, t],
  );

  const unsnooze = useCallback(
    async (ids: readonly number[]) => {
      if (ids.length === 0) return;
      const uids = [...resolve(ids).values()].flat();
      takeAway(ids);
      const done = await run(() => postJson<Answer>('/api/mail/snooze', { uids, until: null }));
      if (!done) return;
      const until = new Date(Date.now() + 86_400_000).toISOString();
      remember({
        label: t('back', { count: ids.length }),
        run: async () => {
          for (const { folder, uids: there } of done.moved) {
            await postJson('/api/mail/snooze', { folder, uids: there, until });
          }
        },
      });
    },
    [resolve, run, remember, takeAway, t],
  );
  return { snooze, unsnooze };
}
