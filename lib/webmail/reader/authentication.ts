// Who really sent a message, as our own server found at its arrival: the topmost Authentication-Results field that bears
// our name (RFC 8601 §2.2). One of another name, or below a Received field of another server, is somebody's claim.
import { findField, type HeaderField, unfold } from '../../mail/header.ts';

export type Outcome = 'pass' | 'fail' | 'none' | 'error';
export type Authentication = {
  spf: { outcome: Outcome; domain: string };
  /** The best of its signatures */
  dkim: { outcome: Outcome; domain: string };
  dmarc: { outcome: Outcome; domain: string };
  /** Domains whose signature is valid */
  signedBy: string[];
};

const maxLength = 16_384;

/** The findings of our server; null where it made none (own mail, imported mail). */
export function readAuthentication(fields: HeaderField[], hostname: string): Authentication | null {
  for (const { key, rawValue } of fields) {
    const text = unfold(rawValue.slice(0, maxLength));
    if (key === 'received' && !isReceivedBy(text, hostname)) return null;
    if (key !== 'authentication-results') continue;
    const [id = '', ...results] = splitResults(text);
    if (id.split(/\s/)[0]?.toLowerCase() !== hostname.toLowerCase()) continue;
    return readResults(results);
  }
  return null;
}

function isReceivedBy(text: string, hostname: string): boolean {
  const by = /\bby\s+([\w.-]{1,255})/i.exec(text.replace(/\([^()]*\)/g, ' '))?.[1] ?? '';
  return by.replace(/\.$/, '').toLowerCase() === hostname.toLowerCase();
}

/** The parts between semicolons, without comments; quotes keep what they hold. */
export function splitResults(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '\\' && (isQuoted || depth > 0)) {
      i++;
      if (depth === 0) part += text[i] ?? '';
    } else if (depth > 0) {
      if (char === '(') depth++;
      else if (char === ')') depth--;
    } else if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) part += char;
    else if (char === '(') depth++;
    else if (char === ';') {
      parts.push(part.trim());
      part = '';
    } else part += char;
  }
  return [...parts, part.trim()].filter((each) => each !== '');
}

function readResults(results: string[]): Authentication {
  const nothing = () => ({ outcome: 'none' as Outcome, domain: '' });
  const found: Authentication = {
    spf: nothing(),
    dkim: nothing(),
    dmarc: nothing(),
    signedBy: [],
  };
  for (const result of results) {
    const match = /^(spf|dkim|dmarc)\s*=\s*(\w+)/i.exec(result);
    if (!match) continue;
    const method = match[1]?.toLowerCase() as 'spf' | 'dkim' | 'dmarc';
    const outcome = toOutcome(match[2] ?? '');
    const domain = readDomain(method, result);
    if (method === 'dkim' && outcome === 'pass' && domain && found.signedBy.length < 10) {
      found.signedBy.push(domain);
    }
    const isBetter = found[method].outcome !== 'pass';
    if (isBetter) found[method] = { outcome, domain };
  }
  return found;
}

function toOutcome(word: string): Outcome {
  const outcome = word.toLowerCase();
  if (outcome === 'pass') return 'pass';
  if (/^(?:fail|softfail|policy)$/.test(outcome)) return 'fail';
  return /^(?:temperror|permerror)$/.test(outcome) ? 'error' : 'none';
}

const properties = {
  spf: /\bsmtp\.(?:mailfrom|helo)\s*=\s*(\S+)/i,
  dkim: /\bheader\.(?:d|i)\s*=\s*(\S+)/i,
  dmarc: /\bheader\.from\s*=\s*(\S+)/i,
};

function readDomain(method: 'spf' | 'dkim' | 'dmarc', result: string): string {
  const value = properties[method].exec(result)?.[1] ?? '';
  return (value.split('@').pop() ?? '').toLowerCase().slice(0, 255);
}

/** Names of fields that a valid DKIM signature of `domain` covers, in lower case (RFC 6376 §3.5 "h="). */
export function listSignedFields(fields: HeaderField[], signedBy: readonly string[]): Set<string> {
  const covered = new Set<string>();
  for (const { key, rawValue } of fields) {
    if (key !== 'dkim-signature') continue;
    const tags = unfold(rawValue.slice(0, maxLength));
    const domain = /(?:^|;)\s*d\s*=\s*([^;\s]+)/i.exec(tags)?.[1]?.toLowerCase() ?? '';
    if (!signedBy.includes(domain)) continue;
    const names = /(?:^|;)\s*h\s*=\s*([^;]+)/i.exec(tags)?.[1] ?? '';
    for (const name of names.split(':')) covered.add(name.trim().toLowerCase());
  }
  return covered;
}

/** The text of a field that must stand there once; '' where it does not. */
export function readOnly(fields: HeaderField[], name: string): string {
  const field = findField(fields, name);
  const isAlone = fields.filter(({ key }) => key === name).length === 1;
  return field && isAlone ? unfold(field.rawValue.slice(0, maxLength)) : '';
}
