// What the parameters of MAIL and RCPT ask for: SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531),
// RET, ENVID, NOTIFY, ORCPT (RFC 3461), REQUIRETLS (RFC 8689), HOLDFOR and HOLDUNTIL (RFC 4865).
// RFC 5321 §4.1.1.11: what was not offered is refused, never passed over.
import { fromNow, now } from '#lib/clock.ts';
import type { Settings } from '#lib/settings/index.ts';
import type { Client } from '../session.ts';
import { type Refused, refuse, tooBig } from '../verdict.ts';
import type { Parameters } from './path.ts';
import { decodeXtext } from './xtext.ts';

export type MailParameters = {
  declaredBytes: number;
  isSmtpUtf8: boolean;
  envid: string;
  /** "FULL", "HDRS" or empty */
  ret: string;
  isTlsRequired: boolean;
  releaseAt: Date | null;
};

export type RcptParameters = {
  /** "rfc822;user@example.org", decoded, or empty */
  originalTo: string;
  /** "NEVER", "SUCCESS,FAILURE" or empty */
  notify: string;
};

const dayMs = 24 * 60 * 60_000;
/** RFC 4865 §4: an interval has at most nine digits. */
const maxIntervalSeconds = 999_999_999;

const wrong = (text: string): Refused => refuse('bad-parameter', text);
const unknown = refuse('unknown-parameter', 'This parameter is not known here');

/** How long a message may be asked to wait: seconds, 0 = the extension is not offered. */
export function longestHoldSeconds(client: Client, settings: Settings): number {
  if (!client.isSubmission) return 0;
  return Math.min((settings['smtp.futureReleaseDays'] * dayMs) / 1000, maxIntervalSeconds);
}

/** Reads them, or says what is wrong with them. */
export function readMailParameters(
  client: Client,
  settings: Settings,
  given: Parameters,
): MailParameters | Refused {
  const read: MailParameters = {
    declaredBytes: 0,
    isSmtpUtf8: false,
    envid: '',
    ret: '',
    isTlsRequired: false,
    releaseAt: null,
  };
  for (const [name, value] of Object.entries(given)) {
    const apply = Object.hasOwn(mailParameters, name) ? mailParameters[name] : undefined;
    const refused = apply ? apply(read, value, client, settings) : unknown;
    if (refused) return refused;
  }
  if (given.HOLDFOR && given.HOLDUNTIL) return wrong('Give HOLDFOR or HOLDUNTIL, not both');
  return read;
}

type Apply = (
  read: MailParameters,
  value: string | true,
  client: Client,
  settings: Settings,
) => Refused | undefined;

const mailParameters: Record<string, Apply> = {
  SIZE(read, value, _client, settings) {
    if (value === true || !/^\d{1,20}$/.test(value)) return wrong('SIZE wants a number');
    read.declaredBytes = Number(value);
    // RFC 1870 §6.1: told before anything is sent.
    return read.declaredBytes > settings['smtp.messageSizeBytes'] ? tooBig : undefined;
  },
  BODY(_read, value) {
    if (value !== true && /^(7BIT|8BITMIME)$/i.test(value)) return undefined;
    return wrong('BODY wants 7BIT or 8BITMIME');
  },
  SMTPUTF8(read, value) {
    read.isSmtpUtf8 = true;
    return value === true ? undefined : wrong('SMTPUTF8 takes no value');
  },
  // RFC 4954 §5: with AUTH goes the MAIL parameter of that name; its value is not used.
  AUTH(_read, value, client) {
    if (!client.isSubmission) return unknown;
    return value === true ? wrong('AUTH wants a value') : undefined;
  },
  RET(read, value) {
    if (value === true || !/^(FULL|HDRS)$/i.test(value)) return wrong('RET wants FULL or HDRS');
    read.ret = value.toUpperCase();
    return undefined;
  },
  ENVID(read, value) {
    // RFC 3461 §4.4: at most 100 characters, encoded.
    const decoded = value === true || value.length > 100 ? null : decodeXtext(value);
    if (!decoded) return wrong('ENVID wants a short identifier');
    read.envid = decoded;
    return undefined;
  },
  REQUIRETLS(read, value, client) {
    // RFC 8689 §3: only where TLS protects this very session.
    if (!client.isSecure) return refuse('tls-first', 'REQUIRETLS needs STARTTLS first');
    read.isTlsRequired = true;
    return value === true ? undefined : wrong('REQUIRETLS takes no value');
  },
  HOLDFOR(read, value, client, settings) {
    const mostSeconds = longestHoldSeconds(client, settings);
    if (mostSeconds === 0) return unknown;
    if (value === true || !/^\d{1,9}$/.test(value)) return wrong('HOLDFOR wants seconds');
    if (Number(value) > mostSeconds) return wrong('This is too far in the future');
    read.releaseAt = fromNow(Number(value) * 1000);
    return undefined;
  },
  HOLDUNTIL(read, value, client, settings) {
    const mostSeconds = longestHoldSeconds(client, settings);
    if (mostSeconds === 0) return unknown;
    const at = value === true ? null : readDateTime(value);
    if (!at) return wrong('HOLDUNTIL wants a date as in RFC 3339');
    if (at.getTime() > now().getTime() + mostSeconds * 1000)
      return wrong('This is too far in the future');
    read.releaseAt = at;
    return undefined;
  },
};

/** RFC 3339 §5.6 date-time; null where it is none, or no day of the calendar. */
function readDateTime(text: string): Date | null {
  const pattern =
    /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;
  const [, year, month, day] = pattern.exec(text) ?? [];
  if (year === undefined) return null;
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(day) > lastDay) return null;
  const at = new Date(text.toUpperCase());
  return Number.isNaN(at.getTime()) ? null : at;
}

/**
 * Reads them, or says what is wrong with them. Reports of success go to who has signed in only: for anybody
 * else the sender may be forged, and this server would write to the victim.
 */
export function readRcptParameters(client: Client, given: Parameters): RcptParameters | Refused {
  const read: RcptParameters = { originalTo: '', notify: '' };
  for (const [name, value] of Object.entries(given)) {
    if (name === 'NOTIFY') {
      const words = value === true ? null : readNotify(value);
      if (!words) return wrong('NOTIFY wants NEVER, or some of SUCCESS, FAILURE, DELAY');
      read.notify = (client.account ? words : withoutSuccess(words)).join(',');
    } else if (name === 'ORCPT') {
      const original = value === true ? null : readOriginal(value);
      if (!original) return wrong('ORCPT wants a type and an address');
      read.originalTo = original;
    } else return unknown;
  }
  return read;
}

/** RFC 3461 §4.1: NEVER stands alone. */
function readNotify(value: string): string[] | null {
  const words = value.toUpperCase().split(',');
  if (new Set(words).size < words.length) return null;
  if (words.length === 1 && words[0] === 'NEVER') return words;
  return words.every((word) => /^(SUCCESS|FAILURE|DELAY)$/.test(word)) ? words : null;
}

function withoutSuccess(words: string[]): string[] {
  const others = words.filter((word) => word !== 'SUCCESS');
  return others.length > 0 ? others : ['NEVER'];
}

/** RFC 3461 §4.2: addr-type ";" xtext, at most 500 characters. */
function readOriginal(value: string): string | null {
  const [, type, encoded] = /^([a-z0-9-]{1,30});(.+)$/i.exec(value) ?? [];
  if (!type || !encoded || value.length > 500) return null;
  const address = decodeXtext(encoded);
  return address ? `${type.toLowerCase()};${address}` : null;
}
