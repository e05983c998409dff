// The shared mailboxes that the filter of the page finds, as a table for spreadsheets.
import type { NextRequest } from 'next/server';
import { walkSharedMailboxes } from '#lib/accounts/shared.ts';
import { idsOf } from '#lib/accounts/staff.ts';
import { requireStaff } from '../../../../session.ts';
import { answerCsv } from '../../../csv-answer.ts';
import { readFilter } from '../filter.ts';

export async function GET(request: NextRequest): Promise<Response> {
  const staff = await requireStaff('shared');
  const filter = readFilter(Object.fromEntries(request.nextUrl.searchParams));
  const rows = walkSharedMailboxes({ ...filter, domainIds: idsOf(staff.scope) });
  return answerCsv('shared-mailboxes', rows, {
    address: (row) => row.address,
    name: (row) => row.displayName,
    off: (row) => row.isDisabled,
    members: (row) => row.members.map(({ address }) => address).join(' '),
    'used bytes': (row) => row.usedBytes,
    'used messages': (row) => row.usedMessages,
    added: (row) => row.createdAt,
    deleted: (row) => row.deletedAt,
  });
}
