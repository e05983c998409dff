// Overview: what runs, what waits, what happened last, and what is still to do.
import { CircleAlert, CircleCheck } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { AutoRefresh } from '#components/admin/auto-refresh.tsx';
import { EventList } from '#components/admin/event-list.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatCount, formatPlural } from '#components/ui/format.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { countAccounts } from '#lib/accounts/account-list.ts';
import { countAliases } from '#lib/accounts/alias-list.ts';
import { countDomains } from '#lib/accounts/domain-list.ts';
import type { Staff } from '#lib/accounts/staff.ts';
import { now } from '#lib/clock.ts';
import { countQueue } from '#lib/queue/entries.ts';
import { listHeldSenders } from '#lib/queue/sending-hold.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { type Certificate, lookAtServices, readCertificate, type Service } from '../../daemon.ts';
import { requireStaff } from '../../session.ts';
import { Figure } from './figure.tsx';
import { OwnDomains } from './own-domains.tsx';
import { HeldSenders } from './users/held-senders.tsx';

export const metadata: Metadata = { title: 'Overview' };

const dayMs = 24 * 3600_000;

export default async function OverviewPage() {
  const staff = await requireStaff('overview');
  return staff.role === 'admin' ? <WholeServer admin={staff} /> : <OwnDomains staff={staff} />;
}

async function WholeServer({ admin }: { admin: Staff }) {
  const [hostname, services, certificate, queue, users, domains, aliases, events, heldSenders] =
    await Promise.all([
      serverHostname(),
      lookAtServices(),
      readCertificate(),
      countQueue(),
      countAccounts({ kind: 'person' }),
      countDomains(),
      countAliases(),
      listEvents({ pageSize: 8 }),
      listHeldSenders(),
    ]);
  const waiting = queue.queued + queue.sending;
  return (
    <>
      <AutoRefresh seconds={15} />
      <PageHeader title={hostname} description={<Summary services={services} />} />
      <HeldSenders senders={heldSenders} staff={admin} />
      <div className="mb-6 grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Figure
          href="/admin/queue"
          value={waiting}
          label="waiting in the queue"
          note={queue.held > 0 ? `${formatCount(queue.held)} held` : undefined}
        />
        <Figure href="/admin/users" value={users.total} label="users" />
        <Figure href="/admin/domains" value={domains} label="domains" />
        <Figure href="/admin/aliases" value={aliases.total} label="aliases" />
      </div>
      <div className="grid grid-cols-1 items-start gap-x-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Section
          title="Last events"
          action={
            <Link href="/admin/events" className="text-sm text-accent-text hover:underline">
              All events
            </Link>
          }
        >
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
          <Section title="Services">
            <ServiceList services={services} />
          </Section>
          <Section title="Certificate">
            <CertificateFacts certificate={certificate} />
          </Section>
        </div>
      </div>
    </>
  );
}

function Summary({ services }: { services: Service[] }) {
  const down = services.filter((service) => !service.isUp);
  if (down.length === 0) {
    return (
      <span className="inline-flex items-center gap-1.5">
        <CircleCheck aria-hidden className="size-4 text-ok-text" /> Everything runs
      </span>
    );
  }
  return (
    <span className="inline-flex items-center gap-1.5">
      <CircleAlert aria-hidden className="size-4 text-danger-text" />
      {down.length === services.length
        ? 'The mail daemon does not answer'
        : `${formatPlural(down.length, 'service does', 'services do')} not answer`}
    </span>
  );
}

function ServiceList({ services }: { services: Service[] }) {
  return (
    <ul className="-my-1.5 flex flex-col">
      {services.map((service) => (
        <li key={service.name} className="flex items-center gap-2 py-1.5">
          <span className="w-24 shrink-0 font-medium">{service.name}</span>
          <span className="min-w-0 flex-1 truncate text-sm text-muted">{service.purpose}</span>
          <span className="text-sm text-faint tabular-nums">{service.port || ''}</span>
          <Badge tone={service.isUp ? 'ok' : 'danger'}>{service.isUp ? 'runs' : 'silent'}</Badge>
        </li>
      ))}
    </ul>
  );
}

function CertificateFacts({ certificate }: { certificate: Certificate | null }) {
  if (!certificate) return <p className="text-muted">Not known: no port with TLS answers.</p>;
  const daysLeft = Math.floor((certificate.validTo.getTime() - now().getTime()) / dayMs);
  return (
    <dl className="flex flex-col gap-1.5">
      <Fact term="Name">{certificate.subject}</Fact>
      <Fact term="Issuer">
        {certificate.isSelfSigned ? (
          <>
            <Badge tone="warn">self-signed</Badge>{' '}
            <Link
              href="/admin/settings/tls"
              className="text-sm whitespace-nowrap text-accent-text hover:underline"
            >
              Use another
            </Link>
          </>
        ) : (
          certificate.issuer
        )}
      </Fact>
      <Fact term="Valid until">
        {certificate.validTo.toISOString().slice(0, 10)}{' '}
        <span className={daysLeft < 14 ? 'text-danger-text' : 'text-muted'}>
          ({formatPlural(daysLeft, 'day')})
        </span>
      </Fact>
    </dl>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex gap-2">
      <dt className="w-24 shrink-0 text-sm text-muted">{term}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}
