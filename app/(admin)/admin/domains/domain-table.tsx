// The domains as a table: how each stands in the DNS, who has an address in it, and how full it is.
import Link from 'next/link';
import { QuotaBar } from '#components/admin/quota-bar.tsx';
import { SelectAllTh, SelectTd } from '#components/admin/table/selection.tsx';
import { SortTh } from '#components/admin/table/sort-th.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { formatBytes, formatCount, formatExactBytes, formatPlural } from '#components/ui/format.ts';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { DomainOrder, ListedDomain } from '#lib/accounts/domain-list.ts';
import type { ListState } from '../../list-state.ts';
import { buildHref } from '../../parameters.ts';
import { DnsVerdict } from './dns-verdict.tsx';
import { EditDomain } from './domain-forms.tsx';

export function DomainTable({
  domains,
  list,
  signed,
  isSuper,
}: {
  domains: ListedDomain[];
  list: ListState<DomainOrder>;
  /** Names of domains with a key that signs */
  signed: { has(name: string): boolean };
  /** Chooses and edits them. */
  isSuper: boolean;
}) {
  return (
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
            <NameTd domain={domain} isSigned={signed.has(domain.name)} />
            <FigureTds domain={domain} />
            <Td className="text-right">{isSuper && <EditButton domain={domain} />}</Td>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** With what a phone has no columns for. */
function NameTd({ domain, isSigned }: { domain: ListedDomain; isSigned: boolean }) {
  return (
    <Td className="max-w-0 w-full">
      <span className="flex flex-wrap items-center gap-x-2">
        <Link
          href={`/admin/domains/${domain.name}`}
          className="truncate font-medium hover:underline"
        >
          {domain.name}
        </Link>
        {isSigned && (
          <Badge tone="ok" className="hidden sm:inline-flex">
            signed
          </Badge>
        )}
        {domain.isDisabled && <Badge tone="warn">off</Badge>}
        {domain.elsewhere && <Badge tone="info">passed on</Badge>}
        {domain.archive && <Badge tone="info">archived</Badge>}
      </span>
      {domain.aliasOf && (
        <span className="block truncate text-sm text-muted">alias of {domain.aliasOf}</span>
      )}
      {domain.comment && (
        <span className="block truncate text-sm text-muted">{domain.comment}</span>
      )}
      <span className="block text-sm text-muted sm:hidden">
        {formatPlural(domain.accounts, 'user')}, {formatPlural(domain.aliases, 'alias', 'aliases')}
      </span>
      {domain.dns.wrong > 0 && (
        <span className="block truncate text-sm sm:hidden">
          <DnsVerdict domain={domain} isShort />
        </span>
      )}
    </Td>
  );
}

function FigureTds({ domain }: { domain: ListedDomain }) {
  return (
    <>
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
        <QuotaBar used={domain.usedMessages} limit={domain.quotaMessages} unit="messages" />
      </Td>
      <Td className="hidden whitespace-nowrap text-muted sm:table-cell">
        <Time at={domain.createdAt} />
      </Td>
    </>
  );
}

function EditButton({ domain }: { domain: ListedDomain }) {
  return (
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
