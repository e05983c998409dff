// Which messages are being written, and what becomes of them: opened, closed, sent, taken back.
'use client';
import { useTranslations } from 'next-intl';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useToast } from '#components/ui/toast.tsx';
import type { TakenBack } from '#lib/webmail/compose/scheduled.ts';
import { formatFullDate } from '../dates.ts';
import { usePreferences } from '../state/preferences.tsx';
import { errorText, postJson } from '../state/request.ts';
import type { Remember } from '../state/use-undo.ts';
import { useDateStyle } from '../use-dates.tsx';
import { loadStart, openWindow } from './begin-message.ts';
import type { ComposerStart, ComposeStart } from './compose-start.ts';
import type { SentMessage } from './composer-props.ts';

export type Composers = ReturnType<typeof useComposers>;
export type ComposerEntry = {
  /** Name of its copy in this browser */
  id: string;
  /** The same message is not opened twice. */
  key: string;
  start: ComposerStart | null;
};
/** A dialog of writing that is no composer. */
export type Side = { kind: 'scheduled' } | { kind: 'redirect'; folder: string; uid: number } | null;

const most = 3;
const laterToastMs = 10_000;

/** `remember` keeps how a message is taken back. */
export function useComposers(remember: Remember) {
  const t = useTranslations('compose');
  const toast = useToast();
  const { preferences } = usePreferences();
  const style = useDateStyle();
  const [all, setAll] = useState<ComposerEntry[]>([]);
  const [side, setSide] = useState<Side>(null);
  const isPopup = preferences['compose.window'] === 'popup';
  const undoMs = Number(preferences['compose.undoSeconds']) * 1000;
  const count = useRef(0);
  count.current = all.length;
  const close = useCallback(
    (id: string) => setAll((now) => now.filter((each) => each.id !== id)),
    [],
  );
  const put = useCallback(
    (key: string, loading: Promise<ComposerStart>, id = makeId()) => {
      if (count.current >= most) {
        toast.show({ kind: 'info', text: t('window.tooMany') });
        return;
      }
      setAll((now) => {
        if (key && now.some((each) => each.key === key)) return now;
        return [...now, { id, key, start: null }];
      });
      loading
        .then((start) =>
          setAll((now) => now.map((each) => (each.id === id ? { ...each, start } : each))),
        )
        .catch((error: unknown) => {
          close(id);
          toast.show({ kind: 'error', text: errorText(error) });
        });
    },
    [close, toast, t],
  );
  const open = useCallback(
    (begin: ComposeStart) => {
      if (begin.mode === 'redirect') return setSide({ ...begin, kind: 'redirect' });
      if (begin.mode === 'scheduled') return setSide({ kind: 'scheduled' });
      if (isPopup && matchMedia('(min-width: 48rem)').matches) return void openWindow(begin);
      put(keyOf(begin), loadStart(begin));
    },
    [isPopup, put],
  );
  /** A message found in this browser after a crash. */
  const resume = useCallback(
    (id: string, start: ComposerStart) => put('', Promise.resolve(start), id),
    [put],
  );
  const takeBack = useCallback(
    async (id: string) => {
      try {
        const body = { kind: 'take-back', id };
        const { draft } = await postJson<{ draft: TakenBack | null }>('/api/mail/scheduled', body);
        toast.show({ kind: 'info', text: t('send.undone') });
        if (draft) put('', loadStart({ mode: 'draft', ...draft }));
      } catch (error) {
        toast.show({ kind: 'error', text: errorText(error) });
      }
    },
    [put, toast, t],
  );
  const tellSent = useCallback(
    ({ warnings, refused, scheduledId, releaseAt, isLater }: SentMessage) => {
      if (refused.length > 0) {
        const text = t('send.refused', { names: refused.join(', ') });
        return void toast.show({ kind: 'error', text, durationMs: 60_000 });
      }
      if (warnings.length > 0) {
        const text = t(warnings.includes('copy') ? 'send.copyFailed' : 'send.draftLeft');
        return void toast.show({ kind: 'error', text });
      }
      const time = releaseAt ? formatFullDate(releaseAt, style) : '';
      const text = isLater ? t('send.waits', { time }) : t('send.sent');
      if (!scheduledId) return void toast.show({ text });
      const lifeMs = isLater ? Date.parse(releaseAt ?? '') - Date.now() : undoMs;
      const toastMs = isLater ? laterToastMs : undoMs;
      remember({ label: text, run: () => takeBack(scheduledId), lifeMs, toastMs });
    },
    [toast, t, takeBack, remember, undoMs, style],
  );
  return useMemo(
    () => ({ all, open, resume, close, side, setSide, tellSent }),
    [all, open, resume, close, side, tellSent],
  );
}

function keyOf(begin: ComposeStart): string {
  return begin.mode === 'draft' ? `${begin.folder} ${begin.uid}` : '';
}

/** crypto.randomUUID() is missing where the page came without TLS. */
function makeId(): string {
  const numbers = crypto.getRandomValues(new Uint32Array(4));
  return [...numbers].map((each) => each.toString(16).padStart(8, '0')).join('');
}
