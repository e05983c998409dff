// The domains that the filter of the page finds, as a table for spreadsheets.
import type { NextRequest } from 'next/server';
import { walkDomains } from '#lib/accounts/domain-list.ts';
import { idsOf } from '#lib/accounts/staff.ts';
import { requireStaff } from '../../../../session.ts';
import { answerCsv } from '../../../csv-answer.ts';
import { readFilter } from '../filter.ts';

export async function GET(request: NextRequest): Promise<Response> {
  const staff = await requireStaff('domains');
  const filter = readFilter(Object.fromEntries(request.nextUrl.searchParams));
  return answerCsv('domains', walkDomains({ ...filter, ids: idsOf(staff.scope) }), {
    domain: (row) => row.name,
    users: (row) => row.accounts,
    'users at most': (row) => row.maxUsers,
    aliases: (row) => row.aliases,
    'aliases at most': (row) => row.maxAliases,
    'used bytes': (row) => row.usedBytes,
    'quota bytes': (row) => row.quotaBytes,
    'used messages': (row) => row.usedMessages,
    'quota messages': (row) => row.quotaMessages,
    'alias of': (row) => row.aliasOf,
    archive: (row) => row.archive,
    elsewhere: (row) => row.elsewhere,
    'dns wrong': (row) => (row.dns.wrong < 0 ? '' : row.dns.wrong),
    'dns records': (row) => row.dns.text,
    'dns looked at': (row) => row.dns.checkedAt ?? '',
    off: (row) => row.isDisabled,
    comment: (row) => row.comment,
    added: (row) => row.createdAt,
  });
}
