// Aliases: one address for others, here or outside (Postfix: virtual_alias_maps).
import { ArrowRight, AtSign } from 'lucide-react';
import type { Metadata } from 'next';
import { ListHeader } from '#components/admin/table/list-header.tsx';
import { Pager } from '#components/admin/table/pager.tsx';
import { SelectAllTh, Selection, SelectTd } from '#components/admin/table/selection.tsx';
import { SortTh } from '#components/admin/table/sort-th.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import type { Alias } from '#lib/accounts/alias.ts';
import { type AliasOrder, aliasOrders, listAliasPage } from '#lib/accounts/alias-list.ts';
import { listDomainNames } from '#lib/accounts/domain-list.ts';
import { idsOf, namesOf } from '#lib/accounts/staff.ts';
import { readSetting } from '#lib/settings/index.ts';
import { requireStaff } from '../../../session.ts';
import { ListChoice } from '../../list-choice.tsx';
import { type ListState, readListState } from '../../list-state.ts';
import { buildHref, type Parameters, readParameters } from '../../parameters.ts';
import { AddAlias, EditAlias } from './alias-forms.tsx';
import { BulkAliases } from './bulk-aliases.tsx';
import { filterNames, readFilter, stateTexts } from './filter.ts';

export const metadata: Metadata = { title: 'Aliases' };

const shownTargets = 3;
const posterTexts = { anyone: '', inside: 'from users here', members: 'from members' };

export default async function AliasesPage({ searchParams }: { searchParams: Parameters }) {
  const staff = await requireStaff('aliases');
  const domainIds = idsOf(staff.scope);
  const parameters = await readParameters(searchParams);
  const list = readListState('/admin/aliases', parameters, {
    orders: Object.keys(aliasOrders) as AliasOrder[],
    initial: 'address',
    filters: filterNames,
  });
  const pageSize = await readSetting('web.pageSize');
  const [page, names] = await Promise.all([
    listAliasPage({ ...readFilter(parameters), ...list, domainIds, pageSize }),
    namesOf(staff.scope) ?? listDomainNames(),
  ]);
  const { rows } = page;
  const chosen = Object.fromEntries(filterNames.map((name) => [name, parameters[name] ?? '']));
  const { q = '', domain = '', state = '' } = chosen;
  const isFiltered = [q, domain, state].some((text) => text !== '');
  return (
    <>
      <ListHeader
        title="Aliases"
        description="An alias hands its mail on to one or more addresses, here or outside. A catch-all takes what no other address of its domain takes."
        total={page.total}
        isTotalCut={page.isTotalCut}
        isFiltered={isFiltered}
        exportHref={buildHref('/admin/aliases/export', chosen)}
      >
        {names.length > 0 && <AddAlias domains={names} domain={domain} />}
      </ListHeader>
      {(rows.length > 0 || isFiltered) && (
        <SearchForm action="/admin/aliases" label="Search alias, target or comment" initial={q}>
          {names.length > 1 && (
            <ListChoice
              name="domain"
              value={domain}
              label="Domain"
              all="All domains"
              options={names.map((name) => [name, name])}
            />
          )}
          <ListChoice
            name="state"
            value={state}
            label="State"
            all="On and off"
            options={Object.entries(stateTexts)}
          />
        </SearchForm>
      )}
      {rows.length === 0 ? (
        <NoAliases isFiltered={isFiltered} domains={names} />
      ) : (
        <Selection ids={rows.map(({ id }) => id)} {...page}>
          <BulkAliases filter={chosen} />
          <AliasTable rows={rows} list={list} />
        </Selection>
      )}
      <Pager page={page} list={list} pageSize={pageSize} />
    </>
  );
}

function AliasTable({ rows, list }: { rows: Alias[]; list: ListState<AliasOrder> }) {
  return (
    <Table label="Aliases">
      <TableHead>
        <SelectAllTh />
        <SortTh order="address" list={list}>
          Alias
        </SortTh>
        <Th className="hidden sm:table-cell">Goes to</Th>
        <Th>
          <span className="sr-only">Actions</span>
        </Th>
      </TableHead>
      <TableBody>
        {rows.map((alias) => (
          <TableRow key={alias.id}>
            <SelectTd id={alias.id} label={alias.address} />
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
        isBoxed
        icon={<AtSign />}
        title="No alias fits"
        action={<ButtonLink href="/admin/aliases">Show all aliases</ButtonLink>}
      />
    );
  }
  return (
    <EmptyState
      isBoxed
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
