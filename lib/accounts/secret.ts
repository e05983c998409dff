// The server's secret key: 32 random bytes in the data folder, mode 0600, made at first use. It signs
// internal tokens and web sessions and encrypts the passwords of relay hosts. Losing it ends sessions and
// makes stored relay passwords unreadable; nothing else.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../env.ts';

const keyBytes = 32;
let known: { folder: string; key: Buffer } | null = null;

function readKey(): Buffer {
  const folder = dataFolder();
  if (known?.folder === folder) return known.key;
  const file = join(folder, 'secret.key');
  const key = readKeyFile(file) ?? createKeyFile(folder, file);
  known = { folder, key };
  return key;
}

function readKeyFile(file: string): Buffer | null {
  try {
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
    if (key.length !== keyBytes)
      throw new Error(`${file} is damaged: it must hold 32 bytes in base64`);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Makes the file whole and durable under another name and links it: two processes agree on the first. */
function createKeyFile(folder: string, file: string): Buffer {
  mkdirSync(folder, { recursive: true });
  const draft = `${file}.${process.pid}`;
  const descriptor = openSync(/*turbopackIgnore: true*/ draft, 'w', 0o600);
  writeSync(descriptor, `${randomBytes(keyBytes).toString('base64')}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readKeyFile(file) as Buffer;
}

/** A key of its own for each purpose, so that one signature is never valid as another. */
export function deriveKey(purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', readKey(), '', `drey ${purpose}`, 32));
}

/** `text` with its signature for `purpose`: "text.signature". */
export function signText(purpose: string, text: string): string {
  return `${text}.${createHmac('sha256', deriveKey(purpose)).update(text).digest('base64url')}`;
}

/** The text of a signed text, or null where the signature is not ours. */
export function verifyText(purpose: string, signed: string): string | null {
  const at = signed.lastIndexOf('.');
  if (at < 0) return null;
  const text = signed.slice(0, at);
  const expected = Buffer.from(signText(purpose, text));
  const given = Buffer.from(signed);
  return expected.length === given.length && timingSafeEqual(expected, given) ? text : null;
}

/** AES-256-GCM; the result is text for a database column. */
export function encryptSecret(plain: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', deriveKey('stored secrets'), nonce);
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return `v1:${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')}`;
}

/** The secret again, or null where it was sealed with another key or changed. */
export function decryptSecret(sealed: string): string | null {
  if (!sealed.startsWith('v1:')) return null;
  const bytes = Buffer.from(sealed.slice(3), 'base64');
  if (bytes.length < 28) return null;
  try {
    const open = createDecipheriv(
      'aes-256-gcm',
      deriveKey('stored secrets'),
      bytes.subarray(0, 12),
    );
    open.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([open.update(bytes.subarray(28)), open.final()]).toString('utf8');
  } catch {
    return null;
  }
}
