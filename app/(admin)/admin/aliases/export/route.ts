// The aliases that the filter of the page finds, as a table for spreadsheets.
import type { NextRequest } from 'next/server';
import { walkAliases } from '#lib/accounts/alias-list.ts';
import { idsOf } from '#lib/accounts/staff.ts';
import { requireStaff } from '../../../../session.ts';
import { answerCsv } from '../../../csv-answer.ts';
import { readFilter } from '../filter.ts';

export async function GET(request: NextRequest): Promise<Response> {
  const staff = await requireStaff('aliases');
  const filter = readFilter(Object.fromEntries(request.nextUrl.searchParams));
  return answerCsv('aliases', walkAliases({ ...filter, domainIds: idsOf(staff.scope) }), {
    alias: (row) => row.address,
    targets: (row) => row.targets.join(' '),
    'who may write': (row) => row.posters,
    off: (row) => row.isDisabled,
    comment: (row) => row.comment,
    added: (row) => row.createdAt,
  });
}
