// The events that the filter of the page finds, as a table for spreadsheets; at most the last 100,000.
import type { NextRequest } from 'next/server';
import { namesOf } from '#lib/accounts/staff.ts';
import { searchEvents, type TrailEvent, type TrailFilter } from '#lib/trail/list.ts';
import { requireStaff } from '../../../../session.ts';
import { answerCsv } from '../../../csv-answer.ts';
import { readFilter } from '../filter.ts';

const mostWritten = 100_000;
const pageSize = 500;

async function* walkEvents(filter: TrailFilter): AsyncGenerator<TrailEvent> {
  let before = filter.before;
  for (let count = 0; count < mostWritten; count += pageSize) {
    const { events } = await searchEvents({ ...filter, before, pageSize });
    yield* events;
    const last = events.at(-1);
    if (!last || events.length < pageSize) return;
    before = { at: last.at, id: last.id };
  }
}

export async function GET(request: NextRequest): Promise<Response> {
  const staff = await requireStaff('trail');
  const filter = readFilter(Object.fromEntries(request.nextUrl.searchParams));
  return answerCsv('events', walkEvents({ ...filter, domains: namesOf(staff.scope) }), {
    time: (row) => row.at,
    kind: (row) => row.kind,
    sender: (row) => row.sender,
    recipient: (row) => row.recipient,
    remote: (row) => row.remote,
    reason: (row) => row.reason,
    text: (row) => row.text,
    'message id': (row) => row.messageId,
    trace: (row) => row.traceId,
  });
}
