// Events out of iCalendar text. Everything in it is hostile (a subject may be markup, a rule endless, a zone nonsense):
// what fits becomes an event, what does not is left out and counted. Pure; nothing it names is ever fetched.
import { splitValue, unescapeValue } from '../contacts/card-lines.ts';
import { cleanText } from '../contacts/clean.ts';
import { canonicalAddress } from '../mail/address.ts';
import { checkEvent, checkRecurrence, type EventFields, joinRecurrence } from './event-fields.ts';
import {
  type Component,
  findLine,
  readCalendars,
  readDuration,
  readText,
  readTime,
  type Time,
} from './ics.ts';
import { formatClock } from './occurrences.ts';
import { dayMs, formatDay, toWall } from './zone.ts';

export type Attendee = {
  name: string;
  /** Canonical */
  address: string;
  /** "accepted", "declined", "tentative", "delegated" or "needs-action" */
  status: string;
  isOptional: boolean;
};
export type ReadEvent = {
  fields: EventFields;
  uid: string;
  /** Which time of a recurring event it changes; empty = the whole event */
  recurrenceId: string;
  /** The same as a moment; null for whole days */
  recurrenceAt: Date | null;
  sequence: number;
  isCancelled: boolean;
  /** A rule that is not understood: only the first time is kept */
  isRuleLost: boolean;
  organizer: Attendee | null;
  attendees: Attendee[];
};
export type ReadCalendar = {
  /** "REQUEST", "CANCEL", "REPLY", "PUBLISH", … in upper case, or empty */
  method: string;
  events: ReadEvent[];
  /** Events without a title or a time */
  unreadable: number;
};

const maxEventsOfFile = 5000;
const maxAttendees = 500;

/** The events of a text; times without a zone are of `zone`. */
export function readEvents(text: string, zone: string): ReadCalendar {
  const read: ReadCalendar = { method: '', events: [], unreadable: 0 };
  for (const calendar of readCalendars(text)) {
    read.method ||= readText(calendar, 'METHOD', 40).toUpperCase();
    const own = calendar.parts.filter(({ name }) => name === 'VEVENT');
    for (const component of own.slice(0, maxEventsOfFile - read.events.length)) {
      const event = readOne(component, zone);
      if (event) read.events.push(event);
      else read.unreadable++;
    }
  }
  return leaveOutChanged(read);
}

function readOne(component: Component, zone: string): ReadEvent | null {
  const start = readTime(findLine(component, 'DTSTART'), zone);
  const uid = readText(component, 'UID', 300);
  if (!start || uid === '') return null;
  const recurrence = readRecurrence(component, start, zone);
  const status = readText(component, 'STATUS', 40).toUpperCase();
  try {
    const fields = checkEvent({
      title: readText(component, 'SUMMARY', 300) || '(no title)',
      place: readText(component, 'LOCATION', 300),
      text: cleanText(unescapeValue(findLine(component, 'DESCRIPTION')?.value ?? ''), 10_000),
      startsAt: start.at,
      endsAt: readEnd(component, start, zone),
      isAllDay: start.isDay,
      priority: Number(readText(component, 'PRIORITY', 2)) || 0,
      recurrence: recurrence.text,
      timeZone: start.zone,
      reminderMinutes: readReminder(component),
    });
    const changed = readTime(findLine(component, 'RECURRENCE-ID'), zone);
    return {
      fields,
      uid,
      recurrenceId: changed ? formatTime(changed, start.zone || zone) : '',
      recurrenceAt: changed && !changed.isDay ? changed.at : null,
      sequence: Number(readText(component, 'SEQUENCE', 9)) || 0,
      isCancelled: status === 'CANCELLED',
      isRuleLost: recurrence.isLost,
      organizer: readPeople(component, 'ORGANIZER')[0] ?? null,
      attendees: readPeople(component, 'ATTENDEE'),
    };
  } catch {
    return null;
  }
}

