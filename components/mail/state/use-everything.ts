// "All 12,345 selected": a selection the server froze, and the job that runs over it. The page only watches.
'use client';
import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useToast } from '#components/ui/toast.tsx';
import type { BulkProgress } from '#lib/webmail/list/bulk.ts';
import type { Place } from './place.ts';
import { errorText, getJson, postJson } from './request.ts';
import type { Undo } from './use-undo.ts';

const pollMs = 300;
const path = '/api/mail/bulk';

export type Everything = { id: string; count: number };
export type BulkRun = BulkProgress & { label: string };

export function useEverything({
  placeNow,
  remember,
  refresh,
}: {
  placeNow: () => Place;
  remember: (undo: Undo) => void;
  refresh: () => void;
}) {
  const t = useTranslations('mail');
  const toast = useToast();
  const [everything, setEverything] = useState<Everything | null>(null);
  const [job, setJob] = useState<BulkRun | null>(null);
  const isMounted = useRef(true);
  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
    };
  }, []);

  /** Freezes all that the open list holds now. */
  const selectEverything = useCallback(async () => {
    const { folder, query, filter = null, sort } = placeNow();
    try {
      const body = { step: 'freeze', folder, query, filter, sort };
      setEverything(await postJson<Everything>(path, body));
    } catch (error) {
      toast.show({ kind: 'error', text: errorText(error) });
    }
  }, [placeNow, toast]);

  /** Watches a job to its end. */
  const watch = useCallback(
    async (begun: BulkProgress, label: string): Promise<BulkProgress> => {
      let now = begun;
      while (now.state === 'running' && isMounted.current) {
        setJob({ ...now, label });
        await new Promise((resolve) => setTimeout(resolve, pollMs));
        now = await getJson<BulkProgress>(path, { id: begun.id });
      }
      setJob(null);
      refresh();
      if (now.state === 'failed') toast.show({ kind: 'error', text: now.error ?? '' });
      return now;
    },
    [refresh, toast],
  );

  /** Runs an action over the frozen selection; `label` says what it does. */
  const runOnEverything = useCallback(
    async (action: object, label: string) => {
      if (!everything) return;
      try {
        const body = { step: 'start', selection: everything.id, ...action };
        setEverything(null);
        const end = await watch(await postJson<BulkProgress>(path, body), label);
        if (!end.mayUndo) {
          if (end.state === 'done') toast.show({ text: t('bulk.done', { count: end.done }) });
          return;
        }
        remember({
          label: t('bulk.done', { count: end.done }),
          run: async () => {
            const undone = await postJson<BulkProgress>(path, { step: 'undo', id: end.id });
            await watch(undone, t('bulk.undoing'));
          },
        });
      } catch (error) {
        setJob(null);
        refresh();
        toast.show({ kind: 'error', text: errorText(error) });
      }
    },
    [everything, watch, remember, refresh, toast, t],
  );

  const stopJob = useCallback(() => {
    if (job) void postJson(path, { step: 'stop', id: job.id }).catch(() => {});
  }, [job]);

  return { everything, setEverything, selectEverything, runOnEverything, job, stopJob };
}
