// Saving while one writes: a copy in this browser each second, the draft on the server five seconds after the last key and
// every thirty seconds at least, both when the page is hidden or left. An older draft goes only once the newer is there.
'use client';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { SavedDraft } from '#lib/webmail/compose/drafts.ts';
import { postJson, RequestError } from '../state/request.ts';
import { dropLocal, holdLocal, keepLocal, type LocalDraft } from './local-drafts.ts';

export type SaveState = 'clean' | 'dirty' | 'saving' | 'failed';
export type Saving = ReturnType<typeof useSaving>;
type Snapshot = Pick<LocalDraft, 'form' | 'attachments'>;

const localAfterMs = 1000;
const saveAfterMs = 5000;
const saveAtLeastMs = 30_000;

export function useSaving({
  id,
  user,
  draftUid: startUid,
  snapshot,
  isWorthSaving,
}: {
  id: string;
  user: string;
  draftUid: number | null;
  snapshot: () => Snapshot;
  /** An empty draft is never saved. */
  isWorthSaving: () => boolean;
}) {
  const [state, setState] = useState<SaveState>('clean');
  const [savedAt, setSavedAt] = useState<string | null>(null);
  const [isSignedOut, setIsSignedOut] = useState(false);
  const [version, setVersion] = useState(0);
  const draftUid = useRef(startUid);
  const current = useRef(0);
  const saved = useRef(0);
  const dirtySince = useRef(0);
  // Saving, sending and discarding follow one another: a draft that is being stored must not outlive them.
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const isOver = useRef(false);
  const get = useRef({ snapshot, isWorthSaving });
  get.current = { snapshot, isWorthSaving };

  const touch = useCallback(() => {
    if (current.current === saved.current) dirtySince.current = Date.now();
    current.current++;
    setVersion(current.current);
    setState('dirty');
  }, []);

  /** Of this moment; `state` is what was drawn last. */
  const hasUnsaved = useCallback(() => current.current !== saved.current, []);

  const saveLocal = useCallback(async () => {
    if (isOver.current || current.current === saved.current || !get.current.isWorthSaving()) return;
    const draft = { id, user, savedAt: new Date().toISOString(), draftUid: draftUid.current };
    await keepLocal({ ...draft, ...get.current.snapshot() });
  }, [id, user]);

  const save = useCallback((): Promise<boolean> => {
    const step = queue.current.then(async () => {
      if (isOver.current || saved.current === current.current) return true;
      if (!get.current.isWorthSaving()) return true;
      const saving = current.current;
      setState('saving');
      try {
        const { form, attachments } = get.current.snapshot();
        const files = attachments.map((each) => each.id);
        const message = { ...form, attachments: files, draftId: id };
        const body = { message, draftUid: draftUid.current };
        const { uid } = await postJson<SavedDraft>('/api/mail/draft', body);
        draftUid.current = uid;
        saved.current = saving;
        const isClean = current.current === saving;
        setSavedAt(new Date().toISOString());
        setState(isClean ? 'clean' : 'dirty');
        setIsSignedOut(false);
        if (isClean) await dropLocal(id);
        else dirtySince.current = Date.now();
        return true;
      } catch (error) {
        setState('failed');
        setIsSignedOut(error instanceof RequestError && error.status === 401);
        return false;
      }
    });
    queue.current = step;
    return step;
  }, [id]);

  useEffect(() => holdLocal(id), [id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change begins the pause anew
  useEffect(() => {
    if (state !== 'dirty' && state !== 'failed') return;
    const local = setTimeout(() => void saveLocal(), localAfterMs);
    const leftMs = saveAtLeastMs - (Date.now() - dirtySince.current);
    const server = setTimeout(() => void save(), Math.max(0, Math.min(saveAfterMs, leftMs)));
    return () => {
      clearTimeout(local);
      clearTimeout(server);
    };
  }, [version, state, save, saveLocal]);

  useEffect(() => {
    const onHide = () => {
      if (document.visibilityState !== 'hidden') return;
      void saveLocal();
      void save();
    };
    const onLeave = (event: BeforeUnloadEvent) => {
      if (isOver.current || current.current === saved.current) return;
      if (!get.current.isWorthSaving()) return;
      void saveLocal();
      event.preventDefault();
    };
    document.addEventListener('visibilitychange', onHide);
    window.addEventListener('beforeunload', onLeave);
    return () => {
      document.removeEventListener('visibilitychange', onHide);
      window.removeEventListener('beforeunload', onLeave);
    };
  }, [save, saveLocal]);

  /** Runs after what is being saved; nothing is saved any more once `run` resolves. */
  const finish = useCallback(
    async <T>(run: (draftUid: number | null) => Promise<T>): Promise<T> => {
      const step = queue.current.then(async () => {
        const result = await run(draftUid.current);
        isOver.current = true;
        await dropLocal(id);
        return result;
      });
      queue.current = step.catch(() => {});
      return step;
    },
    [id],
  );

  return useMemo(
    () => ({ state, savedAt, isSignedOut, hasUnsaved, touch, save, saveLocal, finish, draftUid }),
    [state, savedAt, isSignedOut, hasUnsaved, touch, save, saveLocal, finish],
  );
}
