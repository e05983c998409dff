// The networks that the filter of the page finds, as a table for spreadsheets.
import type { NextRequest } from 'next/server';
import { walkNetworks } from '#lib/accounts/network-list.ts';
import { requireAdmin } from '../../../../session.ts';
import { answerCsv } from '../../../csv-answer.ts';
import { readFilter } from '../filter.ts';

export async function GET(request: NextRequest): Promise<Response> {
  await requireAdmin();
  const filter = readFilter(Object.fromEntries(request.nextUrl.searchParams));
  return answerCsv('networks', walkNetworks(filter), {
    network: (row) => row.cidr,
    until: (row) => row.expiresAt,
    comment: (row) => row.comment,
    added: (row) => row.createdAt,
  });
}
