// Moments and what a clock in a zone shows for them. Days are numbers since 1970-01-01, times seconds since midnight,
// so that calculating with them knows no zone. Pure.
import { isTimeZone } from '../i18n/locales.ts';

/** What calendar and clock show somewhere. */
export type Wall = { day: number; seconds: number };

export const dayMs = 24 * 3600_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    // Names come from files: a bounded number of them is kept.
    if (formats.size > 200) formats.clear();
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
    formats.set(zone, format);
  }
  return format;
}

/** What the clock of `zone` shows, as if it were UTC: milliseconds. */
function wallMs(ms: number, zone: string): number {
  if (zone === 'UTC') return ms;
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(ms)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const floor = Math.floor(ms / 1000) * 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (ms - floor);
}

/** What calendar and clock of `zone` show at a moment. */
export function toWall(moment: Date, zone: string): Wall {
  const ms = wallMs(moment.getTime(), zone);
  const day = Math.floor(ms / dayMs);
  return { day, seconds: Math.floor((ms - day * dayMs) / 1000) };
}

/**
 * The moment when they show that. Of an hour that comes twice the first; a time that is skipped counts by the offset
 * before the gap (RFC 5545 §3.3.5).
 */
export function toMoment({ day, seconds }: Wall, zone: string): Date {
  const wall = day * dayMs + seconds * 1000;
  const offsetAt = (ms: number) => wallMs(ms, zone) - ms;
  const before = wall - offsetAt(wall - dayMs);
  if (wallMs(before, zone) === wall) return new Date(before);
  const after = wall - offsetAt(wall + dayMs);
  return new Date(wallMs(after, zone) === wall ? after : before);
}

/** "2026-11-21" → days since 1970; NaN for what is no day. */
export function parseDay(text: string): number {
  const match = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text);
  if (!match) return Number.NaN;
  const [year, month, date] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const ms = Date.UTC(year, month - 1, date);
  const back = new Date(ms);
  const isDay = back.getUTCMonth() === month - 1 && back.getUTCDate() === date;
  return isDay ? ms / dayMs : Number.NaN;
}

/** Days since 1970 → "2026-11-21" */
export function formatDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** 0 = Sunday */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** Windows' names of zones that invitations of Outlook carry (CLDR windowsZones, the usual ones). */
const windowsZones: Record<string, string> = {
  UTC: 'UTC',
  'GMT Standard Time': 'Europe/London',
  'Greenwich Standard Time': 'Atlantic/Reykjavik',
  'W. Europe Standard Time': 'Europe/Berlin',
  'Central Europe Standard Time': 'Europe/Budapest',
  'Central European Standard Time': 'Europe/Warsaw',
  'Romance Standard Time': 'Europe/Paris',
  'FLE Standard Time': 'Europe/Kiev',
  'GTB Standard Time': 'Europe/Bucharest',
  'E. Europe Standard Time': 'Europe/Chisinau',
  'Turkey Standard Time': 'Europe/Istanbul',
  'Russian Standard Time': 'Europe/Moscow',
  'Israel Standard Time': 'Asia/Jerusalem',
  'Egypt Standard Time': 'Africa/Cairo',
  'South Africa Standard Time': 'Africa/Johannesburg',
  'E. Africa Standard Time': 'Africa/Nairobi',
  'Arab Standard Time': 'Asia/Riyadh',
  'Arabian Standard Time': 'Asia/Dubai',
  'Pakistan Standard Time': 'Asia/Karachi',
  'India Standard Time': 'Asia/Kolkata',
  'SE Asia Standard Time': 'Asia/Bangkok',
  'China Standard Time': 'Asia/Shanghai',
  'Singapore Standard Time': 'Asia/Singapore',
  'Tokyo Standard Time': 'Asia/Tokyo',
  'Korea Standard Time': 'Asia/Seoul',
  'AUS Eastern Standard Time': 'Australia/Sydney',
  'New Zealand Standard Time': 'Pacific/Auckland',
  'E. South America Standard Time': 'America/Sao_Paulo',
  'Argentina Standard Time': 'America/Argentina/Buenos_Aires',
  'Atlantic Standard Time': 'America/Halifax',
  'Eastern Standard Time': 'America/New_York',
  'Central Standard Time': 'America/Chicago',
  'Mountain Standard Time': 'America/Denver',
  'US Mountain Standard Time': 'America/Phoenix',
  'Pacific Standard Time': 'America/Los_Angeles',
  'Alaskan Standard Time': 'America/Anchorage',
  'Hawaiian Standard Time': 'Pacific/Honolulu',
};

/** The IANA name a TZID means, or null: as it is, at its end ("/x/y/Europe/Berlin"), or Windows' name. */
export function findZone(tzid: string): string | null {
  const name = tzid.slice(0, 200).trim();
  if (isTimeZone(name)) return name;
  const end = /([A-Za-z_]+(?:\/[A-Za-z_+-]+){1,2})$/.exec(name)?.[1];
  if (end && isTimeZone(end)) return end;
  const last = end?.split('/').slice(-2).join('/');
  if (last && isTimeZone(last)) return last;
  return windowsZones[name] ?? null;
}
