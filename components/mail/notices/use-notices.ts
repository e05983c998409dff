// Tells of new mail: title, icon, notification, sound, as the person chose (options, "New mail"). It follows the counts
// of the folders that the live stream keeps fresh; which messages are new is asked once a burst.
'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useRef } from 'react';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import { usePreferences } from '../state/preferences.tsx';
import { findGrown, isInScope } from './new-mail.ts';
import type { Latest } from './tell-burst.ts';

const burstMs = 600;

/** `open` shows a message: a click on a notification. */
export function useNotices(
  folders: readonly Folder[],
  open: (folder: string, uid: number) => void,
): void {
  const t = useTranslations('ui.notices');
  const { preferences } = usePreferences();
  const unread = folders.find((each) => each.role === 'inbox')?.unread ?? 0;
  const isBadged = preferences['notices.badge'];
  const hasBadge = useRef(false);
  useEffect(() => {
    const count = isBadged ? unread : 0;
    if (count === 0 && !hasBadge.current) return;
    hasBadge.current = true;
    void import('./badge.ts').then(({ showBadge }) => showBadge(count));
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
      void import('./tell-burst.ts')
        .then(({ tellBurst }) => tellBurst(burst, latest.current, told.current))
        .catch(() => {});
    }, burstMs);
  }, [folders]);

  useEffect(() => {
    // A notification that was clicked and led to this tab (public/notices-worker.js).
    const hear = ({ data }: MessageEvent<{ kind?: string; folder: string; uid: number }>) => {
      if (data?.kind === 'drey-notice') latest.current.open(data.folder, data.uid);
    };
    navigator.serviceWorker?.addEventListener('message', hear);
    return () => {
      navigator.serviceWorker?.removeEventListener('message', hear);
      if (timer.current) clearTimeout(timer.current);
    };
  }, []);
}
