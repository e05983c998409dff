// The users that the filter of the page finds, as a table for spreadsheets.
import type { NextRequest } from 'next/server';
import { walkAccounts } from '#lib/accounts/account-list.ts';
import { idsOf } from '#lib/accounts/staff.ts';
import { requireStaff } from '../../../../session.ts';
import { answerCsv } from '../../../csv-answer.ts';
import { readFilter } from '../filter.ts';

export async function GET(request: NextRequest): Promise<Response> {
  const staff = await requireStaff('people');
  const filter = readFilter(Object.fromEntries(request.nextUrl.searchParams));
  return answerCsv('users', walkAccounts({ ...filter, domainIds: idsOf(staff.scope) }), {
    address: (row) => row.address,
    name: (row) => row.displayName,
    role: (row) => row.role,
    disabled: (row) => row.isDisabled,
    'quota bytes': (row) => row.quotaBytes,
    'quota messages': (row) => row.quotaMessages,
    'used bytes': (row) => row.usedBytes,
    'used messages': (row) => row.usedMessages,
    'second factor': (row) => row.hasSecondFactor,
    added: (row) => row.createdAt,
    'last sign-in': (row) => row.lastLoginAt,
    deleted: (row) => row.deletedAt,
  });
}
