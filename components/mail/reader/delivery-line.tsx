// What became of a message one sent, in a line for each recipient: where it is, or when it is tried again.
'use client';
import { CircleCheck, Clock, TriangleAlert } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { DeliveryState } from '#lib/webmail/reader/delivery.ts';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import { formatFullDate } from '../dates.ts';
import { getJson } from '../state/request.ts';
import { useDateStyle } from '../use-dates.tsx';

const HistoryDialog = dynamic(
  () => import('./history-dialog.tsx').then((file) => file.HistoryDialog),
  { loading: () => null },
);
const shownAtMost = 4;

export function DeliveryLine({ message }: { message: MessageView }) {
  const t = useTranslations('reader.delivery');
  const dates = useDateStyle();
  const [states, setStates] = useState<DeliveryState[]>([]);
  const [hasHistory, setHasHistory] = useState(false);
  const { messageId, isDraft } = message;
  useEffect(() => {
    if (messageId === '' || isDraft) return;
    const ending = new AbortController();
    getJson<{ states: DeliveryState[] }>('/api/mail/delivery', { id: messageId }, ending.signal)
      .then((answer) => setStates(answer.states))
      .catch(() => {
        // A line less; the history says why when it is asked.
      });
    return () => ending.abort();
  }, [messageId, isDraft]);
  if (states.length === 0) return null;
  const isAllWell = states.length > shownAtMost && states.every(({ kind }) => isDone(kind));
  const shown = [...states].sort((a, b) => rank(a.kind) - rank(b.kind)).slice(0, shownAtMost);
  return (
    <section
      aria-label={t('label')}
      className="mx-4 mb-2 shrink-0 text-sm text-muted md:mx-6 print:hidden"
    >
      {isAllWell ? (
        <p>{t('all', { count: states.length })}</p>
      ) : (
        <ul>
          {shown.map((state) => (
            <li key={state.recipient} className="flex items-start gap-1.5">
              <StateIcon kind={state.kind} />
              <span className="min-w-0 break-words" dir="auto">
                {sentence(state)}
              </span>
            </li>
          ))}
        </ul>
      )}
      <button
        type="button"
        className="text-accent-text underline underline-offset-2"
        onClick={() => setHasHistory(true)}
      >
        {t('more')}
      </button>
      {hasHistory && <HistoryDialog message={message} onClose={() => setHasHistory(false)} />}
    </section>
  );

  function sentence({ kind, recipient, remote, text, nextAt }: DeliveryState): string {
    if (kind === 'sent') return t('sent', { recipient, remote, text });
    if (kind === 'delivered') return t('delivered', { recipient });
    if (kind === 'waiting') return t('waiting', { recipient });
    if (kind === 'failed') return t('failed', { recipient, text });
    if (!nextAt) return t('deferredPlain', { recipient, text });
    return t('deferred', { recipient, text, time: formatFullDate(nextAt, dates) });
  }
}

const isDone = (kind: DeliveryState['kind']) => kind === 'sent' || kind === 'delivered';
const order: DeliveryState['kind'][] = ['failed', 'deferred', 'waiting', 'sent', 'delivered'];
const rank = (kind: DeliveryState['kind']) => order.indexOf(kind);

function StateIcon({ kind }: { kind: DeliveryState['kind'] }) {
  const className = 'mt-0.5 size-4 shrink-0';
  if (isDone(kind)) return <CircleCheck aria-hidden className={`${className} text-ok-text`} />;
  if (kind === 'failed')
    return <TriangleAlert aria-hidden className={`${className} text-danger-text`} />;
  return <Clock aria-hidden className={`${className} text-warn-text`} />;
}
