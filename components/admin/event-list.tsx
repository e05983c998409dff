// Events of the trail as rows: when, what, between whom, and the words of the other side.
import Link from 'next/link';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { Time } from '#components/ui/time.tsx';

/** As much of a trail event as a row shows; every text in it may come from outside. */
export type EventView = {
  id: string;
  at: Date;
  traceId: string;
  kind: string;
  sender: string;
  recipient: string;
  remote: string;
  reason: string;
  text: string;
  /** What the checks said, at an arrival */
  findings?: { check: string; outcome: string; note: string }[];
  /** Of an attempt at another server: `tls`, how it was protected, `address`, `tookMs`. */
  detail?: Record<string, unknown>;
};

export const eventKinds: { kind: string; label: string; tone: Tone }[] = [
  { kind: 'received', label: 'received', tone: 'info' },
  { kind: 'refused', label: 'refused', tone: 'warn' },
  { kind: 'delivered', label: 'delivered', tone: 'ok' },
  { kind: 'queued', label: 'queued', tone: 'neutral' },
  { kind: 'sent', label: 'sent', tone: 'ok' },
  { kind: 'deferred', label: 'deferred', tone: 'warn' },
  { kind: 'bounced', label: 'bounced', tone: 'danger' },
  { kind: 'dropped', label: 'dropped', tone: 'danger' },
  { kind: 'login', label: 'sign-in', tone: 'neutral' },
  { kind: 'login-failed', label: 'sign-in failed', tone: 'warn' },
  { kind: 'login-blocked', label: 'sign-in blocked', tone: 'danger' },
  { kind: 'changed', label: 'changed', tone: 'accent' },
];

/** From first to last; what has the same moment stands in the order in which it can only have happened. */
export function sortAsStory<T extends EventView>(events: T[]): T[] {
  const rank = (event: EventView) => eventKinds.findIndex(({ kind }) => kind === event.kind);
  return events.toSorted((a, b) => a.at.getTime() - b.at.getTime() || rank(a) - rank(b));
}

export function EventList({
  events,
  hasTraceLinks,
}: {
  events: EventView[];
  hasTraceLinks: boolean;
}) {
  return (
    <ol className="divide-y">
      {events.map((event) => (
        <EventRow key={event.id} event={event} hasTraceLink={hasTraceLinks} />
      ))}
    </ol>
  );
}

function EventRow({ event, hasTraceLink }: { event: EventView; hasTraceLink: boolean }) {
  const kind = eventKinds.find((entry) => entry.kind === event.kind);
  const isAboutMail = !event.kind.startsWith('login') && event.kind !== 'changed';
  return (
    <li className="grid grid-cols-[5rem_minmax(0,1fr)] gap-x-3 gap-y-0.5 px-4 py-2 sm:grid-cols-[5rem_6.5rem_minmax(0,1fr)_auto]">
      <Time at={event.at} className="text-sm text-muted tabular-nums" />
      <span className="justify-self-start">
        <Badge tone={kind?.tone}>{kind?.label ?? event.kind}</Badge>
      </span>
      <div className="col-span-2 min-w-0 sm:col-span-1">
        <p className="break-words">
          {event.sender}
          {isAboutMail && !event.sender && event.recipient && (
            <span className="text-muted">the mail system</span>
          )}
          {event.recipient && (
            <>
              <span className="text-faint"> → </span>
              {event.recipient}
            </>
          )}
          {!event.sender && !event.recipient && event.text}
        </p>
        <p className="text-sm break-words text-muted empty:hidden">
          {(event.sender || event.recipient) && event.text && <span>{event.text} </span>}
          {event.reason && <span className="font-mono text-xs">{event.reason} </span>}
          {event.remote && <span className="text-faint">{event.remote} </span>}
          <Circumstances {...event.detail} />
        </p>
        {event.findings && event.findings.length > 0 && (
          <ul className="mt-1 text-sm text-muted">
            {event.findings.map(({ check, outcome, note }) => (
              <li key={`${check} ${note}`} className="break-words">
                <span className="font-mono text-xs">{check}</span> {outcome}
                {note && `: ${note}`}
              </li>
            ))}
          </ul>
        )}
      </div>
      {hasTraceLink && isAboutMail && (
        <Link
          href={`/admin/events?trace=${encodeURIComponent(event.traceId)}`}
          className="col-span-2 justify-self-start rounded-sm text-sm text-accent-text hover:underline sm:col-span-1"
        >
          whole story
        </Link>
      )}
    </li>
  );
}

/** Of an attempt at another server: its address, how the connection was protected, how long it took. */
function Circumstances({ address, tls, tookMs }: Record<string, unknown>) {
  const words = [address, tls].filter((word) => typeof word === 'string');
  if (typeof tookMs === 'number') words.push(`${tookMs.toLocaleString('en')} ms`);
  if (words.length === 0) return null;
  return <span className="text-faint">({words.join(', ')}) </span>;
}
