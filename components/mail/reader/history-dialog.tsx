// "Where is my mail?": what happened to the open message, in words for its owner.
'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Spinner } from '#components/ui/spinner.tsx';
import type { StoryEvent } from '#lib/trail/story.ts';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import { formatFullDate } from '../dates.ts';
import { errorText, getJson, isAborted } from '../state/request.ts';
import { useDateStyle } from '../use-dates.tsx';

/** Dates travel as text. */
type Event = Omit<StoryEvent, 'at'> & { at: string };

export function HistoryDialog({ message, onClose }: { message: MessageView; onClose: () => void }) {
  const t = useTranslations('reader.history');
  const [events, setEvents] = useState<Event[] | null>(null);
  const [error, setError] = useState('');
  const { messageId } = message;
  useEffect(() => {
    const ending = new AbortController();
    getJson<{ events: Event[] }>('/api/mail/history', { id: messageId }, ending.signal)
      .then((answer) => setEvents(answer.events))
      .catch((failure) => {
        if (!isAborted(failure)) setError(errorText(failure));
      });
    return () => ending.abort();
  }, [messageId]);
  return (
    <Dialog isOpen onClose={onClose} title={t('title')} size="lg">
      {error ? (
        <p className="text-danger-text">{error}</p>
      ) : events === null ? (
        <div className="flex justify-center py-6">
          <Spinner />
        </div>
      ) : events.length === 0 ? (
        <p className="text-muted">{t('empty')}</p>
      ) : (
        <ol className="divide-y">
          {events.map((event) => (
            <HistoryRow key={event.id} event={event} />
          ))}
        </ol>
      )}
    </Dialog>
  );
}

const tones = {
  received: 'info',
  delivered: 'ok',
  queued: 'neutral',
  sent: 'ok',
  deferred: 'warn',
  bounced: 'danger',
  dropped: 'danger',
  refused: 'danger',
} as const satisfies Record<string, Tone>;
const isKind = (kind: string): kind is keyof typeof tones => Object.hasOwn(tones, kind);

function HistoryRow({ event }: { event: Event }) {
  const t = useTranslations('reader.history');
  const dates = useDateStyle();
  const kind = event.kind;
  const isArrival = event.kind === 'received';
  return (
    <li className="grid gap-x-4 gap-y-0.5 py-2 sm:grid-cols-[10rem_minmax(0,1fr)]">
      <div className="text-sm text-muted">
        <time dateTime={event.at}>{formatFullDate(event.at, dates)}</time>
      </div>
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2">
          <Badge tone={isKind(kind) ? tones[kind] : 'neutral'}>
            {isKind(kind) ? t(`kinds.${kind}`) : kind}
          </Badge>
          <span className="min-w-0 break-words">
            {isArrival ? event.sender || t('system') : event.recipient}
          </span>
        </p>
        <p className="text-sm break-words text-muted">
          {event.remote && <span>{t(isArrival ? 'from' : 'by', { remote: event.remote })} </span>}
          {!isArrival && event.reason && <span className="font-mono text-xs">{event.reason} </span>}
          {!isArrival && event.text}
        </p>
        {event.findings.length > 0 && (
          <ul className="mt-0.5 text-sm text-muted">
            {event.findings.map(({ check, outcome, note }) => (
              <li key={`${check} ${note}`} className="break-words">
                {note || `${check}: ${outcome}`}
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}
