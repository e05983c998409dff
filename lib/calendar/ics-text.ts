// Events as iCalendar text (RFC 5545): CRLF lines of at most 75 octets, times of recurring events in their zone with its
// VTIMEZONE beside them, all others in UTC. Pure.
import { foldLine } from '../contacts/card-text.ts';
import type { CalendarEvent } from './event.ts';
import { splitRecurrence } from './event-fields.ts';
import { formatClock } from './occurrences.ts';
import { formatDay, parseDay, toMoment, toWall } from './zone.ts';
import { writeZone } from './zone-text.ts';

export type WrittenEvent = Omit<CalendarEvent, 'id' | 'answer'>;

/** A calendar object of `lines` within it. */
export function writeCalendar(lines: readonly string[], method = ''): string {
  const whole = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Drey//Webmail//EN',
    ...(method ? [`METHOD:${method}`] : []),
    ...lines,
    'END:VCALENDAR',
  ];
  return whole.map((line) => `${foldLine(line)}\r\n`).join('');
}

/** Events to keep elsewhere. `zone` is that of events that have none; `at` is now. */
export function writeEvents(events: readonly WrittenEvent[], zone: string, at: Date): string {
  const zones = new Set(
    events
      .filter((event) => !event.isAllDay && event.recurrence !== '')
      .map((event) => event.timeZone || zone)
      .filter((each) => each !== 'UTC'),
  );
  return writeCalendar([
    ...[...zones].flatMap((each) => writeZone(each, at.getUTCFullYear())),
    ...events.flatMap((event) => writeEvent(event, zone, at)),
  ]);
}

function writeEvent(event: WrittenEvent, userZone: string, at: Date): string[] {
  const zone = event.timeZone || userZone;
  const { rule, leftOut } = splitRecurrence(event.recurrence);
  const time = (name: string, moment: Date) => writeTime(name, moment, event, zone);
  const prefix = event.isAllDay ? ';VALUE=DATE' : zone === 'UTC' ? '' : `;TZID=${zone}`;
  const suffix = !event.isAllDay && zone === 'UTC' ? 'Z' : '';
  return [
    'BEGIN:VEVENT',
    `UID:${escapeText(event.uid.replace(/#.*$/, ''))}`,
    `DTSTAMP:${formatUtc(at)}`,
    time('DTSTART', event.startsAt),
    time('DTEND', event.endsAt),
    `SUMMARY:${escapeText(event.title)}`,
    ...(event.place ? [`LOCATION:${escapeText(event.place)}`] : []),
    ...(event.text ? [`DESCRIPTION:${escapeText(event.text)}`] : []),
    ...(event.priority > 0 ? [`PRIORITY:${event.priority}`] : []),
    ...(rule ? [`RRULE:${writeRule(rule, event, zone)}`] : []),
    ...leftOut.map((each) => `EXDATE${prefix}:${each}${suffix}`),
    ...(event.reminderMinutes === null
      ? []
      : [
          'BEGIN:VALARM',
          'ACTION:DISPLAY',
          `DESCRIPTION:${escapeText(event.title)}`,
          `TRIGGER:-PT${event.reminderMinutes}M`,
          'END:VALARM',
        ]),
    'END:VEVENT',
  ];
}

/** UNTIL is of the same kind as DTSTART (§3.3.10): the end of the day where the event has times. */
function writeRule(rule: string, event: WrittenEvent, zone: string): string {
  if (event.isAllDay) return rule.replace(/(UNTIL=\d{8})T\w*/, '$1');
  return rule.replace(/UNTIL=(\d{8})(?=;|$)/, (_, day: string) => {
    const end = toMoment({ day: parseDay(day), seconds: 24 * 3600 - 1 }, zone);
    return `UNTIL=${formatUtc(end)}`;
  });
}

function writeTime(name: string, moment: Date, event: WrittenEvent, zone: string): string {
  if (event.isAllDay) return `${name};VALUE=DATE:${formatUtc(moment).slice(0, 8)}`;
  if (event.recurrence === '' || zone === 'UTC') return `${name}:${formatUtc(moment)}`;
  const { day, seconds } = toWall(moment, zone);
  return `${name};TZID=${zone}:${formatDay(day).replaceAll('-', '')}T${formatClock(seconds)}`;
}

/** "20261121T090000Z" */
export function formatUtc(moment: Date): string {
  return `${moment.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** §3.3.11 */
export function escapeText(text: string): string {
  return text
    .replace(/[\\,;]/g, '\\$&')
    .replace(/\r\n?|\n/g, '\\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}

/** A parameter's value in quotes (§3.2): it knows no escapes, so a quote becomes an apostrophe. */
export function quoteParameter(text: string): string {
  return `"${text.replace(/"/g, "'").replace(/[\u0000-\u001f\u007f]/g, ' ')}"`;
}
