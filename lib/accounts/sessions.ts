// Signing in, for every protocol and the web: password or internal token in, account out. All failures
// look alike: wrong password, unknown and disabled account cannot be told apart by text or time.
import { setTimeout as sleep } from 'node:timers/promises';
import { fromNow, now, uptimeMs } from '../clock.ts';
import { db, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { newId } from '../id.ts';
import { canonicalAddress } from '../mail/address.ts';
import { readSetting } from '../settings/index.ts';
import { mayRecord } from '../trail/flood.ts';
import { recordEvent } from '../trail/record.ts';
import { type Account, toAccount } from './account.ts';
import { findAppPassword, noteAppPasswordUse, readAppScramKeys } from './app-password.ts';
import { readClosed } from './closed-protocols.ts';
import { fitsByLdap, isLdapSignInOn, makeByLdap } from './ldap-password.ts';
import { lockedHash } from './lock.ts';
import { limitKey, plainAddress } from './network.ts';
import { isCurrentHash, rehashPassword, verifyPassword } from './password.ts';
import { inventScramKeys, openScramKeys, type ScramKeys, sealScramKeys } from './scram.ts';
import { signText, verifyText } from './secret.ts';
import { countSignIn } from './sign-in-count.ts';
import { readLeastWait } from './slowest-check.ts';
import { type Attempt as Counted, readOpening, recordFailure, recordSuccess } from './throttle.ts';
import { takeTurn } from './turn.ts';

export type Protocol = 'imap' | 'pop3' | 'submission' | 'web';
/** `device`: of a browser; see throttle.ts. */
type Origin = { address: string; remote: string; protocol: Protocol; device?: string };
export type Attempt = Origin & {
  password: string;
  /** Of the web: what is shown beside the password; "session" = it was shown when this session began */
  factor?: Factor | 'session' | null;
};
/**
 * The account, and by what of its secrets it was opened; `isByPassword`: by a program with the account's own, which a
 * second factor ends.
 */
export type SignedIn = Account & {
  appPasswordId?: string;
  isByPassword?: boolean;
  isProven?: boolean;
};
/** A client that has shown by SCRAM that it knows the password; `isProven` checks it against the keys. */
export type ProofAttempt = Origin & { isProven(keys: ScramKeys): boolean };

const failedText = 'The address or the password is wrong.';
/** A login is noted on the account at most so often: mail programs sign in all day. */
const lastLoginStepMs = 10 * 60_000;
const tokenLifeMs = 10 * 60_000;

/**
 * Signs in by password. Refusal 'auth-failed' (after the delay of the setting) or 'throttled'. On the web, where the
 * account has a second factor, 'auth-failed' with the field "factor" asks for it, behind a right password only, and
 * with the field "code" refuses the one shown. Programs show an app password there, and may everywhere.
 */
export async function signIn(attempt: Attempt): Promise<SignedIn> {
  const { password, protocol } = attempt;
  return signInBy(attempt, async (row) => {
    if (protocol !== 'web') {
      const appPasswordId = await findAppPassword(row?.id ?? '', password, attempt);
      if (appPasswordId) return { fits: true, appPasswordId };
    }
    const owner = (await isOwnPassword(row, password))
      ? row
      : await findByLdap(row, await addressOf(attempt), password);
    return owner ? judgeFactor(owner, attempt) : { fits: false };
  });
}

/** Signs in by an app password alone; refuses, counts and delays as signIn() does. */
export async function signInByAppPassword(attempt: Attempt): Promise<SignedIn> {
  return signInBy(attempt, async (row) => {
    const appPasswordId = await findAppPassword(row?.id ?? '', attempt.password, attempt);
    return appPasswordId === null ? { fits: false } : { fits: true, appPasswordId };
  });
}

/** Whether it is the password that the account has here. */
async function isOwnPassword(row: Row | null, password: string): Promise<boolean> {
  // The memory of fitting passwords would tell by its speed that this was the one of a disabled account.
  const passwordHash = row && !row.isDisabled ? row.passwordHash : null;
  const fits = await verifyPassword(passwordHash, password);
  if (row && fits) await renewSecrets(row, password);
  return fits;
}

/** The account whose password a directory server keeps, where it fits; perhaps one that is made by that. */
async function findByLdap(row: Row | null, address: string, password: string): Promise<Row | null> {
  if (row && (row.passwordHash !== null || row.kind !== 'person' || row.isDisabled)) return null;
  if (!(await isLdapSignInOn())) return null;
  if (row) return (await fitsByLdap(row, password)) ? row : null;
  const id = await makeByLdap(address, password);
  return id === null ? null : db.account.findUnique({ where: { id } });
}

/** The password was right: is more asked for? */
async function judgeFactor(row: Row, { protocol, factor }: Attempt): Promise<Verdict> {
  if (!row.hasSecondFactor || factor === 'session') return { fits: true, row };
  if (protocol !== 'web') return { fits: false, reason: 'needs-app-password' };
  if (!factor) return { fits: true, lacks: 'factor' };
  const isProven = await factor(row.id);
  return { fits: isProven, isProven, reason: 'wrong-second-factor', field: 'code' };
}

/**
 * The second factor once more, within a session. Refusal 'auth-failed' with the field "code" where it does not fit,
 * 'throttled'; both count as failed logins.
 */
export async function proveAgain(
  account: { address: string },
  origin: Omit<Origin, 'address'>,
  factor: Factor,
): Promise<void> {
  await signInBy({ ...origin, address: account.address }, async (row) => {
    const fits = row !== null && (await factor(row.id));
    return { fits, isProven: fits, reason: 'wrong-second-factor', field: 'code' };
  });
}

/** Signs in by what alone says who it is and that it is they: a passkey whose device has checked its user. */
export async function signInByFactor(
  attempt: Omit<Origin, 'address'>,
  find: () => Promise<string | null>,
): Promise<SignedIn> {
  const accountId = await find();
  const row = accountId ? await db.account.findUnique({ where: { id: accountId } }) : null;
  const address = row?.address ?? '';
  return signInBy({ ...attempt, address }, async () => ({ fits: row !== null, isProven: true }));
}

/** Signs in by the proof of SCRAM; refuses, counts and delays as signIn() does. */
export async function signInByProof(attempt: ProofAttempt): Promise<SignedIn> {
  return signInBy(attempt, async (row) => {
    for (const { id, keys } of row ? await readAppScramKeys(row.id, attempt) : []) {
      if (attempt.isProven(keys)) return { fits: true, appPasswordId: id };
    }
    const keys = row && openScramKeys(row.scram);
    // Checked in any case: what takes longer would tell something.
    const isProven = attempt.isProven(keys ?? inventScramKeys(await addressOf(attempt)));
    const fits = keys !== null && isProven;
    if (fits && row?.hasSecondFactor) return { fits: false, reason: 'needs-app-password' };
    return { fits };
  });
}

/** What SCRAM begins with; invented, and always the same salt, where there is nothing. */
export async function readScramKeys(name: string): Promise<ScramKeys> {
  const address = await addressOf({ address: name });
  const row = await db.account.findUnique({ where: { address } });
  return (row && openScramKeys(row.scram)) ?? inventScramKeys(address);
}

type Row = NonNullable<Awaited<ReturnType<typeof db.account.findUnique>>>;
type Verdict = {
  fits: boolean;
  /** Where the account has been made meanwhile */
  row?: Row;
  /** Nothing is wrong, and something missing */
  lacks?: 'factor';
  /** For the trail, where it does not fit */
  reason?: string;
  /** Of the refusal */
  field?: string;
  appPasswordId?: string;
  isProven?: boolean;
};
type Check = (row: Row | null) => Promise<Verdict>;
/** Whether what was shown is a second factor of the account. */
export type Factor = (accountId: string) => Promise<boolean>;

/** Who leaves the domain out means the one of the setting security.loginDomain. Without NUL (server/web/unreadable.ts). */
async function addressOf({ address }: { address: string }): Promise<string> {
  const domain = address.includes('@') ? '' : await readSetting('security.loginDomain');
  const whole = domain === '' || address === '' ? address : `${address}@${domain}`;
  return canonicalAddress(whole) ?? whole.replaceAll('\0', ' ').slice(0, 320).toLowerCase();
}

async function signInBy(attempt: Origin, check: Check): Promise<SignedIn> {
  const work = () => signInUncounted(attempt, check);
  return attempt.protocol === 'web' ? countSignIn('web', work) : work();
}

async function signInUncounted(attempt: Origin, check: Check): Promise<SignedIn> {
  const begunMs = uptimeMs();
  const { remote, protocol, device } = attempt;
  const origin = { address: await addressOf(attempt), remote, protocol };
  const counted = { remote, account: origin.address, device };
  const outcome = await takeTurn(remote, () => tryOut(counted, check));
  if ('opensAt' in outcome) {
    recordLogin('login-failed', null, origin, 'throttled');
    const text = 'Too many failed logins. Try again later.';
    throw new Refusal('throttled', text, null, outcome.opensAt);
  }
  const { row, verdict, delayMs } = outcome;
  if (!row || !verdict.fits || whyShut(row)) {
    const reason = row ? (whyShut(row) ?? verdict.reason ?? 'wrong-password') : 'unknown-account';
    recordLogin('login-failed', row?.id ?? null, origin, reason);
    await waitFrom(begunMs, delayMs);
    throw new Refusal('auth-failed', failedText, (row && !whyShut(row) && verdict.field) || null);
  }
  if (verdict.lacks) throw new Refusal('auth-failed', 'Show the second factor.', verdict.lacks);
  if (readClosed(row.closedProtocols).some((closed) => closed === protocol)) {
    // No failure that counts: a program that keeps asking must not shut the other ways to the account.
    recordLogin('login-failed', row.id, origin, 'protocol-closed');
    // As late as a first wrong password, so that time does not tell that this one was right.
    await waitFrom(begunMs, await readSetting('security.failureDelayMs'));
    throw new Refusal('auth-failed', failedText);
  }
  const { appPasswordId, isProven } = verdict;
  if (appPasswordId) await noteAppPasswordUse(row.id, appPasswordId, { remote, protocol });
  await noteLogin(row.id, row.lastLoginAt, origin, appPasswordId ? 'app-password' : 'password');
  return {
    ...toAccount(row),
    ...(appPasswordId ? { appPasswordId } : protocol !== 'web' && { isByPassword: true }),
    ...(isProven && { isProven }),
  };
}

/** Counted from the beginning of the try, so that a hash that costs more than others is not noticed. */
async function waitFrom(begunMs: number, delayMs: number): Promise<void> {
  const wholeMs = Math.max(delayMs, readLeastWait());
  await sleep(Math.max(0, wholeMs - (uptimeMs() - begunMs)));
}

/** Why nothing at all opens the account, for the trail; null where something does. */
function whyShut({ isDisabled, passwordHash, kind }: Row): string | null {
  if (isDisabled) return 'disabled';
  if (passwordHash === lockedHash) return 'locked';
  return kind === 'shared' ? 'shared-mailbox' : null;
}

/** Checks, and counts the outcome; a failure's answer waits for `delayMs`. */
async function tryOut(counted: Counted, check: Check) {
  const opensAt = await readOpening(counted);
  if (opensAt) return { opensAt };
  const found = await db.account.findUnique({ where: { address: counted.account } });
  const verdict = await check(found);
  const row = found ?? verdict.row ?? null;
  if (!row || !verdict.fits || whyShut(row)) {
    return { row, verdict, delayMs: await recordFailure(counted) };
  }
  // Half a sign-in neither counts as a failure nor forgives one. Nor does a mail program that looks every minute forgive
  // guesses at the second factor: what has not shown it says nothing against them.
  const forgives = !row.hasSecondFactor || verdict.isProven === true;
  if (!verdict.lacks) await recordSuccess(counted, forgives);
  return { row, verdict, delayMs: 0 };
}

/** A password sent where none may be (in clear) is a failed try of its address. Never rejects for that. */
export async function countRefusedLogin(attempt: Origin): Promise<void> {
  const origin = { ...attempt, address: await addressOf(attempt) };
  await recordFailure({ remote: attempt.remote, account: origin.address });
  recordLogin('login-failed', null, origin, 'in-clear');
}

/**
 * What only the right password can make: keys for SCRAM where there are none (an account from before, or from another
 * server), and a hash of our own in place of an imported one.
 */
async function renewSecrets(row: Row, password: string): Promise<void> {
  const { id, passwordHash } = row;
  const data: { scram?: string; passwordHash?: string } = {};
  if (!openScramKeys(row.scram)) data.scram = await sealScramKeys(row.address, password);
  if (passwordHash !== null && !isCurrentHash(passwordHash)) {
    data.passwordHash = await rehashPassword(password);
  }
  if (!data.scram && !data.passwordHash) return;
  // Not if the password has changed meanwhile.
  await write((tx) => tx.account.updateMany({ where: { id, passwordHash }, data }));
}

async function noteLogin(
  id: string,
  last: Date | null,
  attempt: { address: string; remote: string; protocol: Protocol },
  reason: 'password' | 'app-password',
): Promise<void> {
  if (last && now().getTime() - last.getTime() < lastLoginStepMs) return;
  await write((tx) => tx.account.update({ where: { id }, data: { lastLoginAt: now() } }));
  recordLogin('login', id, attempt, reason);
}

/** `address`: who it was for. Of one client that fails without end the first times only. */
export function recordLogin(
  kind: 'login' | 'login-failed',
  accountId: string | null,
  attempt: { address: string; remote: string; protocol: Protocol | 'api' },
  reason: string,
): void {
  const { address, remote, protocol } = attempt;
  if (kind === 'login-failed' && !mayRecord(limitKey(plainAddress(remote)))) return;
  recordEvent({
    traceId: newId(),
    kind,
    accountId,
    sender: address,
    remote,
    reason,
    text: protocol,
  });
}

/** A token with which the web app signs in as the account at the daemon, valid for some minutes. */
export function createInternalToken(account: { id: string; epoch: number }): string {
  const expires = fromNow(tokenLifeMs).getTime();
  return signText('internal token', `${account.id}.${account.epoch}.${expires}`);
}

/** Signs in by internal token. Refusal 'auth-failed'. */
export async function signInWithToken(attempt: {
  token: string;
  remote: string;
  protocol: Protocol;
}): Promise<Account> {
  const text = attempt.token.length > 1000 ? null : verifyText('internal token', attempt.token);
  const [accountId = '', epoch = '', expires = ''] = text?.split('.') ?? [];
  const isFresh = text !== null && Number(expires) > now().getTime();
  const account = isFresh ? await checkSession({ accountId, epoch: Number(epoch) }) : null;
  if (!account) throw new Refusal('auth-failed', 'The token is not valid.');
  return account;
}

/** The account of a running session, or null where it ended: removed, disabled, or a newer epoch. */
export async function checkSession(session: {
  accountId: string;
  epoch: number;
}): Promise<Account | null> {
  const row = await db.account.findUnique({ where: { id: session.accountId } });
  if (!row || row.isDisabled || row.epoch !== session.epoch) return null;
  return toAccount(row);
}
