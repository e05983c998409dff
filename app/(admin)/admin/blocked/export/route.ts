// What the filter of the page finds, as a table for spreadsheets.
import type { NextRequest } from 'next/server';
import { walkBlocks } from '#lib/accounts/block-list.ts';
import { requireAdmin } from '../../../../session.ts';
import { answerCsv } from '../../../csv-answer.ts';
import { readFilter } from '../filter.ts';

export async function GET(request: NextRequest): Promise<Response> {
  await requireAdmin();
  const filter = readFilter(Object.fromEntries(request.nextUrl.searchParams));
  return answerCsv('blocked', walkBlocks(filter), {
    who: (row) => row.subject,
    kind: (row) => row.kind,
    failures: (row) => row.failures,
    since: (row) => row.startedAt,
    until: (row) => row.until,
    'times in a row': (row) => row.blocks,
  });
}
