// The trail: what happened to each message and login. "Where is my mail?"
import { Activity, ArrowLeft } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { EventList, sortAsStory } from '#components/admin/event-list.tsx';
import { ExportLink } from '#components/admin/table/export-link.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import { mayRole } from '#lib/accounts/permission.ts';
import { namesOf } from '#lib/accounts/staff.ts';
import { readSettings } from '#lib/settings/index.ts';
import { searchEvents, type TrailEvent } from '#lib/trail/list.ts';
import { readFindings } from '#lib/trail/story.ts';
import { requireStaff } from '../../../session.ts';
import { buildHref, type Parameters, readParameters } from '../../parameters.ts';
import { EventFilter } from './event-filter.tsx';
import { readFilter } from './filter.ts';
import { readOutcomes, readQuestion } from './outcome.ts';
import { OutcomeTable } from './outcome-table.tsx';

/** Events that a search without an index looks through at a time. */
const mostScanned = 100_000;

/** From first to last, with what the checks said. */
function tellStory(events: TrailEvent[]) {
  return sortAsStory(events.map((event) => ({ ...event, findings: readFindings(event.detail) })));
}

/** Its subject, its Message-ID, and the id that all of its events have. */
function describeStory(story: TrailEvent[], trace: string) {
  const arrival = story.find(({ kind }) => kind === 'received');
  return (
    <>
      {arrival && (
        <span className="block text-ink" dir="auto">
          {arrival.text || '(no subject)'}
        </span>
      )}
      <span className="block font-mono text-sm">
        {[trace, arrival?.messageId].filter(Boolean).join(' · ')}
      </span>
    </>
  );
}

export default async function EventsPage({ searchParams }: { searchParams: Parameters }) {
  const staff = await requireStaff('trail');
  const { scope } = staff;
  const parameters = await readParameters(searchParams);
  const {
    q = '',
    kind = '',
    reason = '',
    from = '',
    until = '',
    trace = '',
    before = '',
  } = parameters;
  const settings = await readSettings();
  const pageSize = trace ? 500 : settings['web.pageSize'];
  const { events, scannedTo } = await searchEvents(
    { ...readFilter(parameters), domains: namesOf(scope), pageSize },
    mostScanned,
  );
  const last = events.length === pageSize && !trace ? events.at(-1) : undefined;
  const filters = { q, kind, reason, from, until };
  const story = trace ? tellStory(events) : [];
  const outcomes = readOutcomes(story);
  const question = staff.role === 'admin' ? readQuestion(story) : null;
  const isFiltered = [...Object.values(filters), trace, before].some((text) => text !== '');
  return (
    <>
      {trace ? (
        <PageHeader
          title="The whole story"
          back={
            <Link href="/admin/events" className="inline-flex items-center gap-1 hover:underline">
              <ArrowLeft aria-hidden className="size-3.5" /> All events
            </Link>
          }
          description={describeStory(story, trace)}
          action={
            question && (
              <ButtonLink href={buildHref('/admin/explain', question)}>
                What would happen now?
              </ButtonLink>
            )
          }
        />
      ) : (
        <PageHeader
          title="Events"
          description={`What happened to every message and sign-in, and who changed what, for the last ${settings['storage.trailDays']} days.`}
          action={<ExportLink href={buildHref('/admin/events/export', filters)} />}
        />
      )}
      {!trace && <EventFilter filters={filters} />}
      {outcomes.length > 0 && (
        <OutcomeTable outcomes={outcomes} mayQueue={mayRole(staff.role, 'queue')} />
      )}
      <div className="rounded-lg border bg-surface">
        {events.length === 0 ? (
          <EmptyState
            icon={<Activity />}
            title={isFiltered ? 'No event fits' : 'Nothing has happened yet'}
            action={isFiltered && <ButtonLink href="/admin/events">Show all events</ButtonLink>}
          >
            {isFiltered
              ? undefined
              : 'Send a message to one of your users to see the first events.'}
          </EmptyState>
        ) : (
          <EventList events={trace ? story : events} hasTraceLinks={!trace} />
        )}
      </div>
      {scannedTo && (
        <p className="mt-3 flex flex-wrap items-center gap-2 text-sm text-muted">
          Looked through until <Time at={scannedTo} />.
          <ButtonLink
            size="sm"
            href={buildHref('/admin/events', {
              ...filters,
              before: `${scannedTo.toISOString()},!`,
            })}
          >
            Look further back
          </ButtonLink>
        </p>
      )}
      {(last || before) && <Pages filters={filters} last={last} isLater={before !== ''} />}
    </>
  );
}

function Pages({
  filters,
  last,
  isLater,
}: {
  filters: Record<string, string>;
  /** Of this page, where there may be another one */
  last: TrailEvent | undefined;
  /** Not the first page */
  isLater: boolean;
}) {
  return (
    <nav aria-label="Pages" className="mt-3 flex justify-end gap-2">
      {isLater && (
        <ButtonLink href={buildHref('/admin/events', filters)} size="sm">
          Newest
        </ButtonLink>
      )}
      {last && (
        <ButtonLink
          size="sm"
          href={buildHref('/admin/events', {
            ...filters,
            before: `${last.at.toISOString()},${last.id}`,
          })}
        >
          Older
        </ButtonLink>
      )}
    </nav>
  );
}

export async function generateMetadata({
  searchParams,
}: {
  searchParams: Parameters;
}): Promise<Metadata> {
  const { trace } = await readParameters(searchParams);
  return { title: trace ? 'The whole story' : 'Events' };
}
