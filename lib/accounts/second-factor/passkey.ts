// Passkeys (WebAuthn): beside the password, or alone where the device has asked for a finger or a PIN itself.
//
// A challenge is signed by us and says until when it holds, so that asking for one costs no row; one that was answered
// is remembered until then, so that no answer counts twice.
import { createHash, randomBytes } from 'node:crypto';
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { fromNow, now } from '../../clock.ts';
import { db, isUniqueViolation, write } from '../../db.ts';
import { Refusal } from '../../errors.ts';
import { logOf } from '../../log.ts';
import { recordChangeIn } from '../../trail/change.ts';
import { signText, verifyText } from '../secret.ts';
import { noteSecondFactorIn } from './factor.ts';
import { renewRecoveryCodesIn } from './recovery.ts';

/** Where the browser is: the host name alone, and the whole origin. */
export type Site = { host: string; origin: string; title: string };
type Owner = { id: string; address: string; displayName: string };

const log = logOf('auth');
const purpose = 'passkey challenge';
const challengeLifeMs = 5 * 60_000;
const maxPasskeys = 20;

/** `accountId`: whose new passkey it is for; empty for a sign-in. */
function makeChallenge(accountId: string): string {
  const expires = fromNow(challengeLifeMs).getTime();
  return signText(purpose, `${accountId}.${expires}.${randomBytes(16).toString('base64url')}`);
}

/** Whether the challenge is one of ours for this, in its time and not answered yet; from now on it is answered. */
async function takeChallenge(encoded: unknown, accountId: string): Promise<boolean> {
  // Out of the browser's JSON as it was: {"length": 2e9} would become a buffer of that size.
  if (typeof encoded !== 'string' || encoded.length > 700) return false;
  const signed = Buffer.from(encoded, 'base64url').toString('utf8');
  const text = verifyText(purpose, signed);
  const [whose = '', expires = ''] = text?.split('.') ?? [];
  const expiresAt = new Date(Number(expires));
  if (text === null || whose !== accountId || !(expiresAt > now())) return false;
  const id = createHash('sha256').update(signed).digest('hex');
  try {
    const data = { id, purpose, createdAt: now(), expiresAt };
    await write((tx) => tx.oneTimeToken.create({ data }));
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

const tooMany = () =>
  new Refusal('limit', 'Too many passkeys. Remove one that is not used any more.');

/** What the browser needs to make a passkey. Refusal 'limit'. */
export async function beginPasskey(
  owner: Owner,
  site: Site,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const known = await db.passkey.findMany({ where: { accountId: owner.id }, select: { id: true } });
  if (known.length >= maxPasskeys) throw tooMany();
  return generateRegistrationOptions({
    rpName: site.title,
    rpID: site.host,
    userName: owner.address,
    userDisplayName: owner.displayName || owner.address,
    userID: new Uint8Array(createHash('sha256').update(`passkey user ${owner.id}`).digest()),
    challenge: makeChallenge(owner.id),
    attestationType: 'none',
    excludeCredentials: known,
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
  });
}

/**
 * Keeps the passkey that the browser made. Resolves with recovery codes where they are new, else null. Refusal
 * 'invalid' for what does not fit, 'exists', 'limit'.
 */
export async function addPasskey(
  owner: Owner,
  site: Site,
  { name, response }: { name: string; response: RegistrationResponseJSON },
): Promise<string[] | null> {
  const verified = await verifyRegistrationResponse({
    response,
    expectedChallenge: (challenge) => takeChallenge(challenge, owner.id),
    expectedOrigin: site.origin,
    expectedRPID: site.host,
    requireUserVerification: false,
  }).catch((error: unknown) => {
    log.debug({ err: error }, 'passkey refused');
    return { verified: false as const };
  });
  if (!verified.verified) throw new Refusal('invalid', 'The passkey does not fit. Try again.');
  const { id, publicKey, counter, transports } = verified.registrationInfo.credential;
  const title = name.trim().slice(0, 80) || 'Passkey';
  try {
    return await write(async (tx) => {
      if ((await tx.passkey.count({ where: { accountId: owner.id } })) >= maxPasskeys)
        throw tooMany();
      await tx.passkey.create({
        data: {
          accountId: owner.id,
          id,
          name: title,
          publicKey: Buffer.from(publicKey),
          counter: BigInt(counter),
          transports: (transports ?? []).join(' ').slice(0, 100),
          createdAt: now(),
        },
      });
      await noteSecondFactorIn(tx, owner.id);
      await recordChangeIn(tx, owner.address, `user ${owner.address}`, `passkey "${title}" added`);
      const hasCodes = (await tx.recoveryCode.count({ where: { accountId: owner.id } })) > 0;
      return hasCodes ? null : renewRecoveryCodesIn(tx, owner.id);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new Refusal('exists', 'This passkey is here already.');
    throw error;
  }
}

/** What the browser needs to show a passkey, whoever it is: nothing tells who has one. */
export async function askForPasskey(site: Site): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: site.host,
    challenge: makeChallenge(''),
    userVerification: 'preferred',
  });
}

/**
 * The account a shown passkey belongs to, and whether the device has checked its user; null for what does not fit.
 * Only the passkeys of `accountId` count where it is given.
 */
export async function checkPasskey(
  site: Site,
  response: AuthenticationResponseJSON,
  accountId: string | null,
): Promise<{ accountId: string; isUserChecked: boolean } | null> {
  const { id } = response;
  const row = typeof id === 'string' && id.length < 1000 ? await findPasskey(id) : null;
  if (!row || (accountId !== null && row.accountId !== accountId)) return null;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: (challenge) => takeChallenge(challenge, ''),
      expectedOrigin: site.origin,
      expectedRPID: site.host,
      requireUserVerification: false,
      credential: {
        id: row.id,
        publicKey: new Uint8Array(row.publicKey),
        counter: Number(row.counter),
      },
    });
    if (!verified) return null;
    const { newCounter, userVerified } = authenticationInfo;
    const data = { counter: BigInt(newCounter), lastUsedAt: now() };
    await write((tx) => tx.passkey.updateMany({ where: { id }, data }));
    return { accountId: row.accountId, isUserChecked: userVerified };
  } catch (error) {
    log.debug({ err: error }, 'passkey refused');
    return null;
  }
}

const findPasskey = (id: string) => db.passkey.findUnique({ where: { id } });

/** Takes a passkey away. Refusal 'not-found', also for another account's. */
export async function removePasskey(
  owner: { id: string; address: string },
  id: string,
  by: string,
): Promise<void> {
  await write(async (tx) => {
    const row = await tx.passkey.findUnique({ where: { id } });
    if (row?.accountId !== owner.id)
      throw new Refusal('not-found', 'This passkey is gone already.');
    await tx.passkey.delete({ where: { id } });
    await noteSecondFactorIn(tx, owner.id);
    await recordChangeIn(tx, by, `user ${owner.address}`, `passkey "${row.name}" removed`);
  });
}
