// A notification and a sound for mail that came, as the person chose; loaded with the first mail.
import type { useTranslations } from 'next-intl';
import type { Preferences } from '#lib/preferences/index.ts';
import type { MessagePage, MessageRow } from '#lib/webmail/list/message-list.ts';
import { nameOf } from '../people.ts';
import { getJson } from '../state/request.ts';
import { isFresh } from './new-mail.ts';
import { showNotice, tellOnce } from './notify.ts';

export type Latest = {
  open: (folder: string, uid: number) => void;
  preferences: Preferences;
  t: ReturnType<typeof useTranslations<'ui.notices'>>;
};

/** Tells of what came: `told` remembers the last UID a person heard of, for each folder. */
export async function tellBurst(
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
