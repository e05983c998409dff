// Addresses of remote pictures by way of our server. The reader's frame has no cookies, so the address itself is the
// permission: signed for one account and one message, for less than an hour.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '../../accounts/secret.ts';
import { now } from '../../clock.ts';

/** Everything the cleaner's thread needs to write such addresses. */
export type ImageGate = {
  /** Path with all but the picture and the signature */
  prefix: string;
  /** Key of this account, message and hour, base64url */
  key: string;
};

export const imagePath = '/api/mail/image';
const stepSeconds = 1800;
const maxUrlLength = 2000;

/** The gate for the pictures of one message; the same for half an hour, so that what is made with it can be kept. */
export function openImageGate(accountId: string, message: string): ImageGate {
  const until = (Math.floor(now().getTime() / 1000 / stepSeconds) + 2) * stepSeconds;
  const who = new URLSearchParams({ a: accountId, m: message, e: String(until) }).toString();
  return { prefix: `${imagePath}?${who}`, key: gateKey(accountId, message, until) };
}

/** The address under which our server fetches `url`; null for one too long. */
export function signImageUrl(gate: ImageGate, url: string): string | null {
  if (url.length > maxUrlLength) return null;
  return `${gate.prefix}&u=${encodeURIComponent(url)}&s=${sign(gate.key, url)}`;
}

/** Whose picture an address asks for; null where it is not ours or too old. */
export function readImageAddress(
  query: URLSearchParams,
): { accountId: string; url: string } | null {
  const [accountId = '', message = '', until = '', url = '', given = ''] = [
    'a',
    'm',
    'e',
    'u',
    's',
  ].map((name) => query.get(name) ?? '');
  const seconds = Number(until);
  const nowSeconds = now().getTime() / 1000;
  if (!/^\d{1,12}$/.test(until) || seconds < nowSeconds) return null;
  if (url.length > maxUrlLength || accountId.length > 100 || message.length > 200) return null;
  const expected = Buffer.from(sign(gateKey(accountId, message, seconds), url));
  const found = Buffer.from(given);
  const isOurs = expected.length === found.length && timingSafeEqual(expected, found);
  return isOurs ? { accountId, url } : null;
}

function gateKey(accountId: string, message: string, until: number): string {
  const key = deriveKey('remote pictures');
  const text = JSON.stringify([accountId, message, until]);
  return createHmac('sha256', key).update(text).digest('base64url');
}

function sign(key: string, url: string): string {
  return createHmac('sha256', key).update(url).digest('base64url');
}
