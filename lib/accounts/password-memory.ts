// Passwords that fitted lately, so that a mail program that signs in all day does not cost an argon2id each time.
//
// Invariants: kept is no password but a keyed hash of it together with the stored hash, under a key that this
// process makes for itself, never writes down and loses with its end; so a changed password, a removed account or
// another row never fits. Only what fitted is kept: a wrong guess always costs the whole hash, and the throttle
// counts before this is asked. What nobody uses for a while is forgotten, and none lives longer than a day.
import { createHmac, randomBytes } from 'node:crypto';
import { uptimeMs } from '../clock.ts';

/** A mail program looks every few minutes. */
const idleMs = 15 * 60_000;
const longestMs = 24 * 3_600_000;
const most = 10_000;

const key = randomBytes(32);
const kept = new Map<string, { fittedAt: number; usedAt: number }>();

/** Whether exactly this password was verified against exactly this stored hash a short time ago. */
export function recallFitting(storedHash: string, password: string): boolean {
  const name = nameOf(storedHash, password);
  const found = kept.get(name);
  if (!found) return false;
  kept.delete(name);
  const at = uptimeMs();
  if (at - found.usedAt > idleMs || at - found.fittedAt > longestMs) return false;
  // Behind all others: the first is the one that was used longest ago.
  kept.set(name, { ...found, usedAt: at });
  return true;
}

/** Remembers that the password fits. */
export function rememberFitting(storedHash: string, password: string): void {
  const at = uptimeMs();
  for (const [name, { usedAt }] of kept) {
    if (kept.size < most && at - usedAt <= idleMs) break;
    kept.delete(name);
  }
  kept.set(nameOf(storedHash, password), { fittedAt: at, usedAt: at });
}

function nameOf(storedHash: string, password: string): string {
  // No stored hash has a NUL, so no other pair reads the same.
  return createHmac('sha256', key).update(`${storedHash}\0${password}`).digest('base64');
}
