// What an account keeps for SCRAM-SHA-256 (RFC 5802 §3, RFC 7677): never the password, but keys made of it.
//
// Sealed in the row with the server's secret key, because whoever has such a key can try passwords against it
// more cheaply than against argon2: a stolen database or backup alone gives nothing to try. Keys that cannot be
// opened (another secret key after a restore) count as none; the next login with the password makes new ones.
//
// The salt is derived from the address and the secret key: so it is the same for an account that exists, one
// that does not, and one whose password has changed, and asking for it tells nobody who has a mailbox here
// (RFC 5802 §9).
import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { prepare } from './saslprep.ts';
import { decryptSecret, deriveKey, encryptSecret } from './secret.ts';

export type ScramKeys = {
  iterations: number;
  salt: Buffer;
  storedKey: Buffer;
  serverKey: Buffer;
};

/**
 * RFC 7677 §4 asks for at least 4096, and for about a tenth of a second of a weak machine: this is 20 ms here
 * and some 100 to 200 ms on a phone of little power, at each login.
 */
export const iterations = 32_768;
const saltBytes = 16;
const stretch = promisify(pbkdf2);

/** The salt of a canonical address, whether or not it has an account. */
function saltOf(address: string): Buffer {
  return createHmac('sha256', deriveKey('scram salt'))
    .update(address)
    .digest()
    .subarray(0, saltBytes);
}

/** Keys of the password as the column holds them; '' for a password that SCRAM cannot carry (RFC 4013). */
export async function sealScramKeys(address: string, password: string): Promise<string> {
  const prepared = prepare(password);
  if (prepared === null) return '';
  const salt = saltOf(address);
  const salted = await stretch(prepared, salt, iterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  // RFC 5803 §2
  return encryptSecret(
    `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`,
  );
}

/** The keys in a column; null where there are none that can be opened. */
export function openScramKeys(sealed: string): ScramKeys | null {
  const text = sealed === '' ? null : decryptSecret(sealed);
  const match = text?.match(/^SCRAM-SHA-256\$(\d{4,7}):([^$:]+)\$([^$:]+):([^$:]+)$/);
  if (!match) return null;
  const [salt, storedKey, serverKey] = match.slice(2).map((part) => Buffer.from(part, 'base64'));
  if (!salt || storedKey?.length !== 32 || serverKey?.length !== 32) return null;
  return { iterations: Number(match[1]), salt, storedKey, serverKey };
}

/** Keys that nobody's password fits, and that look like any other's. */
export function inventScramKeys(address: string): ScramKeys {
  const salt = saltOf(address);
  return { iterations, salt, storedKey: randomBytes(32), serverKey: randomBytes(32) };
}
