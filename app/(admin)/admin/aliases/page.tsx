// Aliases: one address for others, here or outside (Postfix: virtual_alias_maps).
import { ArrowRight, AtSign } from 'lucide-react';
import type { Metadata } from 'next';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Select } from '#components/ui/input.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { type Alias, listAliases } from '#lib/accounts/alias.ts';
import { listDomains } from '#lib/accounts/domain.ts';
import { idsOf } from '#lib/accounts/staff.ts';
import { readSetting } from '#lib/settings/index.ts';
import { requireStaff } from '../../../session.ts';
import { buildHref, type Parameters, readPage, readParameters } from '../../parameters.ts';
import { AddAlias, EditAlias } from './alias-forms.tsx';

export const metadata: Metadata = { title: 'Aliases' };

const shownTargets = 3;
const posterTexts = { anyone: '', inside: 'from users here', members: 'from members' };

export default async function AliasesPage({ searchParams }: { searchParams: Parameters }) {
  const staff = await requireStaff('aliases');
  const domainIds = idsOf(staff.scope);
  const { q = '', domain = '', page: pageText } = await readParameters(searchParams);
  const page = readPage(pageText);
  const [aliases, domains, pageSize] = await Promise.all([
    listAliases({ search: q, domain, domainIds }),
    listDomains(domainIds),
    readSetting('web.pageSize'),
  ]);
  const names = domains.map(({ name }) => name);
  const rows = aliases.slice((page - 1) * pageSize, page * pageSize);
  const isFiltered = q !== '' || domain !== '';
  return (
    <>
      <PageHeader
        title="Aliases"
        description="An alias hands its mail on to one or more addresses, here or outside. A catch-all takes what no other address of its domain takes."
        action={names.length > 0 && <AddAlias domains={names} domain={domain} />}
      />
      {(aliases.length > 0 || isFiltered) && (
        <SearchForm action="/admin/aliases" label="Search alias, target or comment" initial={q}>
          {names.length > 1 && (
            <Select name="domain" defaultValue={domain} aria-label="Domain" className="w-44">
              <option value="">All domains</option>
              {names.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </SearchForm>
      )}
      {rows.length === 0 ? (
        <div className="rounded-lg border bg-surface">
          <NoAliases isFiltered={isFiltered} domains={names} />
        </div>
      ) : (
        <AliasTable rows={rows} />
      )}
      <Pagination
        page={page}
        pageSize={pageSize}
        total={aliases.length}
        hrefOf={(to) => buildHref('/admin/aliases', { q, domain, page: to })}
      />
    </>
  );
}

function AliasTable({ rows }: { rows: Alias[] }) {
  return (
    <Table label="Aliases">
      <TableHead>
        <Th>Alias</Th>
        <Th className="hidden sm:table-cell">Goes to</Th>
        <Th>
          <span className="sr-only">Actions</span>
        </Th>
      </TableHead>
      <TableBody>
        {rows.map((alias) => (
          <TableRow key={alias.id}>
            <Td className="w-full max-w-0 sm:w-1/2">
              <span className="flex flex-wrap items-center gap-x-2">
                <span className="truncate font-medium">{alias.address}</span>
                {alias.address.startsWith('@') && <Badge tone="info">catch-all</Badge>}
                {alias.isPattern && <Badge tone="info">wildcard</Badge>}
                {alias.posters !== 'anyone' && <Badge>{posterTexts[alias.posters]}</Badge>}
                {alias.isDisabled && <Badge tone="warn">off</Badge>}
              </span>
              {alias.comment && (
                <span className="block truncate text-sm text-muted">{alias.comment}</span>
              )}
              <div className="sm:hidden">
                <Targets targets={alias.targets} />
              </div>
            </Td>
            <Td className="hidden w-1/2 max-w-0 sm:table-cell">
              <Targets targets={alias.targets} />
            </Td>
            <Td className="text-right">
              <EditAlias
                address={alias.address}
                targets={alias.targets}
                comment={alias.comment}
                posters={alias.posters}
                isDisabled={alias.isDisabled}
              />
            </Td>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Targets({ targets }: { targets: string[] }) {
  return (
    <>
      {targets.slice(0, shownTargets).map((target) => (
        <span key={target} className="flex items-center gap-1.5">
          <ArrowRight aria-hidden className="size-3.5 shrink-0 text-faint" />
          <span className="truncate">{target}</span>
        </span>
      ))}
      {targets.length > shownTargets && (
        <span className="pl-5 text-sm text-muted">and {targets.length - shownTargets} more</span>
      )}
    </>
  );
}

function NoAliases({ isFiltered, domains }: { isFiltered: boolean; domains: string[] }) {
  if (isFiltered) {
    return (
      <EmptyState
        icon={<AtSign />}
        title="No alias fits"
        action={<ButtonLink href="/admin/aliases">Show all aliases</ButtonLink>}
      />
    );
  }
  return (
    <EmptyState
      icon={<AtSign />}
      title="No alias yet"
      action={
        domains.length > 0 ? (
          <AddAlias domains={domains} />
        ) : (
          <ButtonLink href="/admin/domains">Add a domain first</ButtonLink>
        )
      }
    >
      Useful first ones: postmaster and abuse, which every mail domain should have.
    </EmptyState>
  );
}
