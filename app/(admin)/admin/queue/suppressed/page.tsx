// Addresses outside that another server has called unknown: mail of users to them comes back at once.
import { MailX } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { listSuppressed } from '#lib/queue/suppression.ts';
import { readSettings } from '#lib/settings/index.ts';
import { requireAdmin } from '../../../../session.ts';
import { buildHref, type Parameters, readPage, readParameters } from '../../../parameters.ts';
import { AllowButton } from './allow-button.tsx';

export const metadata: Metadata = { title: 'Unknown addresses' };

export default async function SuppressedPage({ searchParams }: { searchParams: Parameters }) {
  await requireAdmin();
  const { q = '', page: pageText } = await readParameters(searchParams);
  const page = readPage(pageText);
  const settings = await readSettings();
  const pageSize = settings['web.pageSize'];
  const { rows, total } = await listSuppressed({ search: q, page, pageSize });
  const days = settings['delivery.suppressionDays'];
  return (
    <>
      <PageHeader
        back={
          <Link href="/admin/queue" className="hover:underline">
            Queue
          </Link>
        }
        title="Unknown addresses"
        description={
          days > 0
            ? `Another server has called these addresses unknown. What users send to them comes back at once, for ${days} days after the last refusal.`
            : 'Switched off by the setting "Remember addresses that do not exist": every mail is tried.'
        }
      />
      {(rows.length > 0 || q !== '') && (
        <SearchForm action="/admin/queue/suppressed" label="Search addresses" initial={q} />
      )}
      {rows.length === 0 ? (
        <EmptyState
          isBoxed
          icon={<MailX />}
          title={q ? 'Nothing fits' : 'No address is known as unknown'}
        />
      ) : (
        <Table label="Unknown addresses">
          <TableHead>
            <Th>Address</Th>
            <Th className="hidden md:table-cell">Until</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </TableHead>
          <TableBody>
            {rows.map((row) => (
              <TableRow key={row.address}>
                <Td className="w-full max-w-0">
                  <span className="block truncate font-medium">{row.address}</span>
                  <span className="block text-sm break-words text-muted">
                    {row.lastCode > 0 && `${row.lastCode} `}
                    {row.lastText}
                  </span>
                </Td>
                <Td className="hidden whitespace-nowrap text-muted md:table-cell">
                  <Time at={row.expiresAt} />
                </Td>
                <Td>
                  <AllowButton address={row.address} />
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
        hrefOf={(to) => buildHref('/admin/queue/suppressed', { q, page: to })}
      />
    </>
  );
}
