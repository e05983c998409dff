// The changes that the filter of the page finds, as a table for spreadsheets.
import type { NextRequest } from 'next/server';
import { describeChange } from '#lib/configuration/words.ts';
import { walkRevisions } from '#lib/history/revision.ts';
import { requireAdmin } from '../../../../session.ts';
import { answerCsv } from '../../../csv-answer.ts';
import { readFilter } from '../filter.ts';

export async function GET(request: NextRequest): Promise<Response> {
  await requireAdmin();
  const filter = readFilter(Object.fromEntries(request.nextUrl.searchParams));
  return answerCsv('history', walkRevisions(filter), {
    number: (row) => row.id,
    when: (row) => row.at,
    who: (row) => row.by,
    'from where': (row) => row.place,
    what: (row) => row.subject,
    change: (row) =>
      describeChange(row)
        .differences.map(({ field, before, after }) => `${field}: ${before} → ${after}`)
        .join('\n'),
    reason: (row) => row.reason,
    'takes back': (row) => row.undoes,
  });
}
