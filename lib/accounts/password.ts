// Passwords: argon2id (RFC 9106, the low-memory profile), hashed off the event loop, few at a time so that
// a storm of logins cannot take the memory, and no more waiting than would be done in some seconds.
// Hashes that other servers made verify too (hash/), until the next sign-in replaces them.
import { hash, verify } from '@node-rs/argon2';
import { uptimeMs } from '../clock.ts';
import { Refusal } from '../errors.ts';
import { verifyHash } from './hash/verify.ts';
import { recallFitting, rememberFitting } from './password-memory.ts';
import { maxPasswordBytes, type PasswordOwner, requireGoodPassword } from './password-policy.ts';
import { noteSlowCheck } from './slowest-check.ts';

export { maxPasswordBytes };

/** argon2id is the library's default algorithm. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const ownStart = '$argon2id$v=19$m=19456,t=2,p=1$';
const atOnce = 4;
/** At some 30 ms each the last one waits for a few seconds; mail programs give up after thirty or more. */
const mostWaiting = 400;

let running = 0;
const waiting: (() => void)[] = [];

/** Refusal 'unavailable' where too many wait already: "try again" costs less than a queue that nobody survives. */
async function inTurn<T>(job: () => Promise<T>): Promise<T> {
  if (running >= atOnce) {
    if (waiting.length >= mostWaiting) {
      throw new Refusal('unavailable', 'Too many people are signing in just now. Try again.');
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await job();
  } finally {
    const next = waiting.shift();
    // The place is handed on, so `running` stays as it is.
    if (next) next();
    else running -= 1;
  }
}

/** A PHC string. Refusal 'invalid' (field "password") where the password is against the policy; 'unavailable'. */
export async function hashPassword(password: string, owner?: PasswordOwner): Promise<string> {
  await requireGoodPassword(password, owner);
  return rehashPassword(password);
}

/** The same for a password that somebody has already, whatever the policy says of it. Refusal 'unavailable'. */
export async function rehashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, parameters));
}

/** Whether a stored hash is as this server makes them now; others are replaced at the next sign-in. */
export function isCurrentHash(storedHash: string): boolean {
  return storedHash.startsWith(ownStart);
}

// Hash of a password nobody has: a login to an account that does not exist costs as much as any other.
let decoy: Promise<string> | null = null;

/**
 * Whether `password` fits `passwordHash`. A failure takes the same time where there is no hash; a password that
 * fitted a short time ago takes none. Refusal 'unavailable' where too many wait.
 */
export async function verifyPassword(
  passwordHash: string | null,
  password: string,
): Promise<boolean> {
  if (Buffer.byteLength(password) > maxPasswordBytes) return false;
  if (passwordHash !== null && recallFitting(passwordHash, password)) return true;
  const fits = await inTurn(() => verifyWhole(passwordHash, password));
  if (!fits || passwordHash === null) return false;
  rememberFitting(passwordHash, password);
  return true;
}

async function verifyWhole(passwordHash: string | null, password: string): Promise<boolean> {
  if (passwordHash !== null && isCurrentHash(passwordHash))
    return verifyOwn(passwordHash, password);
  if (passwordHash !== null && (await verifyForeign(passwordHash, password))) return true;
  // A foreign hash that does not fit costs an own one besides: most are so cheap that they would be noticed.
  decoy ??= hash('no account has this password', parameters);
  await verifyOwn(await decoy, password);
  return false;
}

async function verifyForeign(storedHash: string, password: string): Promise<boolean> {
  const begunMs = uptimeMs();
  const fits = await verifyHash(storedHash, password);
  noteSlowCheck(uptimeMs() - begunMs);
  return fits;
}

function verifyOwn(storedHash: string, password: string): Promise<boolean> {
  return verify(storedHash, password).catch(() => false);
}
