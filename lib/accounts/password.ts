// Passwords: argon2id (RFC 9106, the low-memory profile), hashed off the event loop, few at a time so that
// a storm of logins cannot take the memory.
import { hash, verify } from '@node-rs/argon2';
import { Refusal } from '../errors.ts';
import { readSetting } from '../settings/index.ts';
import { recallFitting, rememberFitting } from './password-memory.ts';

/** argon2id is the library's default algorithm. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Longer input is refused before hashing. */
export const maxPasswordBytes = 1024;
const atOnce = 4;

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(job: () => Promise<T>): Promise<T> {
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await job();
  } finally {
    const next = waiting.shift();
    // The place is handed on, so `running` stays as it is.
    if (next) next();
    else running -= 1;
  }
}

/** A PHC string. Refusal 'invalid' (field "password") when too short or too long. */
export async function hashPassword(password: string): Promise<string> {
  const shortest = await readSetting('security.minPasswordLength');
  if ([...password].length < shortest) {
    throw new Refusal('invalid', `The password needs at least ${shortest} characters.`, 'password');
  }
  if (Buffer.byteLength(password) > maxPasswordBytes) {
    throw new Refusal(
      'invalid',
      `The password may have at most ${maxPasswordBytes} bytes.`,
      'password',
    );
  }
  return inTurn(() => hash(password, parameters));
}

// Hash of a password nobody has: a login to an account that does not exist costs as much as any other.
let decoy: Promise<string> | null = null;

/**
 * Whether `password` fits `passwordHash`. A failure takes the same time where there is no hash; a password that
 * fitted a short time ago takes none.
 */
export async function verifyPassword(
  passwordHash: string | null,
  password: string,
): Promise<boolean> {
  if (Buffer.byteLength(password) > maxPasswordBytes) return false;
  if (passwordHash !== null && recallFitting(passwordHash, password)) return true;
  decoy ??= hash('no account has this password', parameters);
  const against = passwordHash ?? (await decoy);
  const fits = await inTurn(() => verify(against, password).catch(() => false));
  if (!fits || passwordHash === null) return false;
  rememberFitting(passwordHash, password);
  return true;
}
