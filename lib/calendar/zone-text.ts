// A VTIMEZONE (RFC 5545 §3.6.5) for an IANA zone, made from what the zone does in one year: when its clocks change, that
// is written as a yearly rule. Pure.
import { dayMs, formatDay, toWall, type Wall, weekdayOf } from './zone.ts';

const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** The lines of the zone as it is in `year`. */
export function writeZone(zone: string, year: number): string[] {
  const changes = listChanges(zone, year);
  const begin = Date.UTC(year, 0, 1);
  const parts =
    changes.length === 2
      ? changes.flatMap((change) => writeChange(change))
      : writePart('STANDARD', { day: 0, seconds: 0 }, offsetAt(begin, zone), offsetAt(begin, zone));
  return ['BEGIN:VTIMEZONE', `TZID:${zone}`, ...parts, 'END:VTIMEZONE'];
}

type Change = { at: number; before: number; after: number };

/** Minutes east of UTC */
function offsetAt(ms: number, zone: string): number {
  const { day, seconds } = toWall(new Date(ms), zone);
  return Math.round((day * dayMs + seconds * 1000 - ms) / 60_000);
}

/** When the clocks change in a year, found to the minute. */
function listChanges(zone: string, year: number): Change[] {
  const changes: Change[] = [];
  for (let ms = Date.UTC(year, 0, 1); ms < Date.UTC(year + 1, 0, 1); ms += dayMs) {
    const before = offsetAt(ms, zone);
    const after = offsetAt(ms + dayMs, zone);
    if (before === after) continue;
    let [low, high] = [ms, ms + dayMs];
    while (high - low > 60_000) {
      const middle = low + Math.floor((high - low) / 120_000) * 60_000;
      if (offsetAt(middle, zone) === before) low = middle;
      else high = middle;
    }
    changes.push({ at: high, before, after });
  }
  return changes;
}

function writeChange({ at, before, after }: Change): string[] {
  const wall = at + before * 60_000;
  const day = Math.floor(wall / dayMs);
  const date = new Date(day * dayMs);
  const month = date.getUTCMonth() + 1;
  // The last one of a month, or the nth.
  const isLast = new Date((day + 7) * dayMs).getUTCMonth() + 1 !== month;
  const nth = isLast ? -1 : Math.ceil(date.getUTCDate() / 7);
  const rule = `RRULE:FREQ=YEARLY;BYMONTH=${month};BYDAY=${nth}${weekdays[weekdayOf(day)]}`;
  const start = { day, seconds: Math.floor((wall - day * dayMs) / 1000) };
  return writePart(after > before ? 'DAYLIGHT' : 'STANDARD', start, before, after, rule);
}

function writePart(
  name: 'STANDARD' | 'DAYLIGHT',
  { day, seconds }: Wall,
  before: number,
  after: number,
  rule?: string,
): string[] {
  const clock = [seconds / 3600, (seconds % 3600) / 60, seconds % 60].map(two).join('');
  return [
    `BEGIN:${name}`,
    `DTSTART:${formatDay(day).replaceAll('-', '')}T${clock}`,
    `TZOFFSETFROM:${formatOffset(before)}`,
    `TZOFFSETTO:${formatOffset(after)}`,
    ...(rule ? [rule] : []),
    `END:${name}`,
  ];
}

function two(number: number): string {
  return String(Math.trunc(number)).padStart(2, '0');
}

function formatOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(size / 60)}${two(size % 60)}`;
}
