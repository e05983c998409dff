// Events: one of them, adding, changing, removing, leaving one time out.
import { z } from 'zod';
import {
  addEvent,
  leaveOut,
  readEvent,
  removeEvent,
  restoreEvent,
  updateEvent,
} from '#lib/calendar/event.ts';
import type { EventInput } from '#lib/calendar/event-fields.ts';
import { changeRoute, readJson, readRoute } from '../../answer.ts';
import { readBody } from '../../contacts/read-body.ts';

const id = z.string().min(1).max(64);
const record = z.record(z.string(), z.unknown());
const added = z.union([z.object({ event: record }), z.object({ restore: record })]);
const removed = z.object({ id, time: z.string().max(20).optional() });

/** GET ?id= → {event} */
export const GET = readRoute(async (account, request) => {
  const asked = new URL(request.url).searchParams.get('id') ?? '';
  return { event: await readEvent(account.id, asked.slice(0, 64)) };
});

/** POST {event} → {event}; {restore: event} what PUT gave → {event} */
export const POST = changeRoute(async (account, request) => {
  const input = readBody(added, await readJson(request));
  if ('event' in input) return { event: await addEvent(account.id, input.event as EventInput) };
  return { event: await restoreEvent(account.id, input.restore) };
});

/** PATCH {id, event} → {event} */
export const PATCH = changeRoute(async (account, request) => {
  const input = readBody(z.object({ id, event: record }), await readJson(request));
  return { event: await updateEvent(account.id, input.id, input.event as EventInput) };
});

/** PUT {id} removes it; {id, time} leaves that time out → {event} as it was */
export const PUT = changeRoute(async (account, request) => {
  const input = readBody(removed, await readJson(request));
  const event = await readEvent(account.id, input.id);
  if (input.time === undefined) await removeEvent(account.id, input.id);
  else await leaveOut(account.id, input.id, input.time);
  return { event };
});
