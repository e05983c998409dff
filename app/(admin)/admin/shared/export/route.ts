// The shared mailboxes that the filter of the page finds, as a table for spreadsheets.
import type { NextRequest } from 'next/server';
import { walkAccounts } from '#lib/accounts/account-list.ts';
import { listMembers } from '#lib/accounts/member.ts';
import { idsOf } from '#lib/accounts/staff.ts';
import { requireStaff } from '../../../../session.ts';
import { answerCsv } from '../../../csv-answer.ts';
import { readFilter } from '../filter.ts';

export async function GET(request: NextRequest): Promise<Response> {
  const staff = await requireStaff('shared');
  const filter = readFilter(Object.fromEntries(request.nextUrl.searchParams));
  return answerCsv('shared-mailboxes', walkShared({ ...filter, domainIds: idsOf(staff.scope) }), {
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

async function* walkShared(filter: Parameters<typeof walkAccounts>[0]) {
  for await (const row of walkAccounts(filter)) {
    yield { ...row, members: (await listMembers([row.id])).get(row.id) ?? [] };
  }
}
