// What waits to be sent: when, to whom, and what can still be done about it.
'use client';
import { Clock } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { FieldError } from '#components/ui/field.tsx';
import { Spinner } from '#components/ui/spinner.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { TakenBack, Waiting } from '#lib/webmail/compose/scheduled.ts';
import { formatFullDate } from '../dates.ts';
import { errorText, getJson, postJson } from '../state/request.ts';
import { useDateStyle } from '../use-dates.tsx';
import { LaterDialog } from './later-dialog.tsx';

export function ScheduledDialog({
  onClose,
  onDone,
  onEdit,
}: {
  onClose: () => void;
  onDone: () => void;
  onEdit: (draft: TakenBack) => void;
}) {
  const t = useTranslations('compose.scheduled');
  const toast = useToast();
  const style = useDateStyle();
  const [waiting, setWaiting] = useState<Waiting[] | null>(null);
  const [error, setError] = useState('');
  const [moving, setMoving] = useState<string | null>(null);
  const load = useCallback(() => {
    getJson<{ waiting: Waiting[] }>('/api/mail/scheduled')
      .then((answer) => setWaiting(answer.waiting))
      .catch((reason: unknown) => setError(errorText(reason)));
  }, []);
  useEffect(load, [load]);
  const act = async (body: object, then: (answer: { draft?: TakenBack | null }) => void) => {
    setError('');
    try {
      then(await postJson<{ draft?: TakenBack | null }>('/api/mail/scheduled', body));
      onDone();
    } catch (reason) {
      setError(errorText(reason));
    }
    load();
  };
  const say = (text: string) => void toast.show({ text });
  return (
    <>
      {/* Beside one another: the inner one's closing would close the outer one too. */}
      <Dialog isOpen onClose={onClose} title={t('title')} size="lg">
        <FieldError>{error}</FieldError>
        {waiting === null && !error && <Spinner label="…" />}
        {waiting?.length === 0 && <p className="py-6 text-center text-muted">{t('empty')}</p>}
        <ul className="divide-y">
          {waiting?.map(({ id, subject, recipients, releaseAt, isHeld }) => (
            <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
              <Clock aria-hidden className="size-4 shrink-0 text-muted" />
              <div className="min-w-48 flex-1">
                <p className="truncate font-medium" dir="auto">
                  {subject || '—'}
                </p>
                <p className="truncate text-sm text-muted">
                  {t('to', { names: recipients.join(', ') })}
                </p>
                <p className="text-sm text-muted">
                  {isHeld ? t('held') : t('at', { time: formatFullDate(releaseAt, style) })}
                </p>
              </div>
              <div className="flex flex-wrap gap-2">
                <Button
                  size="sm"
                  onClick={() =>
                    void act({ kind: 'take-back', id }, ({ draft }) => draft && onEdit(draft))
                  }
                >
                  {t('edit')}
                </Button>
                <Button size="sm" onClick={() => setMoving(id)}>
                  {t('move')}
                </Button>
                <Button
                  size="sm"
                  onClick={() => void act({ kind: 'send-now', id }, () => say(t('started')))}
                >
                  {t('now')}
                </Button>
                <Button
                  size="sm"
                  onClick={() => void act({ kind: 'take-back', id }, () => say(t('cancelled')))}
                >
                  {t('cancel')}
                </Button>
              </div>
            </li>
          ))}
        </ul>
      </Dialog>
      <LaterDialog
        isOpen={moving !== null}
        onClose={() => setMoving(null)}
        maxDays={3650}
        onChoose={(at) =>
          void act({ kind: 'move', id: moving, at: at.toISOString() }, () => say(t('moved')))
        }
      />
    </>
  );
}
