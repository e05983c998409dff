// The calendar as a file to keep, or one event of it.
import { listEvents, readEvent } from '#lib/calendar/event.ts';
import { writeEvents } from '#lib/calendar/ics-text.ts';
import { now } from '#lib/clock.ts';
import { readRoute } from '../../answer.ts';
import { readZone } from '../zone-of.ts';

/** GET ?zone=&id= */
export const GET = readRoute(async (account, request) => {
  const id = new URL(request.url).searchParams.get('id');
  const events = id ? [await readEvent(account.id, id.slice(0, 64))] : await listEvents(account.id);
  const zone = await readZone(request, account.id);
  return new Response(writeEvents(events, zone, now()), {
    headers: {
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'attachment; filename="calendar.ics"',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
  });
});
