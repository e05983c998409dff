// The domains whose mail this server takes (Postfix: mydestination, virtual_mailbox_domains).
import { Globe } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { QuotaBar } from '#components/admin/quota-bar.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatBytes, formatCount, formatExactBytes, formatPlural } from '#components/ui/format.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { countActiveKeys } from '#lib/accounts/dkim-key.ts';
import { type ListedDomain, listDomains } from '#lib/accounts/domain.ts';
import { idsOf } from '#lib/accounts/staff.ts';
import { requireStaff } from '../../../session.ts';
import { buildHref } from '../../parameters.ts';
import { AddDomain, EditDomain } from './domain-forms.tsx';

export const metadata: Metadata = { title: 'Domains' };

export default async function DomainsPage() {
  const staff = await requireStaff('domains');
  const isSuper = staff.role === 'admin';
  const [domains, activeKeys] = await Promise.all([
    listDomains(idsOf(staff.scope)),
    countActiveKeys(),
  ]);
  const whole = domains.filter(({ aliasOf }) => aliasOf === '').map(({ name }) => name);
  return (
    <>
      <PageHeader
        title="Domains"
        description={
          isSuper
            ? 'This server takes mail for addresses in these domains, and for no others.'
            : 'The domains that you look after.'
        }
        action={isSuper && <AddDomain others={whole} />}
      />
      {domains.length === 0 ? (
        <div className="rounded-lg border bg-surface">
          <EmptyState icon={<Globe />} title="No domain yet" action={isSuper && <AddDomain />}>
            Without a domain, the server takes no mail. Add the part after the @ of your addresses.
          </EmptyState>
        </div>
      ) : (
        <Table label="Domains">
          <TableHead>
            <Th>Domain</Th>
            <Th className="text-right">Users</Th>
            <Th className="text-right">Aliases</Th>
            <Th className="hidden md:table-cell">Storage</Th>
            <Th className="hidden lg:table-cell">Messages</Th>
            <Th className="hidden sm:table-cell">Added</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </TableHead>
          <TableBody>
            {domains.map((domain) => (
              <TableRow key={domain.id}>
                <Td className="max-w-0 w-full">
                  <span className="flex items-center gap-2">
                    <Link
                      href={`/admin/domains/${domain.name}`}
                      className="truncate font-medium hover:underline"
                    >
                      {domain.name}
                    </Link>
                    {activeKeys.has(domain.name) && (
                      <Badge tone="ok" className="hidden sm:inline-flex">
                        signed
                      </Badge>
                    )}
                    {domain.isDisabled && <Badge tone="warn">off</Badge>}
                    {domain.elsewhere && <Badge tone="info">passed on</Badge>}
                    {domain.archive && <Badge tone="info">archived</Badge>}
                  </span>
                  {domain.aliasOf && (
                    <span className="block truncate text-sm text-muted">
                      alias of {domain.aliasOf}
                    </span>
                  )}
                  {domain.comment && (
                    <span className="block truncate text-sm text-muted">{domain.comment}</span>
                  )}
                </Td>
                <Td className="text-right tabular-nums">
                  <CountLink path="/admin/users" domain={domain.name} count={domain.accounts} />
                </Td>
                <Td className="text-right tabular-nums">
                  <CountLink path="/admin/aliases" domain={domain.name} count={domain.aliases} />
                </Td>
                <Td className="hidden md:table-cell">
                  <QuotaBar used={domain.usedBytes} limit={domain.quotaBytes} />
                </Td>
                <Td className="hidden lg:table-cell">
                  <QuotaBar
                    used={domain.usedMessages}
                    limit={domain.quotaMessages}
                    unit="messages"
                  />
                </Td>
                <Td className="hidden whitespace-nowrap text-muted sm:table-cell">
                  <Time at={domain.createdAt} />
                </Td>
                <Td className="text-right">
                  {isSuper && (
                    <EditDomain
                      name={domain.name}
                      comment={domain.comment}
                      isDisabled={domain.isDisabled}
                      isEmpty={domain.accounts + domain.aliases === 0}
                      quotaText={domain.quotaBytes ? formatExactBytes(domain.quotaBytes) : ''}
                      messagesText={domain.quotaMessages ? formatCount(domain.quotaMessages) : ''}
                      useText={describeUse(domain)}
                      aliasOf={domain.aliasOf}
                      archive={domain.archive}
                      elsewhere={domain.elsewhere}
                      others={whole.filter((name) => name !== domain.name)}
                    />
                  )}
                </Td>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </>
  );
}

function describeUse({ usedBytes, usedMessages }: ListedDomain): string {
  return `${formatBytes(usedBytes)} in ${formatPlural(usedMessages, 'message')}`;
}

function CountLink({ path, domain, count }: { path: string; domain: string; count: number }) {
  return (
    <Link href={buildHref(path, { domain })} className="text-accent-text hover:underline">
      {formatCount(count)}
    </Link>
  );
}
