// Labels put on messages and taken off, conversations muted: shown at once, undone like everything.
'use client';
import { useTranslations } from 'next-intl';
import { useCallback } from 'react';
import { postJson } from '../state/request.ts';
import type { Mail } from '../state/use-mail.ts';

export type LabelChange = { add: string[]; remove: string[] };
const mutedKeyword = '$Muted';

async function send(groups: Map<string, number[]>, change: LabelChange): Promise<boolean> {
  for (const [folder, uids] of groups) {
    await postJson('/api/mail/labels', { folder, uids, ...change });
  }
  return true;
}

export function useLabelling(mail: Mail) {
  const t = useTranslations('folders');
  const { rows, patchRows, resolve, run, remember, move } = mail;

  const setLabels = useCallback(
    async (ids: readonly number[], change: LabelChange) => {
      if (ids.length === 0 || change.add.length + change.remove.length === 0) return;
      const groups = resolve(ids);
      for (const row of rows.filter((each) => ids.includes(each.uid))) {
        const left = row.keywords.filter((each) => !change.remove.includes(each));
        patchRows([row.uid], { keywords: [...new Set([...left, ...change.add])] });
      }
      if (!(await run(() => send(groups, change)))) return;
      const back = { add: change.remove, remove: change.add };
      remember({
        label: t('labels.done', { count: ids.length }),
        run: async () => void (await send(groups, back)),
      });
    },
    [rows, patchRows, resolve, run, remember, t],
  );

  /** Answers to these conversations go past the inbox from now on; what is there goes to the archive. */
  const mute = useCallback(
    async (ids: readonly number[]) => {
      if (ids.length === 0) return;
      const groups = resolve(ids);
      const change = { add: [mutedKeyword], remove: [] };
      if (!(await run(() => send(groups, change)))) return;
      // Two steps back: to the inbox, then with its answers.
      const back = async () => void (await send(groups, { add: [], remove: [mutedKeyword] }));
      remember({ label: t('labels.muted', { count: ids.length }), run: back });
      if (mail.folder?.role !== 'archive') await move(ids, { role: 'archive' });
    },
    [resolve, run, remember, move, mail.folder, t],
  );
  /** Answers come to the inbox again. */
  const unmute = useCallback(
    (ids: readonly number[]) => setLabels(ids, { add: [], remove: [mutedKeyword] }),
    [setLabels],
  );
  return { setLabels, mute, unmute };
}
