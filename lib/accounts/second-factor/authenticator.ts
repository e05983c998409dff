// Codes of an authenticator app (RFC 6238: six digits, thirty seconds). The secret is sealed in its row; a code is
// taken once, and the one before and behind it too, since clocks differ (RFC 6238 §5.2).
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret, TOTP } from 'otpauth';
import { now } from '../../clock.ts';
import { db, write } from '../../db.ts';
import { Refusal } from '../../errors.ts';
import { readSetting } from '../../settings/index.ts';
import { recordChangeIn } from '../../trail/change.ts';
import { decryptSecret, encryptSecret } from '../secret.ts';
import { readOpening, recordFailure } from '../throttle.ts';
import { noteSecondFactorIn } from './factor.ts';
import { renewRecoveryCodesIn } from './recovery.ts';

const periodSeconds = 30;
const secretBytes = 20;

type Owner = { id: string; address: string };
/** Where somebody asks from; `device`: see throttle.ts */
type Origin = { remote: string; device?: string };

const totpOf = (secret: Secret, issuer = '', label = '') =>
  new TOTP({ issuer, label, secret, algorithm: 'SHA1', digits: 6, period: periodSeconds });

/**
 * A fresh secret that counts once a first code was shown: as text for typing, and as an otpauth address for the QR
 * picture. Refusal 'exists' where one is in use.
 */
export async function beginAuthenticator(owner: Owner): Promise<{ secret: string; uri: string }> {
  const secret = new Secret({ size: secretBytes });
  const data = { secret: encryptSecret(secret.base32), lastStep: 0, confirmedAt: null };
  await write(async (tx) => {
    const where = { accountId: owner.id };
    const row = await tx.authenticator.findUnique({ where });
    if (row?.confirmedAt) throw new Refusal('exists', 'An authenticator app is in use already.');
    const create = { ...where, ...data, createdAt: now() };
    await tx.authenticator.upsert({ where, create, update: data });
  });
  const issuer = (await readSetting('web.title')).replaceAll(':', ' ');
  return { secret: secret.base32, uri: totpOf(secret, issuer, owner.address).toString() };
}

/**
 * Puts it in force by its first code; resolves with the recovery codes where they are new, else null. A wrong code counts
 * as a failed login. Refusal 'invalid' (field "code"), 'not-found', 'throttled'.
 */
export async function confirmAuthenticator(
  owner: Owner,
  code: string,
  origin: Origin,
): Promise<string[] | null> {
  const attempt = { ...origin, account: owner.address };
  const opensAt = await readOpening(attempt);
  if (opensAt) {
    throw new Refusal('throttled', 'Too many wrong codes. Try again later.', null, opensAt);
  }
  const row = await db.authenticator.findUnique({ where: { accountId: owner.id } });
  if (!row || row.confirmedAt) throw new Refusal('not-found', 'Begin again.');
  const step = matchCode(row, code);
  if (step === null) {
    await sleep(await recordFailure(attempt));
    throw new Refusal('invalid', 'This code does not fit. Try the next one.', 'code');
  }
  return write(async (tx) => {
    const data = { confirmedAt: now(), lastStep: step };
    await tx.authenticator.update({ where: { accountId: owner.id }, data });
    await noteSecondFactorIn(tx, owner.id);
    await recordChangeIn(tx, owner.address, `user ${owner.address}`, 'authenticator app added');
    const hasCodes = (await tx.recoveryCode.count({ where: { accountId: owner.id } })) > 0;
    return hasCodes ? null : renewRecoveryCodesIn(tx, owner.id);
  });
}

/** The time step of a code that fits now and was not taken yet, else null. */
function matchCode(row: { secret: string; lastStep: number }, code: string): number | null {
  const token = code.replace(/\s/g, '');
  const base32 = decryptSecret(row.secret);
  if (base32 === null || !/^\d{6}$/.test(token)) return null;
  const timestamp = now().getTime();
  const delta = totpOf(Secret.fromBase32(base32)).validate({ token, timestamp, window: 1 });
  if (delta === null) return null;
  const step = Math.floor(timestamp / 1000 / periodSeconds) + delta;
  return step > row.lastStep ? step : null;
}

/** Takes a code; false where it does not fit, was taken, or no app is in use. */
export async function takeAuthenticatorCode(accountId: string, code: string): Promise<boolean> {
  const row = await db.authenticator.findUnique({ where: { accountId } });
  const step = row?.confirmedAt ? matchCode(row, code) : null;
  if (step === null) return false;
  // Two sign-ins with one code: the second finds the step taken.
  const where = { accountId, lastStep: { lt: step } };
  return (
    (await write((tx) => tx.authenticator.updateMany({ where, data: { lastStep: step } })))
      .count === 1
  );
}

/** Takes the app away. Refusal 'not-found'. */
export async function removeAuthenticator(owner: Owner, by: string): Promise<void> {
  await write(async (tx) => {
    const { count } = await tx.authenticator.deleteMany({ where: { accountId: owner.id } });
    if (count === 0) throw new Refusal('not-found', 'No authenticator app is in use.');
    await noteSecondFactorIn(tx, owner.id);
    await recordChangeIn(tx, by, `user ${owner.address}`, 'authenticator app removed');
  });
}
