// One recipient in the queue: what is known of it, the header of its message, and all that happened to the message.
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { EventList, sortAsStory } from '#components/admin/event-list.tsx';
import { formatBytes } from '#components/ui/format.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import { namesOf } from '#lib/accounts/staff.ts';
import { isRefusal } from '#lib/errors.ts';
import { readHeader } from '#lib/queue/entries.ts';
import { requireEntryOf } from '#lib/queue/own-entry.ts';
import { listEvents } from '#lib/trail/list.ts';
import { readFindings } from '#lib/trail/story.ts';
import { requireStaff } from '../../../../session.ts';
import { buildHref } from '../../../parameters.ts';
import { PauseButton, RerouteButton } from '../pause-forms.tsx';
import { EntryActions } from '../queue-actions.tsx';
import { describeAttempts, lastWords, StateBadge } from '../queue-table.tsx';

export const metadata: Metadata = { title: 'Queued message' };

export default async function QueueEntryPage({ params }: { params: Promise<{ id: string }> }) {
  const staff = await requireStaff('queue');
  const isSuper = staff.role === 'admin';
  const entry = await requireEntryOf(staff, (await params).id).catch((error) => {
    if (isRefusal(error, 'not-found')) notFound();
    throw error;
  });
  const [header, events] = await Promise.all([
    readHeader(entry.id),
    listEvents({ traceId: entry.traceId, domains: namesOf(staff.scope), pageSize: 500 }),
  ]);
  const story = sortAsStory(
    events.map((event) => ({ ...event, findings: readFindings(event.detail) })),
  );
  return (
    <>
      <PageHeader
        back={
          <Link href="/admin/queue" className="hover:underline">
            Queue
          </Link>
        }
        title={
          <span className="flex flex-wrap items-center gap-2">
            <span className="min-w-0 break-all">{entry.recipient}</span>
            <StateBadge row={entry} />
          </span>
        }
        description={entry.subject || '(no subject)'}
        action={
          <>
            {isSuper && <PauseButton destination={entry.domain} />}
            {isSuper && <RerouteButton domain={entry.domain} />}
            <EntryActions
              id={entry.id}
              recipient={entry.recipient}
              state={entry.state}
              mayAll={isSuper}
            />
          </>
        }
      />
      <Section title="State">
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[10rem_1fr]">
          <Fact name="Sender">{entry.sender || 'the mail system (bounce)'}</Fact>
          <Fact name="Size">{formatBytes(entry.sizeBytes)}</Fact>
          <Fact name="In the queue since">
            <Time at={entry.createdAt} />
          </Fact>
          <Fact name="Next attempt">
            {entry.state === 'held' ? '–' : <Time at={entry.nextAttemptAt} />},{' '}
            {describeAttempts(entry)}
          </Fact>
          {entry.lastText && <Fact name="Last reply">{lastWords(entry)}</Fact>}
          <Fact name="All for this domain">
            <Link
              href={buildHref('/admin/queue', { domain: entry.domain })}
              className="hover:underline"
            >
              {entry.domain}
            </Link>
          </Fact>
        </dl>
      </Section>
      <Section title="Header">
        <pre className="max-h-96 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs break-words whitespace-pre-wrap">
          {header}
        </pre>
      </Section>
      <Section title="Timeline">
        <EventList events={story} hasTraceLinks={false} />
      </Section>
    </>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
