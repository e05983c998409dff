// The domains whose mail this server takes (Postfix: mydestination, virtual_mailbox_domains).
import { Globe } from 'lucide-react';
import type { Metadata } from 'next';
import { ListHeader } from '#components/admin/table/list-header.tsx';
import { Pager } from '#components/admin/table/pager.tsx';
import { Selection } from '#components/admin/table/selection.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { countActiveKeys } from '#lib/accounts/dkim-key.ts';
import {
  type DomainOrder,
  domainOrders,
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
import { AddDomain, KnownDomains } from './domain-forms.tsx';
import { DomainTable } from './domain-table.tsx';
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
          <DomainTable domains={domains} list={list} signed={activeKeys} isSuper={isSuper} />
        </Selection>
      )}
      <Pager page={page} list={list} pageSize={pageSize} />
    </KnownDomains>
  );
}
