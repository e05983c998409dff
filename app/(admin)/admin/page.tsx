// Overview: what is wrong first, then how every part is, what happened over time, and what was changed and came last.
import type { Metadata } from 'next';
import Link from 'next/link';
import { AutoRefresh } from '#components/admin/auto-refresh.tsx';
import { EventList } from '#components/admin/event-list.tsx';
import { HealthList, HealthMark, HealthProblems } from '#components/admin/health-parts.tsx';
import { Plot } from '#components/admin/plot/plot.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatCount, formatPlural } from '#components/ui/format.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { LinkTabs } from '#components/ui/tabs.tsx';
import { Time } from '#components/ui/time.tsx';
import { countAccounts } from '#lib/accounts/account-list.ts';
import { countAliases } from '#lib/accounts/alias-list.ts';
import { countDomains } from '#lib/accounts/domain-list.ts';
import type { Staff } from '#lib/accounts/staff.ts';
import { listRevisions } from '#lib/history/revision.ts';
import { type Part, readHealth, worstOf } from '#lib/numbers/health/index.ts';
import { findRange, ranges, readTimeline } from '#lib/numbers/timeline.ts';
import { countQueue } from '#lib/queue/entries.ts';
import { listHeldSenders } from '#lib/queue/sending-hold.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { requireStaff } from '../../session.ts';
import { buildHref, type Parameters, readParameters } from '../parameters.ts';
import { CertificateEnds } from './certificate-ends.tsx';
import { Figure } from './figure.tsx';
import { OwnDomains } from './own-domains.tsx';
import { plotOf, subjects } from './statistics/subjects.ts';
import { HeldSenders } from './users/held-senders.tsx';

export const metadata: Metadata = { title: 'Overview' };

const plotted = ['mail', 'queue', 'age', 'logins', 'connections', 'disk'];

export default async function OverviewPage({ searchParams }: { searchParams: Parameters }) {
  const staff = await requireStaff('overview');
  const { range } = await readParameters(searchParams);
  return staff.role === 'admin' ? (
    <WholeServer admin={staff} rangeName={range} />
  ) : (
    <OwnDomains staff={staff} />
  );
}

async function WholeServer({ admin, rangeName }: { admin: Staff; rangeName?: string }) {
  const [hostname, parts, queue, users, domains, aliases, events, changes, heldSenders] =
    await Promise.all([
      serverHostname(),
      readHealth(),
      countQueue(),
      countAccounts({ kind: 'person' }),
      countDomains(),
      countAliases(),
      listEvents({ pageSize: 6 }),
      listRevisions({ pageSize: 6 }),
      listHeldSenders(),
    ]);
  return (
    <>
      <AutoRefresh seconds={15} />
      <PageHeader title={hostname} description={<Summary parts={parts} />} />
      <HealthProblems parts={parts} />
      <HeldSenders senders={heldSenders} staff={admin} />
      <div className="mb-6 grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Figure
          href="/admin/queue"
          value={queue.queued + queue.sending}
          label="waiting in the queue"
          note={queue.held > 0 ? `${formatCount(queue.held)} held` : undefined}
        />
        <Figure href="/admin/users" value={users.total} label="users" />
        <Figure href="/admin/domains" value={domains} label="domains" />
        <Figure href="/admin/aliases" value={aliases.total} label="aliases" />
      </div>
      <Plots rangeName={rangeName} />
      <Section title="Health" action={<MoreLink href="/admin/health">Versions and nodes</MoreLink>}>
        <HealthList parts={parts} />
      </Section>
      <div className="grid grid-cols-1 items-start gap-x-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Section title="Last events" action={<MoreLink href="/admin/events">All events</MoreLink>}>
          <div className="-m-4">
            {events.length === 0 ? (
              <EmptyState title="Nothing has happened yet">
                Messages and sign-ins appear here within a second.
              </EmptyState>
            ) : (
              <EventList events={events} hasTraceLinks />
            )}
          </div>
        </Section>
        <div>
          <Section
            title="Certificates"
            action={<MoreLink href="/admin/certificates">All of them</MoreLink>}
          >
            <CertificateEnds />
          </Section>
          <Section title="Last changes" action={<MoreLink href="/admin/history">History</MoreLink>}>
            {changes.length === 0 ? (
              <p className="text-muted">Nothing has been changed yet.</p>
            ) : (
              <ul className="-my-2 divide-y">
                {changes.map(({ id, at, by, subject, before, after }) => (
                  <li key={id} className="py-2">
                    <p className="break-words">
                      {subject}
                      <span className="text-muted">{describeChange(before, after)}</span>
                    </p>
                    <p className="text-sm break-words text-muted">
                      <Time at={at} /> · {by}
                    </p>
                  </li>
                ))}
              </ul>
            )}
          </Section>
        </div>
      </div>
    </>
  );
}

async function Plots({ rangeName }: { rangeName?: string }) {
  const range = findRange(rangeName);
  const timeline = await readTimeline(range);
  return (
    <section aria-label="Over time" className="mb-6 rounded-lg border bg-surface">
      <div className="flex flex-wrap items-end justify-between gap-x-4 px-4 pt-1">
        <LinkTabs
          label="Time"
          active={range.name}
          items={ranges.slice(0, 4).map(({ name, title }) => ({
            id: name,
            label: title,
            href: buildHref('/admin', { range: name }),
          }))}
        />
        <span className="py-2">
          <MoreLink href={buildHref('/admin/statistics', { range: range.name })}>
            Statistics
          </MoreLink>
        </span>
      </div>
      <div className="grid gap-x-8 gap-y-6 border-t p-4 md:grid-cols-2">
        {subjects
          .filter(({ name }) => plotted.includes(name))
          .map((subject) => (
            <div key={subject.name} className="min-w-0">
              <h2 className="mb-1 font-semibold">
                <Link
                  href={buildHref('/admin/statistics', {
                    subject: subject.name,
                    range: range.name,
                  })}
                  className="hover:underline"
                >
                  {subject.title}
                </Link>
              </h2>
              <Plot {...plotOf(subject, timeline)} />
            </div>
          ))}
      </div>
    </section>
  );
}

function MoreLink({ href, children }: { href: string; children: string }) {
  return (
    <Link href={href} className="text-sm text-accent-text hover:underline">
      {children}
    </Link>
  );
}

function describeChange(before: object | null, after: object | null): string {
  if (before === null) return ' added';
  return after === null ? ' removed' : ' changed';
}

function Summary({ parts }: { parts: Part[] }) {
  const bad = parts.filter(({ colour }) => colour !== 'green').length;
  const worst = worstOf(parts);
  return (
    <span className="inline-flex items-center gap-1.5">
      <HealthMark colour={worst} />
      {bad === 0
        ? 'Everything works'
        : `${formatPlural(bad, 'part wants', 'parts want')} ${worst === 'red' ? 'somebody now' : 'a look'}`}
    </span>
  );
}
