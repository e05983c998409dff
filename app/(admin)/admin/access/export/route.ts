// The rules that the filter of the page finds, as a table for spreadsheets.
import type { NextRequest } from 'next/server';
import { findAccessRules, type PlacedRule } from '#lib/accounts/access-list.ts';
import { requireAdmin } from '../../../../session.ts';
import { answerCsv } from '../../../csv-answer.ts';
import { readFilter } from '../filter.ts';

export async function GET(request: NextRequest): Promise<Response> {
  await requireAdmin();
  const rules = await findAccessRules(readFilter(Object.fromEntries(request.nextUrl.searchParams)));
  return answerCsv('access-rules', each(rules), {
    'looks at': (row) => row.scope,
    position: (row) => row.place,
    fits: (row) => row.pattern,
    action: (row) => row.action,
    argument: (row) => row.argument,
    off: (row) => row.isDisabled,
    comment: (row) => row.comment,
    added: (row) => row.createdAt,
  });
}

async function* each(rules: PlacedRule[]): AsyncGenerator<PlacedRule> {
  yield* rules;
}
