// When events happen: each time of a recurring one, in the zone it was made in, so that nine o'clock stays nine o'clock
// when summer time begins. Bounded: 1,000 times an event, 5,000 in all.
import { db } from '../db.ts';
import { type CalendarEvent, toEvent } from './event.ts';
import { splitRecurrence } from './event-fields.ts';
import { expandRule, lastDayOf, parseRule } from './rule.ts';
import { dayMs, formatDay, toMoment, toWall } from './zone.ts';

export type Occurrence = Pick<
  CalendarEvent,
  'id' | 'title' | 'place' | 'isAllDay' | 'priority' | 'answer' | 'reminderMinutes'
> & {
  startsAt: Date;
  endsAt: Date;
  isRecurring: boolean;
  /** As the event's own clock shows it, to leave this one out (event.ts leaveOut) */
  time: string;
};

const maxOfOne = 1000;
const maxInAll = 5000;

/** What happens from `from` to before `to`, the earliest first; `zone` for events that have none of their own. */
export async function listOccurrences(
  accountId: string,
  from: Date,
  to: Date,
  zone: string,
): Promise<Occurrence[]> {
  // Whole days are midnights UTC: elsewhere they begin up to 14 hours before or after.
  const rows = await db.calendarEvent.findMany({
    where: {
      accountId,
      startsAt: { lt: new Date(to.getTime() + dayMs) },
      OR: [{ recurrence: { not: '' } }, { endsAt: { gte: new Date(from.getTime() - dayMs) } }],
    },
    orderBy: { startsAt: 'asc' },
  });
  const found = rows.flatMap((row) => [...expandEvent(toEvent(row), from, to, zone)]);
  return found
    .sort((one, other) => one.startsAt.getTime() - other.startsAt.getTime())
    .slice(0, maxInAll);
}

/** The times of one event in that span. */
export function* expandEvent(
  event: CalendarEvent,
  from: Date,
  to: Date,
  userZone: string,
): Generator<Occurrence> {
  const zone = event.isAllDay ? 'UTC' : event.timeZone || userZone;
  // Of whole days the days count, wherever one is.
  const shift = (moment: Date) => toMoment(toWall(moment, userZone), 'UTC');
  const [begin, end] = event.isAllDay ? [shift(from), shift(to)] : [from, to];
  const lengthMs = event.endsAt.getTime() - event.startsAt.getTime();
  const start = toWall(event.startsAt, zone);
  const isIn = (startsAt: Date) => {
    const endsAt = startsAt.getTime() + lengthMs;
    return startsAt < end && (endsAt > begin.getTime() || (lengthMs === 0 && startsAt >= begin));
  };
  const { rule: text, leftOut } = splitRecurrence(event.recurrence);
  const make = (startsAt: Date, time: string): Occurrence => ({
    id: event.id,
    title: event.title,
    place: event.place,
    isAllDay: event.isAllDay,
    priority: event.priority,
    answer: event.answer,
    reminderMinutes: event.reminderMinutes,
    startsAt,
    endsAt: new Date(startsAt.getTime() + lengthMs),
    isRecurring: text !== '',
    time,
  });
  const timeOf = (day: number) => {
    const date = formatDay(day).replaceAll('-', '');
    return event.isAllDay ? date : `${date}T${formatClock(start.seconds)}`;
  };
  const rule = text === '' ? null : readRule(text);
  if (!rule) {
    if (isIn(event.startsAt)) yield make(event.startsAt, timeOf(start.day));
    return;
  }
  const gone = new Set(leftOut);
  const days = expandRule(rule, start.day, {
    from: toWall(begin, zone).day - Math.ceil(lengthMs / dayMs) - 1,
    to: toWall(end, zone).day,
    lastDay: lastDayOf(rule, (moment) => toWall(moment, zone).day),
    most: maxOfOne,
  });
  for (const day of days) {
    const time = timeOf(day);
    if (gone.has(time) || gone.has(time.slice(0, 8))) continue;
    const startsAt = toMoment({ day, seconds: start.seconds }, zone);
    if (isIn(startsAt)) yield make(startsAt, time);
  }
}

/** A stored rule that an older version understood counts as none. */
function readRule(text: string): ReturnType<typeof parseRule> | null {
  try {
    return parseRule(text);
  } catch {
    return null;
  }
}

export function formatClock(seconds: number): string {
  const two = (number: number) => String(Math.trunc(number)).padStart(2, '0');
  return `${two(seconds / 3600)}${two((seconds % 3600) / 60)}${two(seconds % 60)}`;
}
