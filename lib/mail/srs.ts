// The Sender Rewriting Scheme: the envelope sender of mail that is passed on becomes an address of the forwarder, so
// that SPF (RFC 7208) of the forwarder counts, and out of that address the way back can be read. "SRS0" holds the
// sender itself, "SRS1" names the forwarder that made the SRS0 and keeps what that one wrote. Pure: keys and days
// are handed in. Addresses are told apart without regard to case, since some servers write them small.
import { isValidLocalPart, splitAddress, toAsciiDomain } from './address.ts';

/** What proves that we made an address: some characters of base32 over a text. */
export type SignSender = (text: string) => string;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Two characters of time count so many days before they begin again. */
const days = 1024;
/** A bounce comes within days; an address that was seen by many is not of use for ever. */
const maxAgeDays = 21;
/** RFC 5321 §4.5.3.1.3, less the angle brackets. */
const maxAddress = 254;

/** Whether the local part claims to be one of the scheme. */
export function isSrsLocal(local: string): boolean {
  return /^SRS[01][=+-]/i.test(local);
}

/** The sender as an address at `domain`; null where it cannot be one. `day`: days since 1970. */
export function wrapSender(
  sender: string,
  domain: string,
  sign: SignSender,
  day: number,
): string | null {
  const { local, domain: from } = splitAddress(sender);
  const ascii = toAsciiDomain(from);
  // A literal has no MX, and what needs quotes cannot stand in another local part.
  if (ascii === null || ascii.startsWith('[') || local === '' || local.startsWith('"')) return null;
  const wrapped = `${wrapLocal(local, ascii, sign, day)}@${domain}`;
  // RFC 5321 §4.5.3.1: the limits are what everybody has to take, not what may be sent.
  const isFit = isValidLocalPart(splitAddress(wrapped).local);
  return isFit && Buffer.byteLength(wrapped) <= maxAddress ? wrapped : null;
}

function wrapLocal(local: string, domain: string, sign: SignSender, day: number): string {
  const first = /^SRS0([=+-].+)$/i.exec(local);
  if (first?.[1]) return wrapFirst(domain, first[1], sign);
  const next = /^SRS1[=+-][^=]+=([^=]+)=([=+-].+)$/i.exec(local);
  if (next?.[1] && next[2]) return wrapFirst(next[1], next[2], sign);
  const time = writeDay(day);
  const hash = sign(`0 ${time}=${domain}=${local}`.toLowerCase());
  return `SRS0=${hash}=${time}=${domain}=${local}`;
}

function wrapFirst(forwarder: string, rest: string, sign: SignSender): string {
  return `SRS1=${sign(`1 ${forwarder}=${rest}`.toLowerCase())}=${forwarder}=${rest}`;
}

/** Where mail for such an address goes; null where it is none of ours, changed, or too old. */
export function unwrapRecipient(local: string, sign: SignSender, day: number): string | null {
  const first = /^SRS0[=+-]([^=]+)=([A-Z2-7]{2})=([^=]+)=(.+)$/i.exec(local);
  if (first) {
    const [, hash = '', time = '', domain = '', name = ''] = first;
    const isOurs = isSame(hash, sign(`0 ${time}=${domain}=${name}`.toLowerCase()));
    return isOurs && isRecent(time, day) ? `${name}@${domain}` : null;
  }
  const next = /^SRS1[=+-]([^=]+)=([^=]+)=([=+-].+)$/i.exec(local);
  if (!next) return null;
  const [, hash = '', forwarder = '', rest = ''] = next;
  // The forwarder looks at the age of what it wrote itself.
  const isOurs = isSame(hash, sign(`1 ${forwarder}=${rest}`.toLowerCase()));
  return isOurs ? `SRS0${rest}@${forwarder}` : null;
}

/** In a time that does not tell how much is right. */
function isSame(given: string, wanted: string): boolean {
  if (given.length !== wanted.length) return false;
  let difference = 0;
  const [one, other] = [given.toLowerCase(), wanted.toLowerCase()];
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i);
  return difference === 0;
}

function writeDay(day: number): string {
  const number = day % days;
  return `${alphabet[number >> 5]}${alphabet[number & 31]}`;
}

function isRecent(time: string, day: number): boolean {
  const [high, low] = [...time.toUpperCase()].map((character) => alphabet.indexOf(character));
  const age = ((day % days) - ((high ?? 0) * 32 + (low ?? 0)) + days) % days;
  // Another machine of ours may have a new day already.
  return age <= maxAgeDays || age === days - 1;
}

/** The first `length` characters of base32 (RFC 4648 §6) of some bytes. */
export function writeBase32(bytes: Uint8Array, length: number): string {
  let bits = 0;
  let count = 0;
  let text = '';
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    for (count += 8; count >= 5; count -= 5) text += alphabet[(bits >> (count - 5)) & 31];
    bits &= 31;
    if (text.length >= length) break;
  }
  return text.slice(0, length);
}
