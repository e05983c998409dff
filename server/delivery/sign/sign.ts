// Signs what leaves, at the attempt and not when it is queued: mail may wait for days (scheduled, held, retried),
// and then the key of that day signs, not one that was retired meanwhile.
import { readSigningKeys, type SigningKey } from '#lib/accounts/dkim-key.ts';
import { now } from '#lib/clock.ts';
import { parseAddressList, toAsciiDomain } from '#lib/mail/address.ts';
import {
  findFields,
  type HeaderField,
  parseHeaderFields,
  readRawText,
  splitHeader,
} from '#lib/mail/header.ts';
import { recallFields } from './known.ts';
import { hashBody } from './relaxed.ts';
import { coverFields, makeSignature } from './signature.ts';

const maxFromText = 64 * 1024;
/** Nobody has hosts deeper below their domain; each step is a question to the cache. */
const maxParents = 5;

/**
 * The message with the signatures of its author's domain before it, where the domain has active keys. `form` names the
 * message and what was done to it: the same name is the same octets.
 */
export async function signOwn(bytes: Buffer, form: string): Promise<Buffer> {
  const { header, bodyStart } = splitHeader(bytes);
  const fields = parseHeaderFields(header);
  const keys = await findKeys(fields);
  if (keys.length === 0) return bytes;
  const signatures = await recallFields(form, keys, () => {
    return signAll(keys, fields, bytes.subarray(bodyStart));
  });
  return signatures === '' ? bytes : Buffer.concat([Buffer.from(signatures, 'latin1'), bytes]);
}

async function signAll(keys: SigningKey[], fields: HeaderField[], body: Buffer): Promise<string> {
  const covered = coverFields(fields);
  if (!covered) return '';
  const bodyHash = await hashBody(body);
  const at = now();
  const signed = await Promise.all(keys.map((key) => makeSignature(key, covered, bodyHash, at)));
  return signed.join('');
}

/** The domain of the authors; null where they are none, or of several domains. */
export function findAuthorDomain(fields: HeaderField[]): string | null {
  const [from, second] = findFields(fields, 'from');
  if (!from || second || from.rawValue.length > maxFromText) return null;
  const domains = new Set(
    parseAddressList(readRawText(from.rawValue)).map(({ domain }) => toAsciiDomain(domain)),
  );
  const [domain] = domains;
  return domains.size === 1 && domain ? domain : null;
}

/**
 * The keys of the author's domain, or of the nearest one above it that has keys (aligned as DMARC's default asks;
 * our reports are from the host's name). Of several authors the first speaks for all only if they share the domain.
 */
async function findKeys(fields: HeaderField[]): Promise<SigningKey[]> {
  const domain = findAuthorDomain(fields);
  if (domain === null) return [];
  const labels = domain.split('.');
  const last = Math.min(labels.length - 1, maxParents);
  for (let up = 0; up < Math.max(last, 1); up++) {
    const keys = await readSigningKeys(labels.slice(up).join('.'));
    if (keys.length > 0) return keys;
  }
  return [];
}
