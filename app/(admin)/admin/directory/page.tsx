// The directory that users share: entries beside users, shared mailboxes and groups, and the LDAP server.
import { BookUser } from 'lucide-react';
import type { Metadata } from 'next';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Select } from '#components/ui/input.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { readDomains } from '#lib/accounts/domain-list.ts';
import { listDirectoryEntries } from '#lib/contacts/directory-entry.ts';
import { readSettings } from '#lib/settings/index.ts';
import { requireAdmin } from '../../../session.ts';
import { buildHref, type Parameters, readPage, readParameters } from '../../parameters.ts';
import { AddEntry, EditEntry, RemoveEntry, TestLdap } from './entry-forms.tsx';

export const metadata: Metadata = { title: 'Directory' };

export default async function DirectoryPage({ searchParams }: { searchParams: Parameters }) {
  await requireAdmin();
  const { q = '', domain = '', page: pageText } = await readParameters(searchParams);
  const page = readPage(pageText);
  const [domains, settings] = await Promise.all([readDomains(), readSettings()]);
  const pageSize = settings['web.pageSize'];
  const { rows, total } = await listDirectoryEntries({ search: q, domain, page, pageSize });
  const names = domains.filter(({ aliasOf }) => aliasOf === '').map(({ name }) => name);
  const isFiltered = q !== '' || domain !== '';
  const ldap = settings['directory.ldapUrl'];
  return (
    <>
      <PageHeader
        title="Directory"
        description="Users find one another, shared mailboxes and groups in their webmail. Entries here stand beside them: people outside, offices, whoever has no mailbox on this server."
        action={names.length > 0 && <AddEntry domains={names} domain={domain} />}
      />
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
      {(total > 0 || isFiltered) && (
        <SearchForm
          action="/admin/directory"
          label="Search name, address or organization"
          initial={q}
        >
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
          <EmptyState icon={<BookUser />} title={isFiltered ? 'No entry fits' : 'No entries yet'}>
            {isFiltered ? undefined : 'Users, shared mailboxes and groups need none.'}
          </EmptyState>
        </div>
      ) : (
        <Table label="Entries of the directory">
          <TableHead>
            <Th>Name</Th>
            <Th className="hidden sm:table-cell">Organization</Th>
            {names.length > 1 && <Th className="hidden md:table-cell">Domain</Th>}
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </TableHead>
          <TableBody>
            {rows.map((entry) => (
              <TableRow key={entry.id}>
                <Td className="w-full max-w-0">
                  <span className="block truncate font-medium">{entry.name || entry.address}</span>
                  <span className="block truncate text-sm text-muted">
                    {[entry.address, entry.phone, entry.note].filter(Boolean).join(' · ')}
                  </span>
                </Td>
                <Td className="hidden whitespace-nowrap sm:table-cell">{entry.organization}</Td>
                {names.length > 1 && <Td className="hidden md:table-cell">{entry.domain}</Td>}
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
      )}
      <Pagination
        page={page}
        pageSize={pageSize}
        total={total}
        hrefOf={(to) => buildHref('/admin/directory', { q, domain, page: to })}
      />
    </>
  );
}
