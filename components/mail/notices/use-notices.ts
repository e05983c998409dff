// Tells of new mail: title, icon, notification, sound, as the person chose (options, "New mail"). It follows the counts
// of the folders that the live stream keeps fresh; which messages are new is asked once a burst.
'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useRef } from 'react';
import type { Preferences } from '#lib/preferences/index.ts';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import type { MessagePage, MessageRow } from '#lib/webmail/list/message-list.ts';
import { nameOf } from '../people.ts';
import { usePreferences } from '../state/preferences.tsx';
import { getJson } from '../state/request.ts';
import { findGrown, isFresh, isInScope } from './new-mail.ts';

const burstMs = 600;

type Latest = {
  open: (folder: string, uid: number) => void;
  preferences: Preferences;
  t: ReturnType<typeof useTranslations<'ui.notices'>>;
};

/** `open` shows a message: a click on a notification. */
export function useNotices(
  folders: readonly Folder[],
  open: (folder: string, uid: number) => void,
): void {
  const t = useTranslations('ui.notices');
  const { preferences } = usePreferences();
  const unread = folders.find((each) => each.role === 'inbox')?.unread ?? 0;
  const isBadged = preferences['notices.badge'];
  useEffect(() => {
    void import('./badge.ts').then(({ showBadge }) => showBadge(isBadged ? unread : 0));
  }, [isBadged, unread]);

  const latest = useRef<Latest>({ open, preferences, t });
  latest.current = { open, preferences, t };
  const before = useRef<readonly Folder[] | null>(null);
  const grown = useRef(new Map<string, number>());
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const told = useRef(new Map<string, number>());

  useEffect(() => {
    const last = before.current;
    before.current = folders;
    if (!last || last === folders) return;
    const { preferences: chosen } = latest.current;
    for (const { folder, count } of findGrown(last, folders)) {
      const scope = chosen['notices.scope'];
      if (!isInScope(folder, scope, chosen['notices.folders'])) continue;
      grown.current.set(folder.path, (grown.current.get(folder.path) ?? 0) + count);
    }
    if (grown.current.size === 0) return;
    timer.current ??= setTimeout(() => {
      timer.current = null;
      const burst = [...grown.current];
      grown.current.clear();
      void tellBurst(burst, latest.current, told.current).catch(() => {});
    }, burstMs);
  }, [folders]);

  useEffect(() => {
    let stop = () => {};
    void import('./notify.ts').then(({ listenForClicks }) => {
      stop = listenForClicks(({ folder, uid }) => latest.current.open(folder, uid));
    });
    return () => {
      stop();
      if (timer.current) clearTimeout(timer.current);
    };
  }, []);
}

/** Tells of what came: `told` remembers the last UID a person heard of, for each folder. */
async function tellBurst(
  burst: [path: string, count: number][],
  { preferences: chosen, t: say, open: show }: Latest,
  told: Map<string, number>,
): Promise<void> {
  const isLooking = document.visibilityState === 'visible' && document.hasFocus();
  if (isLooking && !chosen['notices.always']) return;
  if (!chosen['notices.desktop'] && chosen['notices.sound'] === 'none') return;
  const found = await findNew(burst, told);
  const [first] = found;
  const row = first?.rows[0];
  if (!first || !row) return;
  const total = found.reduce((sum, each) => sum + each.rows.length, 0);
  const { showNotice, tellOnce } = await import('./notify.ts');
  await tellOnce(`${first.path} ${row.uid}`, async () => {
    if (chosen['notices.desktop']) {
      const isOpen = !chosen['notices.private'];
      const one = { title: nameOf(row.from[0]), body: row.subject || say('noSubject') };
      const many = {
        title: say('many', { count: total }),
        body: isOpen ? say('last', { from: nameOf(row.from[0]), subject: row.subject }) : '',
      };
      const text = total > 1 || !isOpen ? many : one;
      const notice = { ...text, tag: 'drey-mail', folder: first.path, uid: row.uid };
      await showNotice(notice, () => show(first.path, row.uid));
    }
    if (chosen['notices.sound'] !== 'none') {
      const { playSound } = await import('./sounds.ts');
      await playSound(chosen['notices.sound'], chosen['notices.volume']);
    }
  });
}

async function findNew(
  burst: [path: string, count: number][],
  told: Map<string, number>,
): Promise<{ path: string; rows: MessageRow[] }[]> {
  const found: { path: string; rows: MessageRow[] }[] = [];
  for (const [path, count] of burst) {
    const page = await getJson<MessagePage>('/api/mail/list', {
      folder: path,
      filter: 'unread',
      limit: Math.min(20, count),
    });
    const known = told.get(path) ?? 0;
    const rows = page.rows.filter((row) => row.uid > known && isFresh(row, new Date()));
    if (rows.length === 0) continue;
    told.set(path, Math.max(...rows.map((row) => row.uid)));
    found.push({ path, rows });
  }
  return found;
}
