// What an event may hold, brought into form and within limits, whoever wrote it. Pure.
import { cleanLine, cleanText } from '../contacts/clean.ts';
import { Refusal } from '../errors.ts';
import { isTimeZone } from '../i18n/locales.ts';
import { formatRule, parseRule } from './rule.ts';
import { dayMs } from './zone.ts';

export type EventFields = {
  title: string;
  place: string;
  text: string;
  startsAt: Date;
  /** After the last moment; of whole days the midnight after the last */
  endsAt: Date;
  /** startsAt and endsAt are then midnights UTC of the days */
  isAllDay: boolean;
  /** 0 = none, 1 the highest, 9 the lowest */
  priority: number;
  /** RRULE, and after it a line "EXDATE=20261123T090000,…" for those left out; or empty */
  recurrence: string;
  /** IANA name; empty = that of the user */
  timeZone: string;
  reminderMinutes: number | null;
};
export type EventInput = { [K in keyof EventFields]?: unknown };

const earliest = Date.UTC(1800, 0, 1);
const latest = Date.UTC(2200, 0, 1);
const maxLengthMs = 400 * dayMs;
export const maxReminderMinutes = 4 * 7 * 24 * 60;
const maxLeftOut = 500;

/** The fields in form. Refusal 'invalid' with the field. */
export function checkEvent(input: EventInput): EventFields {
  const title = cleanLine(textOf(input.title), 300);
  if (title === '') throw new Refusal('invalid', 'Give the event a title.', 'title');
  const isAllDay = input.isAllDay === true;
  const startsAt = readMoment(input.startsAt, 'startsAt', isAllDay);
  const endsAt = readMoment(input.endsAt, 'endsAt', isAllDay);
  if (endsAt < startsAt || (isAllDay && endsAt <= startsAt)) {
    throw new Refusal('invalid', 'The event must end after it begins.', 'endsAt');
  }
  if (endsAt.getTime() - startsAt.getTime() > maxLengthMs) {
    throw new Refusal('invalid', 'The event is too long.', 'endsAt');
  }
  const zone = textOf(input.timeZone);
  return {
    title,
    place: cleanLine(textOf(input.place), 300),
    text: cleanText(textOf(input.text), 10_000),
    startsAt,
    endsAt,
    isAllDay,
    priority: wholeNumber(input.priority, 0, 9) ?? 0,
    recurrence: checkRecurrence(textOf(input.recurrence)),
    timeZone: !isAllDay && isTimeZone(zone) ? zone : '',
    reminderMinutes: wholeNumber(input.reminderMinutes, 0, maxReminderMinutes),
  };
}

/** A rule in its one spelling, with the times left out. Refusal 'invalid'. */
export function checkRecurrence(text: string): string {
  if (text.trim() === '') return '';
  const { rule, leftOut } = splitRecurrence(text);
  return joinRecurrence(formatRule(parseRule(rule)), leftOut);
}

/** The rule, and the local times ("20261123T090000", "20261123" of whole days) that are left out of it. */
export function splitRecurrence(text: string): { rule: string; leftOut: string[] } {
  const [rule = '', ...lines] = text.slice(0, 20_000).split('\n');
  const leftOut = lines
    .flatMap((line) => (line.startsWith('EXDATE=') ? line.slice(7).split(',') : []))
    .filter((time) => /^\d{8}(?:T\d{6})?$/.test(time));
  return { rule: rule.replace(/^RRULE:/i, ''), leftOut: [...new Set(leftOut)].slice(-maxLeftOut) };
}

export function joinRecurrence(rule: string, leftOut: readonly string[]): string {
  return leftOut.length === 0 ? rule : `${rule}\nEXDATE=${leftOut.join(',')}`;
}

function readMoment(value: unknown, field: string, isDay: boolean): Date {
  const ms = value instanceof Date ? value.getTime() : Date.parse(textOf(value));
  if (!(ms >= earliest && ms <= latest)) {
    throw new Refusal('invalid', 'Give a day and a time.', field);
  }
  return new Date(isDay ? Math.floor(ms / dayMs) * dayMs : Math.floor(ms / 1000) * 1000);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function wholeNumber(value: unknown, min: number, max: number): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
    ? value
    : null;
}
