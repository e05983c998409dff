// What is about to happen, for the notices of an open webmail.
import { listReminders } from '#lib/calendar/reminder.ts';
import { fromNow } from '#lib/clock.ts';
import { readRoute } from '../../answer.ts';
import { readZone } from '../zone-of.ts';

const aheadMs = 30 * 60_000;
/** A tab that slept does not miss what was due meanwhile. */
const behindMs = 10 * 60_000;

/** GET ?zone= → {reminders} due within half an hour */
export const GET = readRoute(async ({ id }, request) => {
  const zone = await readZone(request, id);
  return { reminders: await listReminders(id, fromNow(-behindMs), fromNow(aheadMs), zone) };
});
