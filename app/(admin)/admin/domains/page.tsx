// The domains whose mail this server takes (Postfix: mydestination, virtual_mailbox_domains).
import { Globe } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { QuotaBar } from '#components/admin/quota-bar.tsx';
import { ListHeader } from '#components/admin/table/list-header.tsx';
import { Pager } from '#components/admin/table/pager.tsx';
import { SelectAllTh, Selection, SelectTd } from '#components/admin/table/selection.tsx';
import { SortTh } from '#components/admin/table/sort-th.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatBytes, formatCount, formatExactBytes, formatPlural } from '#components/ui/format.ts';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { countActiveKeys } from '#lib/accounts/dkim-key.ts';
import {
  type DomainOrder,
  domainOrders,
  type ListedDomain,
  listDomainPage,
  readDomains,
} from '#lib/accounts/domain-list.ts';
import { idsOf } from '#lib/accounts/staff.ts';
import { readSetting } from '#lib/settings/index.ts';
import { requireStaff } from '../../../session.ts';
import { ListChoice } from '../../list-choice.tsx';
import { readListState } from '../../list-state.ts';
import { buildHref, type Parameters, readParameters } from '../../parameters.ts';
import { BulkDomains } from './bulk-domains.tsx';
import { DnsVerdict } from './dns-verdict.tsx';
import { AddDomain, EditDomain, KnownDomains } from './domain-forms.tsx';
import { dnsTexts, filterNames, readFilter, stateTexts } from './filter.ts';

export const metadata: Metadata = { title: 'Domains' };

export default async function DomainsPage({ searchParams }: { searchParams: Parameters }) {
  const staff = await requireStaff('domains');
  const isSuper = staff.role === 'admin';
  const parameters = await readParameters(searchParams);
  const list = readListState('/admin/domains', parameters, {
    orders: Object.keys(domainOrders) as DomainOrder[],
    initial: 'name',
    filters: filterNames,
  });
  const pageSize = await readSetting('web.pageSize');
  const [page, activeKeys, all] = await Promise.all([
    listDomainPage({ ...readFilter(parameters), ...list, ids: idsOf(staff.scope), pageSize }),
    countActiveKeys(),
    isSuper ? readDomains() : [],
  ]);
  const domains = page.rows;
  const { q = '', state = '', dns = '' } = parameters;
  const filter = { q, state, dns };
  const isFiltered = Object.values(filter).some((value) => value !== '');
  const whole = all.filter(({ aliasOf }) => aliasOf === '').map(({ name }) => name);
  return (
    <KnownDomains names={whole}>
      <ListHeader
        title="Domains"
        description={
          isSuper
            ? 'This server takes mail for addresses in these domains, and for no others.'
            : 'The domains that you look after.'
        }
        total={page.total}
        isTotalCut={page.isTotalCut}
        isFiltered={isFiltered}
        exportHref={buildHref('/admin/domains/export', filter)}
      >
        {isSuper && <AddDomain />}
      </ListHeader>
      {(domains.length > 0 || isFiltered) && (
        <SearchForm action="/admin/domains" label="Search name or comment" initial={q}>
          <ListChoice
            name="state"
            value={state}
            label="State"
            all="All states"
            options={Object.entries(stateTexts)}
          />
          <ListChoice
            name="dns"
            value={dns}
            label="DNS"
            all="Any DNS"
            options={Object.entries(dnsTexts)}
          />
        </SearchForm>
      )}
      {isFiltered && domains.length === 0 ? (
        <EmptyState
          isBoxed
          icon={<Globe />}
          title="No domain fits"
          action={<ButtonLink href="/admin/domains">Show all domains</ButtonLink>}
        />
      ) : domains.length === 0 ? (
        <EmptyState
          isBoxed
          icon={<Globe />}
          title="No domain yet"
          action={isSuper && <AddDomain />}
        >
          Without a domain, the server takes no mail. Add the part after the @ of your addresses.
        </EmptyState>
      ) : (
        <Selection ids={domains.map(({ id }) => id)} {...page}>
          <BulkDomains filter={filter} />
          <Table label="Domains">
            <TableHead>
              {isSuper && <SelectAllTh />}
              <SortTh order="name" list={list}>
                Domain
              </SortTh>
              <SortTh order="dns" list={list} isFallingFirst className="hidden sm:table-cell">
                DNS
              </SortTh>
              <Th className="hidden text-right sm:table-cell">Users</Th>
              <Th className="hidden text-right sm:table-cell">Aliases</Th>
              <Th className="hidden md:table-cell">Storage</Th>
              <Th className="hidden lg:table-cell">Messages</Th>
              <SortTh order="added" list={list} isFallingFirst className="hidden sm:table-cell">
                Added
              </SortTh>
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            </TableHead>
            <TableBody>
              {domains.map((domain) => (
                <TableRow key={domain.id}>
                  {isSuper && <SelectTd id={domain.id} label={domain.name} />}
                  <Td className="max-w-0 w-full">
                    <span className="flex flex-wrap items-center gap-x-2">
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
                    <span className="block text-sm text-muted sm:hidden">
                      {formatPlural(domain.accounts, 'user')},{' '}
                      {formatPlural(domain.aliases, 'alias', 'aliases')}
                    </span>
                    {domain.dns.wrong > 0 && (
                      <span className="block truncate text-sm sm:hidden">
                        <DnsVerdict domain={domain} isShort />
                      </span>
                    )}
                  </Td>
                  <Td className="hidden whitespace-nowrap sm:table-cell">
                    <DnsVerdict domain={domain} />
                  </Td>
                  <Td className="hidden text-right tabular-nums sm:table-cell">
                    <CountLink
                      path="/admin/users"
                      domain={domain.name}
                      count={domain.accounts}
                      most={domain.maxUsers}
                    />
                  </Td>
                  <Td className="hidden text-right tabular-nums sm:table-cell">
                    <CountLink
                      path="/admin/aliases"
                      domain={domain.name}
                      count={domain.aliases}
                      most={domain.maxAliases}
                    />
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
                        messagesText={writeCount(domain.quotaMessages)}
                        usersText={writeCount(domain.maxUsers)}
                        aliasesText={writeCount(domain.maxAliases)}
                        useText={describeUse(domain)}
                        aliasOf={domain.aliasOf}
                        archive={domain.archive}
                        elsewhere={domain.elsewhere}
                      />
                    )}
                  </Td>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Selection>
      )}
      <Pager page={page} list={list} pageSize={pageSize} />
    </KnownDomains>
  );
}

function describeUse({ usedBytes, usedMessages }: ListedDomain): string {
  return `${formatBytes(usedBytes)} in ${formatPlural(usedMessages, 'message')}`;
}

/** A limit as it is edited. */
function writeCount(limit: number): string {
  return limit > 0 ? formatCount(limit) : '';
}

function CountLink({
  path,
  domain,
  count,
  most,
}: {
  path: string;
  domain: string;
  count: number;
  /** 0: no limit */
  most: number;
}) {
  return (
    <>
      <Link href={buildHref(path, { domain })} className="text-accent-text hover:underline">
        {formatCount(count)}
      </Link>
      {most > 0 && (
        <span className="block text-sm whitespace-nowrap text-muted">
          at most {formatCount(most)}
        </span>
      )}
    </>
  );
}
