// What is about to happen, for the notices of an open webmail.

import { maxReminderMinutes } from './event-fields.ts';
import { listOccurrences, type Occurrence } from './occurrences.ts';
import { toMoment, toWall } from './zone.ts';

export type Reminder = Pick<Occurrence, 'id' | 'title' | 'place' | 'isAllDay'> & {
  startsAt: Date;
  /** When to tell */
  at: Date;
};

const maxReminders = 100;

/** Reminders due from `from` to `to`, the first first. Whole days begin at midnight of `zone`. */
export async function listReminders(
  accountId: string,
  from: Date,
  to: Date,
  zone: string,
): Promise<Reminder[]> {
  const farthest = new Date(to.getTime() + maxReminderMinutes * 60_000);
  const soon = await listOccurrences(accountId, from, farthest, zone);
  return soon
    .flatMap((each): Reminder[] => {
      if (each.reminderMinutes === null || each.answer === 'declined') return [];
      const { id, title, place, isAllDay } = each;
      const startsAt = isAllDay ? toMoment(toWall(each.startsAt, 'UTC'), zone) : each.startsAt;
      const at = new Date(startsAt.getTime() - each.reminderMinutes * 60_000);
      return at >= from && at < to ? [{ id, title, place, isAllDay, startsAt, at }] : [];
    })
    .sort((one, other) => one.at.getTime() - other.at.getTime())
    .slice(0, maxReminders);
}
