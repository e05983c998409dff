// The overview of those who look after some domains: their figures and what happened last to their mail.
import { Globe } from 'lucide-react';
import Link from 'next/link';
import { AutoRefresh } from '#components/admin/auto-refresh.tsx';
import { DomainMail } from '#components/admin/domain-mail.tsx';
import { EventList } from '#components/admin/event-list.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { countAccounts } from '#lib/accounts/account-list.ts';
import { countAliases } from '#lib/accounts/alias-list.ts';
import { mayRole } from '#lib/accounts/permission.ts';
import { roleTexts } from '#lib/accounts/role.ts';
import { idsOf, namesOf, type Staff } from '#lib/accounts/staff.ts';
import { listDomainMail } from '#lib/numbers/domain-mail.ts';
import { listQueue } from '#lib/queue/entries.ts';
import { listHeldSenders } from '#lib/queue/sending-hold.ts';
import { searchEvents } from '#lib/trail/list.ts';
import { Figure } from './figure.tsx';
import { HeldSenders } from './users/held-senders.tsx';

/** A quiet domain has its last events far back. */
const mostScanned = 100_000;

const mailDays = 30;
const mostDomains = 100;

export async function OwnDomains({ staff }: { staff: Staff }) {
  const [domainIds, domains] = [idsOf(staff.scope), namesOf(staff.scope) ?? []];
  const may = (permission: Parameters<typeof mayRole>[1]) => mayRole(staff.role, permission);
  const [users, aliases, queue, { events }, heldSenders, mail] = await Promise.all([
    countAccounts({ kind: 'person', domainIds }),
    may('aliases') ? countAliases({ domainIds }) : { total: 0 },
    may('queue') ? listQueue({ domainIds, pageSize: 1 }) : { total: 0 },
    searchEvents({ domains, pageSize: 8 }, mostScanned),
    may('users') ? listHeldSenders(domainIds) : [],
    listDomainMail(mailDays, mostDomains, domains),
  ]);
  return (
    <>
      <AutoRefresh seconds={15} />
      <PageHeader title={roleTexts[staff.role]} description={domains.join(', ')} />
      {domains.length === 0 && (
        <EmptyState isBoxed className="mb-6" icon={<Globe />} title="No domain to look after">
          A super admin says which domains are yours.
        </EmptyState>
      )}
      <HeldSenders senders={heldSenders} staff={staff} />
      <div className="mb-6 grid grid-cols-2 gap-3 lg:grid-cols-4">
        {may('queue') && (
          <Figure href="/admin/queue" value={queue.total} label="waiting in the queue" />
        )}
        <Figure href="/admin/users" value={users.total} label="users" />
        {may('domains') && <Figure href="/admin/domains" value={domains.length} label="domains" />}
        {may('aliases') && <Figure href="/admin/aliases" value={aliases.total} label="aliases" />}
      </div>
      {mail.length > 0 && (
        <Section title="Mail" description={`Copies of the last ${mailDays} days.`}>
          <DomainMail label="Mail of your domains" rows={mail} />
        </Section>
      )}
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
            <EmptyState title="Nothing has happened yet" />
          ) : (
            <EventList events={events} hasTraceLinks />
          )}
        </div>
      </Section>
    </>
  );
}
