// The entries that the filter of the page finds, as a table for spreadsheets.
import type { NextRequest } from 'next/server';
import { walkEntries } from '#lib/contacts/directory-list.ts';
import { requireAdmin } from '../../../../session.ts';
import { answerCsv } from '../../../csv-answer.ts';
import { readFilter } from '../filter.ts';

export async function GET(request: NextRequest): Promise<Response> {
  await requireAdmin();
  const filter = readFilter(Object.fromEntries(request.nextUrl.searchParams));
  return answerCsv('directory', walkEntries(filter), {
    name: (row) => row.name,
    address: (row) => row.address,
    organization: (row) => row.organization,
    telephone: (row) => row.phone,
    note: (row) => row.note,
    domain: (row) => row.domain,
    added: (row) => row.createdAt,
  });
}
