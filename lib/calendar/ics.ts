// iCalendar objects (RFC 5545) as a tree of components, read tolerantly: a broken line is left out. Pure. Limits: 5 MB,
// 200,000 lines, 10 levels; a component that is never closed ends with its parent.
import { type CardLine, readContentLine, unescapeValue } from '../contacts/card-lines.ts';
import { cleanLine } from '../contacts/clean.ts';
import { findZone, parseDay, toMoment } from './zone.ts';

export type Component = { name: string; lines: CardLine[]; parts: Component[] };

export const maxIcsLength = 5 * 1024 * 1024;
const maxLines = 200_000;
const maxDepth = 10;
const maxLinesOfOne = 2000;

/** The VCALENDAR objects of a text. */
export function readCalendars(text: string): Component[] {
  const root: Component = { name: '', lines: [], parts: [] };
  const open = [root];
  // RFC 5545 §3.1: a line goes on where the next begins with white space.
  const unfolded = text.slice(0, maxIcsLength).replace(/\r?\n[ \t]/g, '');
  for (const raw of unfolded.split(/\r\n|\n|\r/, maxLines)) {
    const line = raw.length > 512 * 1024 ? null : readContentLine(raw);
    if (!line) continue;
    const last = open[open.length - 1] ?? root;
    if (line.name === 'BEGIN') {
      const component = { name: line.value.trim().toUpperCase(), lines: [], parts: [] };
      if (open.length > maxDepth) continue;
      last.parts.push(component);
      open.push(component);
    } else if (line.name === 'END') {
      const at = open.findLastIndex(({ name }) => name === line.value.trim().toUpperCase());
      if (at > 0) open.length = at;
    } else if (last !== root && last.lines.length < maxLinesOfOne) last.lines.push(line);
  }
  return root.parts.filter(({ name }) => name === 'VCALENDAR');
}

export function findLine(component: Component, name: string): CardLine | undefined {
  return component.lines.find((line) => line.name === name);
}

/** The text of a property on one line; empty where there is none. */
export function readText(component: Component, name: string, max: number): string {
  return cleanLine(unescapeValue(findLine(component, name)?.value ?? ''), max);
}

/** A moment, or a whole day as midnight UTC. */
export type Time = {
  at: Date;
  isDay: boolean;
  /** IANA name, "UTC", or empty for a time without a zone */
  zone: string;
};

/** DTSTART and its like (§3.3.4, §3.3.5); a time without a zone, or with an unknown one, is one of `zone`. */
export function readTime(line: CardLine | undefined, zone: string): Time | null {
  if (!line) return null;
  const match = /^(\d{8})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/.exec(line.value.trim());
  const day = parseDay(match?.[1] ?? '');
  if (!match || Number.isNaN(day)) return null;
  const [, , hours, minutes, seconds, isUtc] = match;
  if (hours === undefined)
    return { at: toMoment({ day, seconds: 0 }, 'UTC'), isDay: true, zone: '' };
  const time = Number(hours) * 3600 + Number(minutes) * 60 + Math.min(59, Number(seconds));
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  const own = isUtc ? 'UTC' : findZone(line.parameters.get('TZID')?.[0] ?? '');
  return { at: toMoment({ day, seconds: time }, own ?? zone), isDay: false, zone: own ?? '' };
}

/** A duration (§3.3.6) in seconds, negative with "-"; null for what is none. */
export function readDuration(text: string): number | null {
  const match =
    /^([+-])?P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/.exec(
      text.trim(),
    );
  if (!match) return null;
  const [weeks, days, hours, minutes, seconds] = match.slice(2).map((part) => Number(part ?? 0));
  const total =
    (((weeks ?? 0) * 7 + (days ?? 0)) * 24 + (hours ?? 0)) * 3600 +
    (minutes ?? 0) * 60 +
    (seconds ?? 0);
  return match[1] === '-' ? -total : total;
}
