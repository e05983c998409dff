// What an access rule looks for, by scope, in its one stored spelling (Postfix: access(5), header_checks(5)).
// Pure. Names and addresses are compared whole; "*" in header, body and attachment stands for anything.
import { isIP } from 'node:net';
import { Refusal } from '../errors.ts';
import { canonicalAddress, toAsciiDomain } from '../mail/address.ts';
import { parseCidr } from './network.ts';

export type AccessScope =
  | 'client'
  | 'helo'
  | 'sender'
  | 'recipient'
  | 'header'
  | 'body'
  | 'attachment';

const maxPatternLength = 500;

/** What a pattern may be, for a person; the panel and refusals say the same. */
export const patternHelp: Record<AccessScope, string> = {
  client:
    'an IP address, a network such as 192.0.2.0/24, a host name, .example.org for a domain with all below it, *.example.org for what is below it, or * for every client',
  helo: 'a host name, .example.org for a domain with all below it, *.example.org for what is below it, an address such as [192.0.2.1], or * for every name',
  sender:
    'an address, @example.org for a domain, .example.org for a domain with all below it, ada@ for a local part in any domain, <> for bounces, or * for everybody',
  recipient:
    'an address, @example.org for a domain, .example.org for a domain with all below it, ada@ for a local part in any domain, or * for everybody',
  header:
    'a field and its text, such as "Subject: *lottery*"; * stands for anything, ? for one character, and capitals do not count',
  body: 'a text of one line, such as "*cheap watches*"; * stands for anything, ? for one character, and capitals do not count',
  attachment: 'a file name such as *.exe, or a type such as application/x-msdownload',
};

/** The stored form of a pattern. Refusal 'invalid' (field "pattern"). */
export function canonicalPattern(scope: AccessScope, text: string): string {
  const pattern = text.trim();
  const canonical =
    pattern === '' || pattern.length > maxPatternLength || /\p{Cc}/u.test(pattern)
      ? null
      : readers[scope](pattern);
  if (canonical === null) {
    throw new Refusal('invalid', `The pattern is ${patternHelp[scope]}.`, 'pattern');
  }
  return canonical;
}

const readers: Record<AccessScope, (pattern: string) => string | null> = {
  client: (pattern) => readNetwork(pattern) ?? readHost(pattern),
  helo: (pattern) => readLiteral(pattern) ?? readHost(pattern),
  sender: (pattern) => (pattern === '<>' ? pattern : readAddress(pattern)),
  recipient: readAddress,
  header: readHeader,
  body: (pattern) => (/[^*\s]/.test(pattern) ? pattern : null),
  attachment: (pattern) => (/[^*\s.]/.test(pattern) ? pattern.toLowerCase() : null),
};

/** Whether a client pattern is a network or an address, not a name. */
export function isNetworkPattern(pattern: string): boolean {
  return isIP(pattern.split('/')[0] ?? '') !== 0;
}

function readNetwork(pattern: string): string | null {
  if (!isNetworkPattern(pattern)) return null;
  try {
    const { address, bits, family } = parseCidr(pattern);
    return bits === (family === 'ipv4' ? 32 : 128) ? address : `${address}/${bits}`;
  } catch {
    return null;
  }
}

function readLiteral(pattern: string): string | null {
  if (!pattern.startsWith('[')) return null;
  return toAsciiDomain(pattern);
}

function readHost(pattern: string): string | null {
  if (pattern === '*') return pattern;
  const [, prefix = '', name = ''] = /^(\*\.|\.)?(.*?)\.?$/.exec(pattern) ?? [];
  const ascii = name.startsWith('[') ? null : toAsciiDomain(name);
  return ascii && `${prefix}${ascii}`;
}

function readAddress(pattern: string): string | null {
  if (pattern === '*') return pattern;
  if (pattern.startsWith('*@')) return readAddress(pattern.slice(1));
  // A star elsewhere would be taken as it stands and never fit.
  if (pattern.includes('*')) return null;
  if (pattern.startsWith('@') || pattern.startsWith('.')) {
    const ascii = toAsciiDomain(pattern.slice(1));
    return ascii && `${pattern[0]}${ascii}`;
  }
  // "ada@": any domain does to find out whether it is a local part.
  if (pattern.endsWith('@')) {
    const whole = canonicalAddress(`${pattern}a.invalid`);
    return whole?.slice(0, -'a.invalid'.length) ?? null;
  }
  return canonicalAddress(pattern);
}

/** RFC 5322 §2.2: a field name is printable ASCII without a colon. */
function readHeader(pattern: string): string | null {
  const [, name = '', text = ''] = /^([!-9;-~]+)[ \t]*:[ \t]*(.*)$/.exec(pattern) ?? [];
  if (name === '' || name.length > 100 || text === '') return null;
  return `${name}: ${text}`;
}
