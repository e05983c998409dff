// The recipients that the filter of the page finds, as a table for spreadsheets.
import type { NextRequest } from 'next/server';
import { idsOf } from '#lib/accounts/staff.ts';
import { walkQueue } from '#lib/queue/page.ts';
import { requireStaff } from '../../../../session.ts';
import { answerCsv } from '../../../csv-answer.ts';
import { readFilter } from '../filter.ts';

export async function GET(request: NextRequest): Promise<Response> {
  const staff = await requireStaff('queue');
  const filter = readFilter(Object.fromEntries(request.nextUrl.searchParams));
  return answerCsv('queue', walkQueue({ ...filter, domainIds: idsOf(staff.scope) }), {
    recipient: (row) => row.recipient,
    sender: (row) => row.sender,
    subject: (row) => row.subject,
    state: (row) => (row.isReturning ? 'going back' : row.state),
    'held because': (row) => row.holdReason,
    attempts: (row) => row.attempts,
    'next attempt': (row) => (row.state === 'held' ? null : row.nextAttemptAt),
    'last host': (row) => row.lastHost,
    'last code': (row) => row.lastCode || null,
    'last reply': (row) => row.lastText,
    bytes: (row) => row.sizeBytes,
    queued: (row) => row.createdAt,
    trace: (row) => row.traceId,
  });
}