function readEnd(component: Component, start: Time, zone: string): Date {
  const end = readTime(findLine(component, 'DTEND'), zone);
  const seconds = readDuration(findLine(component, 'DURATION')?.value ?? '');
  if (end && end.at > start.at) return end.at;
  if (seconds !== null && seconds > 0) return new Date(start.at.getTime() + seconds * 1000);
  // RFC 5545 §3.6.1: without an end a day is a whole one, a time a moment.
  return start.isDay ? new Date(start.at.getTime() + dayMs) : start.at;
}

function readRecurrence(
  component: Component,
  start: Time,
  zone: string,
): { text: string; isLost: boolean } {
  const rule = findLine(component, 'RRULE')?.value.trim() ?? '';
  if (rule === '') return { text: '', isLost: findLine(component, 'RDATE') !== undefined };
  const leftOut = component.lines
    .filter(({ name }) => name === 'EXDATE')
    .flatMap((line) => splitValue(line.value, ',').map((value) => ({ ...line, value })))
    .slice(0, 500)
    .flatMap((line) => {
      const time = readTime(line, start.zone || zone);
      return time ? [formatTime(time, start.zone || zone)] : [];
    });
  try {
    return { text: checkRecurrence(joinRecurrence(rule, leftOut)), isLost: false };
  } catch {
    return { text: '', isLost: true };
  }
}

/** "20261123T090000" as a clock of `zone` shows it; "20261123" of a whole day. */
function formatTime(time: Time, zone: string): string {
  const { day, seconds } = toWall(time.at, time.isDay ? 'UTC' : zone);
  const date = formatDay(day).replaceAll('-', '');
  return time.isDay ? date : `${date}T${formatClock(seconds)}`;
}

/** Minutes before the beginning; alarms at other times are none of ours. */
function readReminder(component: Component): number | null {
  for (const alarm of component.parts.filter(({ name }) => name === 'VALARM').slice(0, 10)) {
    const trigger = findLine(alarm, 'TRIGGER');
    if (trigger?.parameters.get('RELATED')?.[0]?.toUpperCase() === 'END') continue;
    const seconds = readDuration(trigger?.value ?? '');
    if (seconds !== null && seconds <= 0) return Math.round(-seconds / 60);
  }
  return null;
}

function readPeople(component: Component, name: string): Attendee[] {
  return component.lines
    .filter((line) => line.name === name)
    .slice(0, maxAttendees)
    .flatMap(({ value, parameters }) => {
      const address = canonicalAddress(value.trim().replace(/^mailto:/i, ''));
      if (!address) return [];
      const parameter = (key: string) => parameters.get(key)?.[0] ?? '';
      return [
        {
          name: cleanText(parameter('CN'), 200).replace(/\s+/g, ' '),
          address,
          status: parameter('PARTSTAT').toLowerCase().slice(0, 20) || 'needs-action',
          isOptional: parameter('ROLE').toUpperCase() === 'OPT-PARTICIPANT',
        },
      ];
    });
}

/** A changed time of a recurring event is an event of its own, left out of the recurring one. */
function leaveOutChanged(read: ReadCalendar): ReadCalendar {
  for (const { uid, recurrenceId } of read.events.filter((event) => event.recurrenceId !== '')) {
    const whole = read.events.find((event) => event.uid === uid && event.recurrenceId === '');
    if (!whole?.fields.recurrence) continue;
    const [rule = '', ...lines] = whole.fields.recurrence.split('\n');
    const known = lines[0]?.replace('EXDATE=', '').split(',') ?? [];
    whole.fields.recurrence = joinRecurrence(rule, [...new Set([...known, recurrenceId])]);
  }
  return read;
}

/** Under which UID an event is kept: a changed time of a recurring one has its own. */
export function uidToKeep({ uid, recurrenceId }: Pick<ReadEvent, 'uid' | 'recurrenceId'>): string {
  return recurrenceId === '' ? uid : `${uid}#${recurrenceId}`;
}
