// What happens in a span of time.
import { listOccurrences } from '#lib/calendar/occurrences.ts';
import { Refusal } from '#lib/errors.ts';
import { readRoute } from '../answer.ts';
import { readZone } from './zone-of.ts';

const maxSpanMs = 400 * 24 * 3600_000;

/** GET ?from=&to=&zone= (ISO 8601; at most 400 days) → {occurrences} */
export const GET = readRoute(async ({ id }, request) => {
  const query = new URL(request.url).searchParams;
  const from = new Date(query.get('from') ?? '');
  const to = new Date(query.get('to') ?? '');
  if (!(to > from && to.getTime() - from.getTime() <= maxSpanMs)) {
    throw new Refusal('invalid', 'Give a span of time.');
  }
  return { occurrences: await listOccurrences(id, from, to, await readZone(request, id)) };
});
