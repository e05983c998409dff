// The directory that users share: entries beside users, shared mailboxes and groups, and the LDAP server.
import { BookUser } from 'lucide-react';
import type { Metadata } from 'next';
import { ListHeader } from '#components/admin/table/list-header.tsx';
import { Pager } from '#components/admin/table/pager.tsx';
import { SelectAllTh, Selection, SelectTd } from '#components/admin/table/selection.tsx';
import { SortSelect } from '#components/admin/table/sort-select.tsx';
import { SortTh } from '#components/admin/table/sort-th.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { readDomains } from '#lib/accounts/domain-list.ts';
import {
  type EntryOrder,
  entryOrders,
  type ListedEntry,
  listEntryPage,
} from '#lib/contacts/directory-list.ts';
import { readSettings } from '#lib/settings/index.ts';
import { requireAdmin } from '../../../session.ts';
import { ListChoice } from '../../list-choice.tsx';
import { type ListState, readListState } from '../../list-state.ts';
import { buildHref, type Parameters, readParameters } from '../../parameters.ts';
import { BulkEntries } from './bulk-entries.tsx';
import { AddEntry, EditEntry, RemoveEntry, TestLdap } from './entry-forms.tsx';
import { filterNames, readFilter } from './filter.ts';

export const metadata: Metadata = { title: 'Directory' };

const orderTexts = {
  name: 'by name',
  address: 'by address',
  organization: 'by organization',
  added: 'by day',
};

export default async function DirectoryPage({ searchParams }: { searchParams: Parameters }) {
  await requireAdmin();
  const parameters = await readParameters(searchParams);
  const list = readListState('/admin/directory', parameters, {
    orders: Object.keys(entryOrders) as EntryOrder[],
    initial: 'name',
    filters: filterNames,
  });
  const [domains, settings] = await Promise.all([readDomains(), readSettings()]);
  const pageSize = settings['web.pageSize'];
  const page = await listEntryPage({ ...readFilter(parameters), ...list, pageSize });
  const { rows } = page;
  const chosen = Object.fromEntries(filterNames.map((name) => [name, parameters[name] ?? '']));
  const { q = '', domain = '' } = chosen;
  const names = domains.filter(({ aliasOf }) => aliasOf === '').map(({ name }) => name);
  const isFiltered = q !== '' || domain !== '';
  const ldap = settings['directory.ldapUrl'];
  return (
    <>
      <ListHeader
        title="Directory"
        description="Users find one another, shared mailboxes and groups in their webmail. Entries here stand beside them: people outside, offices, whoever has no mailbox on this server."
        total={page.total}
        isTotalCut={page.isTotalCut}
        isFiltered={isFiltered}
        exportHref={buildHref('/admin/directory/export', chosen)}
      >
        {names.length > 0 && <AddEntry domains={names} domain={domain} />}
      </ListHeader>
      <div className="mb-4 flex flex-wrap items-end justify-between gap-4 rounded-lg border bg-surface p-4">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={settings['directory.isShown'] ? 'ok' : 'warn'}>
            {settings['directory.isShown'] ? 'shown' : 'hidden'}
          </Badge>
          {settings['directory.scope'] === 'all'
            ? 'Users see all domains of this server.'
            : 'Users see their own domain.'}
          {ldap && <span className="font-mono text-sm text-muted">{ldap}</span>}
          <ButtonLink href="/admin/settings/directory" size="sm">
            Settings
          </ButtonLink>
        </p>
        {ldap && <TestLdap />}
      </div>
      {(rows.length > 0 || isFiltered) && (
        <SearchForm
          action="/admin/directory"
          label="Search name, address or organization"
          initial={q}
        >
          {names.length > 1 && (
            <ListChoice
              name="domain"
              value={domain}
              label="Domain"
              all="All domains"
              options={names.map((name) => [name, name])}
            />
          )}
          <SortSelect list={list} texts={orderTexts} />
        </SearchForm>
      )}
      {rows.length === 0 ? (
        <EmptyState
          isBoxed
          icon={<BookUser />}
          title={isFiltered ? 'No entry fits' : 'No entries yet'}
          action={isFiltered && <ButtonLink href="/admin/directory">Show all entries</ButtonLink>}
        >
          {isFiltered ? undefined : 'Users, shared mailboxes and groups need none.'}
        </EmptyState>
      ) : (
        <Selection ids={rows.map(({ id }) => id)} {...page}>
          <BulkEntries filter={chosen} />
          <EntryTable rows={rows} list={list} hasDomains={names.length > 1} />
        </Selection>
      )}
      <Pager page={page} list={list} pageSize={pageSize} />
    </>
  );
}

function EntryTable({
  rows,
  list,
  hasDomains,
}: {
  rows: ListedEntry[];
  list: ListState<EntryOrder>;
  hasDomains: boolean;
}) {
  return (
    <Table label="Entries of the directory">
      <TableHead>
        <SelectAllTh />
        <SortTh order="name" list={list}>
          Name
        </SortTh>
        <SortTh order="organization" list={list} className="hidden sm:table-cell">
          Organization
        </SortTh>
        {hasDomains && <Th className="hidden md:table-cell">Domain</Th>}
        <SortTh order="added" list={list} isFallingFirst className="hidden lg:table-cell">
          Added
        </SortTh>
        <Th>
          <span className="sr-only">Actions</span>
        </Th>
      </TableHead>
      <TableBody>
        {rows.map((entry) => (
          <TableRow key={entry.id}>
            <SelectTd id={entry.id} label={entry.name || entry.address} />
            <Td className="w-full max-w-0">
              <span className="block truncate font-medium">{entry.name || entry.address}</span>
              <span className="block truncate text-sm text-muted">
                {[entry.address, entry.phone, entry.note].filter(Boolean).join(' · ')}
              </span>
            </Td>
            <Td className="hidden whitespace-nowrap sm:table-cell">{entry.organization}</Td>
            {hasDomains && <Td className="hidden md:table-cell">{entry.domain}</Td>}
            <Td className="hidden whitespace-nowrap text-muted lg:table-cell">
              <Time at={entry.createdAt} />
            </Td>
            <Td className="text-right">
              <span className="flex justify-end gap-1.5">
                <EditEntry entry={entry} />
                <RemoveEntry entry={entry} />
              </span>
            </Td>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
