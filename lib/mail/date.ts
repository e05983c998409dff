// Dates of mail: RFC 5322 §3.3 with the obsolete forms of §4.3, and IMAP's date-time (RFC 3501 §9).
// Reading is tolerant and never throws; writing is exact.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MAX_TEXT = 200;

/** Zones with a name, in minutes; every other name means "unknown", which counts as UTC (RFC 5322 §4.3). */
const ZONES: Record<string, number> = {
  UT: 0,
  GMT: 0,
  UTC: 0,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  // Not in the RFC, but plain in the wild.
  BST: 60,
  CET: 60,
  CEST: 120,
  MET: 60,
  MEST: 120,
  EET: 120,
  EEST: 180,
  JST: 540,
};

type Parts = { year: number; month: number; day: number; seconds: number; offset: number };

/** Moment of a Date field, or null when day, month, year or time cannot be understood. */
export function parseDate(text: string): Date | null {
  const tokens = dropComments(text.slice(0, MAX_TEXT))
    .replace(/\s*:\s*/g, ':')
    .split(/[\s,]+/);
  const parts: Partial<Parts> = {};
  for (const token of tokens) {
    if (token !== '') readToken(token, parts);
  }
  const { year, month, day, seconds } = parts;
  if (year === undefined || month === undefined || day === undefined) return null;
  return buildDate({ year, month, day, seconds: seconds ?? 0, offset: parts.offset ?? 0 });
}

function dropComments(text: string): string {
  let depth = 0;
  let out = '';
  for (const character of text) {
    if (character === '(') depth++;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) out += character;
  }
  return out;
}

function readToken(token: string, parts: Partial<Parts>): void {
  if (token.includes(':')) readClock(token, parts);
  else if (/^[+-]\d{1,4}$/.test(token) && parts.seconds !== undefined) {
    parts.offset ??= readOffset(token);
  } else if (/^\d{1,4}$/.test(token)) readNumber(token, parts);
  else if (/^\d{1,4}-[A-Za-z]{3,9}-\d{2,4}$/.test(token)) {
    for (const piece of token.split('-')) readToken(piece, parts);
  } else if (/^\d{4}-\d\d-\d\d$/.test(token)) {
    parts.year ??= Number(token.slice(0, 4));
    parts.month ??= Number(token.slice(5, 7)) - 1;
    parts.day ??= Number(token.slice(8));
  } else readName(token, parts);
}

function readName(token: string, parts: Partial<Parts>): void {
  const month = MONTHS.findIndex((name) => token.slice(0, 3).toLowerCase() === name.toLowerCase());
  if (month >= 0 && parts.month === undefined) parts.month = month;
  else if (parts.seconds !== undefined && /^[A-Za-z]{1,5}$/.test(token)) {
    parts.offset ??= ZONES[token.toUpperCase()] ?? 0;
  } else {
    // 2026-11-21T09:55 and "GMT+0200" style words.
    const zone = /^(?:GMT|UTC)([+-]\d{1,4})$/i.exec(token);
    if (zone) parts.offset ??= readOffset(zone[1]!);
  }
}

function readNumber(token: string, parts: Partial<Parts>): void {
  const number = Number(token);
  if (token.length <= 2 && parts.day === undefined) parts.day = number;
  else if (parts.year === undefined) {
    // RFC 5322 §4.3: 00–49 are of this century, 50–99 and three digits count from 1900.
    if (token.length <= 2) parts.year = number + (number < 50 ? 2000 : 1900);
    else parts.year = token.length === 3 ? number + 1900 : number;
  }
}

function readClock(token: string, parts: Partial<Parts>): void {
  const match =
    /^(?:(\d{4}-\d\d-\d\d)T)?(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?:\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/i.exec(
      token,
    );
  if (!match || parts.seconds !== undefined) return;
  const [, day, hours, minutes, seconds = '0', zone] = match;
  if (Number(hours) > 24 || Number(minutes) > 59 || Number(seconds) > 60) return;
  if (day) readToken(day, parts);
  parts.seconds = Number(hours) * 3600 + Number(minutes) * 60 + Math.min(59, Number(seconds));
  if (zone) parts.offset = zone.toUpperCase() === 'Z' ? 0 : readOffset(zone.replace(':', ''));
}

/** Minutes east of UTC of `+hhmm` (or shorter, as hours). */
function readOffset(token: string): number {
  const digits = token.slice(1);
  const hours = Number(digits.length > 2 ? digits.slice(0, -2) : digits);
  const minutes = digits.length > 2 ? Number(digits.slice(-2)) : 0;
  const total = hours * 60 + minutes;
  if (hours > 24 || minutes > 59) return 0;
  return token.startsWith('-') ? -total : total;
}

function buildDate({ year, month, day, seconds, offset }: Parts): Date | null {
  if (year < 1900 || year > 9999 || month < 0 || month > 11 || day < 1) return null;
  const start = new Date(Date.UTC(year, month, day));
  if (start.getUTCMonth() !== month || start.getUTCDate() !== day) return null;
  return new Date(start.getTime() + (seconds - offset * 60) * 1000);
}

/** RFC 5322 date-time in the zone `offsetMinutes` east of UTC. */
export function formatDate(date: Date, offsetMinutes = 0): string {
  const local = new Date(date.getTime() + offsetMinutes * 60_000);
  const day = `${DAYS[local.getUTCDay()]}, ${local.getUTCDate()}`;
  const year = `${MONTHS[local.getUTCMonth()]} ${pad(local.getUTCFullYear(), 4)}`;
  const minutes = Math.abs(Math.trunc(offsetMinutes));
  const zone = `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.trunc(minutes / 60))}${pad(minutes % 60)}`;
  return `${day} ${year} ${formatClock(local)} ${zone}`;
}

/** IMAP date-time in UTC, without quotes: `01-Nov-2026 09:55:06 +0000`. */
export function formatInternalDate(date: Date): string {
  const day = `${twoDigits[date.getUTCDate()]}-${MONTHS[date.getUTCMonth()]}-${pad(date.getUTCFullYear(), 4)}`;
  return `${day} ${formatClock(date)} +0000`;
}

/** A mailbox has a hundred thousand dates. */
const twoDigits = Array.from({ length: 60 }, (_, number) => pad(number));

function formatClock(date: Date): string {
  const hours = twoDigits[date.getUTCHours()];
  return `${hours}:${twoDigits[date.getUTCMinutes()]}:${twoDigits[date.getUTCSeconds()]}`;
}

function pad(number: number, width = 2): string {
  return String(number).padStart(width, '0');
}

/** Moment of an IMAP date-time without quotes, strict (RFC 3501 §9 date-time); null when it is not one. */
export function parseInternalDate(text: string): Date | null {
  const match = /^([ \d]\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(
    text,
  );
  if (!match) return null;
  const [, day, monthName, year, hours, minutes, seconds, sign, zoneHours, zoneMinutes] = match;
  const month = MONTHS.findIndex((name) => name.toLowerCase() === monthName!.toLowerCase());
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return null;
  if (Number(zoneHours) > 24 || Number(zoneMinutes) > 59) return null;
  const offset = Number(zoneHours) * 60 + Number(zoneMinutes);
  return buildDate({
    year: Number(year),
    month,
    day: Number(day),
    seconds: Number(hours) * 3600 + Number(minutes) * 60 + Math.min(59, Number(seconds)),
    offset: sign === '-' ? -offset : offset,
  });
}
