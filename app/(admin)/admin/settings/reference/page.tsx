// "I know the name in main.cf": every parameter of Postfix and Dovecot, and where it is here.
import { BookOpen } from 'lucide-react';
import type { Metadata } from 'next';
import { AppLink } from '#components/ui/app-link.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { requireAdmin } from '../../../../session.ts';
import { buildHref, type Parameters, readPage, readParameters } from '../../../parameters.ts';
import { listForeignNames } from './names.ts';

export const metadata: Metadata = { title: 'Names of Postfix and Dovecot' };

const pageSize = 100;

export default async function ReferencePage({ searchParams }: { searchParams: Parameters }) {
  await requireAdmin();
  const { q = '', page: pageText } = await readParameters(searchParams);
  const search = q.trim();
  const page = readPage(pageText);
  const all = listForeignNames(search);
  const names = all.slice((page - 1) * pageSize, page * pageSize);
  return (
    <>
      <PageHeader
        title="Names of Postfix and Dovecot"
        description="Where each parameter of main.cf and dovecot.conf is here, and why some have no meaning."
        back={<AppLink href="/admin/settings/server">Settings</AppLink>}
      />
      <SearchForm
        action="/admin/settings/reference"
        label="Search, for example home_mailbox"
        initial={search}
      />
      {names.length === 0 ? (
        <EmptyState isBoxed icon={<BookOpen />} title="This name is not known">
          Look for a part of it, or for what it is about.
        </EmptyState>
      ) : (
        <Table label="Names of Postfix and Dovecot">
          <TableHead>
            <Th>Name</Th>
            <Th className="hidden sm:table-cell">Here</Th>
          </TableHead>
          <TableBody>
            {names.map(({ name, program, places, reason }) => (
              <TableRow key={`${program} ${name}`}>
                <Td className="block w-full pb-0 align-top sm:table-cell sm:w-1/3 sm:pb-2">
                  <span className="block font-mono text-sm break-all">{name}</span>
                  <span className="text-xs text-muted">{program}</span>
                </Td>
                <Td className="block align-top sm:table-cell">
                  {reason && <p className="text-muted">{reason}</p>}
                  {places.length > 0 && (
                    <ul>
                      {places.map(({ href, label, detail }) => (
                        <li key={href}>
                          {reason && <span className="text-muted">Look at </span>}
                          <AppLink href={href} className="text-accent-text underline">
                            {label}
                          </AppLink>{' '}
                          <span className="text-sm text-muted">{detail}</span>
                        </li>
                      ))}
                    </ul>
                  )}
                </Td>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      <Pagination
        page={page}
        pageSize={pageSize}
        total={all.length}
        hrefOf={(to) => buildHref('/admin/settings/reference', { q: search, page: to })}
      />
    </>
  );
}
