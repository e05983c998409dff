// Signs what leaves, at the attempt and not when it is queued: mail may wait for days (scheduled, held, retried),
// and then the key of that day signs, not one that was retired meanwhile. The fields are remembered by message,
// so a message to a hundred domains is signed once.
import { readSigningKeys, type SigningKey } from '#lib/accounts/dkim-key.ts';
import { now } from '#lib/clock.ts';
import { logOf } from '#lib/log.ts';
import { parseAddressList, toAsciiDomain } from '#lib/mail/address.ts';
import {
  findFields,
  type HeaderField,
  parseHeaderFields,
  readRawText,
  splitHeader,
} from '#lib/mail/header.ts';
import { isOwnMail, type QueuedMail } from './own-mail.ts';
import { hashBody } from './relaxed.ts';
import { repairLines } from './repair.ts';
import { coverFields, makeSignature } from './signature.ts';

const log = logOf('sign');

export type Outgoing = QueuedMail & { id: string; traceId: string };

type Known = { keys: string; madeAt: number; fields: Promise<string> };

/** Remembered signatures, some 1.5 KB each. */
const maxKnown = 1000;
/** A signature tells when it was made; an older one is made again. */
const maxAgeMs = 3_600_000;
const known = new Map<string, Known>();
const maxFromText = 64 * 1024;
/** Nobody has hosts deeper below their domain; each step is a question to the cache. */
const maxParents = 5;

/**
 * The message as it leaves: mail of our own with its lines mended and the signatures of its author's domain before
 * it, where the domain has active keys; everything else as it is. A fault of signing is logged, and the mail goes unsigned.
 */
export async function signOutgoing(message: Outgoing, bytes: Buffer): Promise<Buffer> {
  if (!(await isOwnMail(message))) return bytes;
  const mended = await repairLines(bytes);
  try {
    const { header, bodyStart } = splitHeader(mended);
    const fields = parseHeaderFields(header);
    const keys = await findKeys(fields);
    if (keys.length === 0) return mended;
    const signatures = await recall(message, keys, () => {
      return signAll(keys, fields, mended.subarray(bodyStart));
    });
    return signatures === '' ? mended : Buffer.concat([Buffer.from(signatures, 'latin1'), mended]);
  } catch (error) {
    log.error({ err: error, traceId: message.traceId }, 'a message could not be signed');
    return mended;
  }
}

function recall(
  { id }: Outgoing,
  keys: SigningKey[],
  make: () => Promise<string>,
): Promise<string> {
  const names = keys.map((key) => key.id).join(' ');
  const found = known.get(id);
  const at = now().getTime();
  if (found?.keys === names && Math.abs(at - found.madeAt) < maxAgeMs) return found.fields;
  const fields = make();
  if (known.size >= maxKnown) known.delete(known.keys().next().value as string);
  known.set(id, { keys: names, madeAt: at, fields });
  fields.catch(() => known.delete(id));
  return fields;
}

async function signAll(keys: SigningKey[], fields: HeaderField[], body: Buffer): Promise<string> {
  const covered = coverFields(fields);
  if (!covered) return '';
  const bodyHash = await hashBody(body);
  const at = now();
  const signed = await Promise.all(keys.map((key) => makeSignature(key, covered, bodyHash, at)));
  return signed.join('');
}

/**
 * The keys of the author's domain, or of the nearest one above it that has keys (aligned as DMARC's default asks;
 * our reports are from the host's name). Of several authors the first speaks for all only if they share the domain.
 */
async function findKeys(fields: HeaderField[]): Promise<SigningKey[]> {
  const [from, second] = findFields(fields, 'from');
  if (!from || second || from.rawValue.length > maxFromText) return [];
  const domains = new Set(
    parseAddressList(readRawText(from.rawValue)).map(({ domain }) => toAsciiDomain(domain)),
  );
  const [domain] = domains;
  if (domains.size !== 1 || !domain) return [];
  const labels = domain.split('.');
  const last = Math.min(labels.length - 1, maxParents);
  for (let up = 0; up < Math.max(last, 1); up++) {
    const keys = await readSigningKeys(labels.slice(up).join('.'));
    if (keys.length > 0) return keys;
  }
  return [];
}

/** Forgets remembered signatures (tests). */
export function forgetSignatures(): void {
  known.clear();
}
