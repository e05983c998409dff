// The messages being written: windows at the lower edge, up to three; one fills the screen on a phone. Only this much is
// part of the mail page; the windows themselves are loaded with the first one.
'use client';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useToast } from '#components/ui/toast.tsx';
import type { TakenBack } from '#lib/webmail/compose/scheduled.ts';
import { formatFullDate } from '../dates.ts';
import type { Owner } from '../owner.ts';
import { usePreferences } from '../state/preferences.tsx';
import { errorText, postJson } from '../state/request.ts';
import { useDateStyle } from '../use-dates.tsx';
import type { ComposerStart, ComposeStart } from './compose-start.ts';
import type { SentMessage } from './use-composer.ts';

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
const ComposerWindows = dynamic(() => import('./composer-windows.tsx'), { ssr: false });
const SideDialogs = dynamic(() => import('./side-dialogs.tsx'), { ssr: false });
const Recovery = dynamic(() => import('./recovery.tsx'), { ssr: false });

export function useComposers(_owner: Owner) {
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
    ({ warnings, scheduledId, releaseAt, isLater }: SentMessage) => {
      if (warnings.length > 0) {
        const text = t(warnings.includes('copy') ? 'send.copyFailed' : 'send.draftLeft');
        return void toast.show({ kind: 'error', text });
      }
      const time = releaseAt ? formatFullDate(releaseAt, style) : '';
      const text = isLater ? t('send.waits', { time }) : t('send.sent');
      if (!scheduledId) return void toast.show({ text });
      const action = { label: t('send.undo'), onClick: () => void takeBack(scheduledId) };
      toast.show({ text, action, durationMs: isLater ? 10_000 : undoMs });
    },
    [toast, t, takeBack, undoMs, style],
  );
  return useMemo(
    () => ({ all, open, resume, close, side, setSide, tellSent }),
    [all, open, resume, close, side, tellSent],
  );
}

/** What the server makes of a wish to write. Rejects with RequestError. */
export async function loadStart(begin: ComposeStart): Promise<ComposerStart> {
  const start = await postJson<ComposerStart>('/api/mail/compose', begin);
  if (begin.mode !== 'new' || (!begin.to && !begin.mailto)) return start;
  const { parseMailto } = await import('./mailto.ts');
  const { fillForm } = await import('./fill-form.ts');
  const link = begin.mailto ?? `mailto:${encodeURIComponent(begin.to ?? '')}`;
  return { ...start, form: fillForm(start.form, parseMailto(link)) };
}

/** In a window of its own; false where the browser does not let us. */
export function openWindow(begin: ComposeStart): boolean {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(begin)) query.set(name, String(value));
  return window.open(`/compose?${query}`, '_blank', 'popup,width=800,height=760') !== null;
}

function keyOf(begin: ComposeStart): string {
  return begin.mode === 'draft' ? `${begin.folder} ${begin.uid}` : '';
}

/** crypto.randomUUID() is missing where the page came without TLS. */
function makeId(): string {
  const numbers = crypto.getRandomValues(new Uint32Array(4));
  return [...numbers].map((each) => each.toString(16).padStart(8, '0')).join('');
}

export function ComposerDock({
  composers,
  owner,
  onDone,
}: {
  composers: Composers;
  owner: Owner;
  /** A message was sent, kept or dropped; `isSent` says which. */
  onDone: (isSent: boolean) => void;
}) {
  const { all, side } = composers;
  const isReady = useIdle();
  return (
    <>
      {all.length > 0 && <ComposerWindows composers={composers} owner={owner} onDone={onDone} />}
      {side && <SideDialogs composers={composers} owner={owner} onDone={() => onDone(false)} />}
      {isReady && <Recovery user={owner.address} onResume={composers.resume} />}
    </>
  );
}

/** True once the page has nothing better to do. */
function useIdle(): boolean {
  const [isIdle, setIsIdle] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsIdle(true), 1500);
    return () => clearTimeout(timer);
  }, []);
  return isIdle;
}
