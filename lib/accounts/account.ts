// Users: one account is one address with a mailbox and, where it has a password, a login.
import { now } from '../clock.ts';
import { db, isUniqueViolation, type Tx, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { revise } from '../history/revise.ts';
import { newId } from '../id.ts';
import { poke } from '../poke.ts';
import { recordChangeIn } from '../trail/change.ts';
import { domainOf, requireAddress } from './address.ts';
import { type ClosableProtocol, readClosed, writeClosed } from './closed-protocols.ts';
import { requireDomain } from './domain.ts';
import { requireRoomForUser } from './domain-limits.ts';
import { refuseLastAdmin } from './last-admin.ts';
import { requireLimit } from './limit.ts';
import { lockedHash, lockIn, removeSignInsIn } from './lock.ts';
import { endPasswordLinksIn } from './one-time-token.ts';
import { hashPassword, rehashPassword } from './password.ts';
import { recordedAccount, recordedOf } from './recorded.ts';
import { type Role, readRole } from './role.ts';
import { sealScramKeys } from './scram.ts';
import type { SendingHold } from './sending-ledger.ts';
import { endSharingIn } from './sharing-end.ts';
import { forgetKnownIn } from './throttle.ts';
import { findUserDefaults, giveDefaultsIn, nothingSaid } from './user-defaults.ts';
import { endWebSessionsIn } from './web-session-end.ts';

export type Account = {
  id: string;
  /** Canonical */
  address: string;
  domainId: string;
  displayName: string;
  role: Role;
  /** "person", or "shared": opened by its members, without a login of its own */
  kind: 'person' | 'shared';
  isDisabled: boolean;
  /** null: the setting storage.defaultQuotaBytes; 0: none */
  quotaBytes: number | null;
  /** null: the setting storage.defaultQuotaMessages; 0: none */
  quotaMessages: number | null;
  usedBytes: number;
  usedMessages: number;
  /** False: the password, if there is one, is kept by another service (OpenID, a directory). */
  hasPassword: boolean;
  /** Nothing opens it until a password is set (lock.ts). */
  isLocked: boolean;
  /** The web lets the user in only after a new password. */
  mustChange: boolean;
  /** Messages and new recipients a day; null: the settings sending.messagesPerDay, newRecipientsPerDay; 0: none */
  dailyMessages: number | null;
  dailyRecipients: number | null;
  /** What mail programs may not use */
  closedProtocols: ClosableProtocol[];
  /** Programs need an app password, the web a second factor. */
  hasSecondFactor: boolean;
  /** Why outgoing mail is held (lib/queue/sending-hold.ts); empty = it is not */
  sendingHold: SendingHold;
  /** Moves when password, role or state change; sessions of an older epoch have ended. */
  epoch: number;
  createdAt: Date;
  lastLoginAt: Date | null;
  /** Removed then, and restorable for some time (deleted-account.ts); disabled meanwhile */
  deletedAt: Date | null;
};

type Row = NonNullable<Awaited<ReturnType<typeof db.account.findUnique>>>;

/** The account as the rest of Drey sees it: without its secrets, sizes as numbers. */
export function toAccount(row: Row): Account {
  const { passwordHash, scram: _scram, warnedPercent: _warned, wasDisabled: _was, ...rest } = row;
  return {
    ...rest,
    hasPassword: passwordHash !== null && passwordHash !== lockedHash,
    isLocked: passwordHash === lockedHash,
    sendingHold: row.sendingHold as SendingHold,
    closedProtocols: readClosed(row.closedProtocols),
    role: readRole(row.role),
    kind: row.kind === 'shared' ? 'shared' : 'person',
    quotaBytes: row.quotaBytes === null ? null : Number(row.quotaBytes),
    quotaMessages: row.quotaMessages === null ? null : Number(row.quotaMessages),
    usedBytes: Number(row.usedBytes),
    usedMessages: Number(row.usedMessages),
  };
}

/** By canonical address, or null. */
export async function findAccount(address: string): Promise<Account | null> {
  const row = await db.account.findUnique({ where: { address: address.trim().toLowerCase() } });
  return row && toAccount(row);
}

/** By id, or null. */
export async function readAccount(id: string): Promise<Account | null> {
  const row = await db.account.findUnique({ where: { id } });
  return row && toAccount(row);
}

/** By address. Refusal 'not-found'. */
export async function requireAccount(address: string): Promise<Account> {
  const account = await findAccount(address);
  if (!account) throw new Refusal('not-found', `There is no user ${address} here.`);
  return account;
}

/**
 * What a user gets from another server: a hash that lib/accounts/hash knows (null: none, and no sign-in), or a
 * password that the user has already and that no policy is asked about.
 */
export type ImportedPassword = { stored: string | null } | { plain: string };

/** Of what is left out the defaults of new users hold (user-defaults.ts). */
export type NewAccount = {
  address: string;
  password: string | ImportedPassword;
  /** The web asks for another one first. */
  mustChange?: boolean;
  closedProtocols?: readonly ClosableProtocol[];
  displayName?: string;
  role?: Role;
  quotaBytes?: number | null;
  quotaMessages?: number | null;
  /** For the set-up: Refusal 'forbidden' where an administrator exists already. */
  isFirstAdmin?: boolean;
};

/** Adds a user in a domain that exists. Refusal 'invalid', 'not-found' (domain), 'exists'. */
export async function addAccount(input: NewAccount, by: string): Promise<Account> {
  const address = requireAddress(input.address);
  const domain = await requireDomain(domainOf(address));
  const displayName = cleanName(input.displayName);
  const secrets = await makeSecrets({ address, displayName }, input.password);
  const defaults = input.isFirstAdmin ? nothingSaid : await findUserDefaults(domain.name);
  // Whose password another service keeps, or another server has given, changes none here.
  const mustChange = typeof input.password === 'string' && defaults.mustChange === true;
  const data = {
    id: newId(),
    address,
    domainId: domain.id,
    displayName,
    role: input.role ?? 'user',
    ...secrets,
    mustChange: input.mustChange ?? mustChange,
    quotaBytes: toLimit(orDefault(input.quotaBytes, defaults.quotaBytes), 'quotaBytes'),
    quotaMessages: toLimit(orDefault(input.quotaMessages, defaults.quotaMessages), 'quotaMessages'),
    closedProtocols: writeClosed(input.closedProtocols ?? defaults.closedProtocols ?? []),
    createdAt: now(),
  };
  try {
    const row = await revise(by, recordedAccount, data.id, async (tx) => {
      await refuseTaken(tx, address);
      await requireRoomForUser(tx, domain);
      if (input.isFirstAdmin) await refuseSecondSetup(tx);
      await recordChangeIn(tx, by, `user ${address}`, `added as ${data.role}`);
      const row = await tx.account.create({ data });
      await giveDefaultsIn(tx, row, defaults);
      return row;
    });
    return toAccount(row);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const isDeleted = (await findAccount(address))?.deletedAt;
    const text = isDeleted ? 'was deleted and can be restored' : 'is here already';
    throw new Refusal('exists', `${address} ${text}.`, 'address');
  }
}

/** null is said: as the settings. */
function orDefault(given: number | null | undefined, usual: number | null): number | null {
  return given === undefined ? usual : given;
}

async function makeSecrets(
  owner: { address: string; displayName: string },
  password: NewAccount['password'],
): Promise<{ passwordHash: string | null; scram: string }> {
  // SCRAM's keys come with the first sign-in.
  if (typeof password === 'object' && 'stored' in password) {
    return { passwordHash: password.stored, scram: '' };
  }
  const text = typeof password === 'string' ? password : password.plain;
  const passwordHash =
    typeof password === 'string' ? await hashPassword(text, owner) : await rehashPassword(text);
  return { passwordHash, scram: await sealScramKeys(owner.address, text) };
}

/**
 * Gives a user without a password the one of another server, and a name where there is none. Refusal 'not-found',
 * 'forbidden' (shared), 'exists' (has a password).
 */
export async function takeOverPassword(
  id: string,
  { password, displayName }: { password: ImportedPassword; displayName: string },
  by: string,
): Promise<void> {
  const known = await readAccount(id);
  const owner = { address: known?.address ?? '', displayName };
  const secrets = await makeSecrets(owner, password);
  await write(async (tx) => {
    const row = await findIn(tx, id);
    requirePerson(row);
    if (row.passwordHash === lockedHash) {
      throw new Refusal('forbidden', `${row.address} is locked: set a new password.`);
    }
    if (row.passwordHash !== null) {
      throw new Refusal('exists', `${row.address} has a password already.`);
    }
    const name = row.displayName || cleanName(displayName);
    const data = { ...secrets, displayName: name, epoch: { increment: 1 } };
    await tx.account.update({ where: { id }, data });
    await endWebSessionsIn(tx, id);
    await recordChangeIn(tx, by, `user ${row.address}`, 'password taken over');
  });
}

async function refuseTaken(tx: Tx, address: string): Promise<void> {
  if (await tx.alias.findUnique({ where: { address } })) {
    throw new Refusal('exists', `${address} is an alias already.`, 'address');
  }
}

/** In the transaction itself: two people may hold the same set-up link. */
async function refuseSecondSetup(tx: Tx): Promise<void> {
  if ((await tx.account.count({ where: { role: 'admin' } })) > 0) {
    throw new Refusal('forbidden', 'This server is set up already.');
  }
}

export type AccountChange = {
  displayName?: string;
  isDisabled?: boolean;
  /** The web asks for another password with the next click. */
  mustChange?: boolean;
  /** null: the setting; 0: none. Where less is allowed than is used, nothing goes and nothing more comes. */
  quotaBytes?: number | null;
  quotaMessages?: number | null;
  dailyMessages?: number | null;
  dailyRecipients?: number | null;
  /** Closing one ends the sessions. */
  closedProtocols?: readonly ClosableProtocol[];
};

/** Changes a user, but for the role (role-change.ts). Refusal 'not-found', 'invalid'; 'forbidden' where no working admin would be left. */
export async function updateAccount(
  id: string,
  change: AccountChange,
  by: string,
): Promise<Account> {
  const row = await revise(by, await recordedOf(id), id, async (tx) => {
    const before = await findIn(tx, id);
    const closed = change.closedProtocols && writeClosed(change.closedProtocols);
    const isClosing = readClosed(closed ?? '').some(
      (protocol) => !readClosed(before.closedProtocols).includes(protocol),
    );
    const endsSessions = change.isDisabled === true || isClosing;
    if (change.isDisabled === false && before.deletedAt) {
      throw new Refusal('conflict', `${before.address} is deleted: restore it.`);
    }
    if (change.mustChange) requirePerson(before);
    if (change.isDisabled && before.role === 'admin') await refuseLastAdmin(tx, id);
    await recordChangeIn(tx, by, `user ${before.address}`, JSON.stringify(change));
    if (endsSessions) await endWebSessionsIn(tx, id);
    return tx.account.update({
      where: { id },
      data: {
        displayName: change.displayName === undefined ? undefined : cleanName(change.displayName),
        isDisabled: change.isDisabled,
        mustChange: change.mustChange,
        quotaBytes: toLimit(change.quotaBytes, 'quotaBytes'),
        quotaMessages: toLimit(change.quotaMessages, 'quotaMessages'),
        dailyMessages: toDailyLimit(change.dailyMessages, 'dailyMessages'),
        dailyRecipients: toDailyLimit(change.dailyRecipients, 'dailyRecipients'),
        closedProtocols: closed,
        epoch: endsSessions ? { increment: 1 } : undefined,
      },
    });
  });
  return toAccount(row);
}

export type PasswordOptions = {
  mustChange?: boolean;
  /** Runs first in the same step, and may refuse. */
  claim?: (tx: Tx) => Promise<void>;
};

/** Sets a new password, or one of another server, and ends the user's sessions; with `mustChange` the web asks for another one first. */
export async function setPassword(
  id: string,
  password: NewAccount['password'],
  by: string,
  { mustChange = false, claim }: PasswordOptions = {},
): Promise<void> {
  const known = await readAccount(id);
  const { passwordHash, scram } = await makeSecrets(
    known ?? { address: '', displayName: '' },
    password,
  );
  await write(async (tx) => {
    await claim?.(tx);
    const row = await findIn(tx, id);
    const { address } = row;
    requirePerson(row);
    const data = { passwordHash, scram, mustChange, epoch: { increment: 1 } };
    await tx.account.update({ where: { id }, data });
    await endWebSessionsIn(tx, id);
    await endPasswordLinksIn(tx, id);
    await forgetKnownIn(tx, address);
    await recordChangeIn(tx, by, `user ${address}`, 'new password');
  });
}

/** Locks the account (lock.ts), inside a step. Refusal 'forbidden' (last administrator, shared). */
export async function endLogin(tx: Tx, row: Row): Promise<void> {
  requirePerson(row);
  if (row.role === 'admin') await refuseLastAdmin(tx, row.id);
  await lockIn(tx, row.id);
}

/**
 * Removes the login and the address at once and for good; the daemon's job removes the mail behind it (deleted-account.ts
 * has the way that can be undone). `isOnlyDeleted`: unless somebody has restored it. Refusal 'not-found', 'forbidden' (the last administrator).
 */
export async function removeAccount(
  id: string,
  by: string,
  { isOnlyDeleted = false } = {},
): Promise<void> {
  const members = await revise(by, await recordedOf(id), id, async (tx) => {
    const { address, role, kind, deletedAt } = await findIn(tx, id);
    if (isOnlyDeleted && !deletedAt) return [];
    if (role === 'admin') await refuseLastAdmin(tx, id);
    await tx.account.delete({ where: { id } });
    await tx.preference.deleteMany({ where: { accountId: id } });
    await removeSignInsIn(tx, id);
    await tx.charge.deleteMany({ where: { accountId: id } });
    await tx.sendingDay.deleteMany({ where: { accountId: id } });
    await tx.knownRecipient.deleteMany({ where: { accountId: id } });
    const members = await tx.member.findMany({ where: { sharedId: id } });
    await endSharingIn(tx, id, address);
    const subject = kind === 'shared' ? 'shared mailbox' : 'user';
    await recordChangeIn(
      tx,
      by,
      `${subject} ${address}`,
      deletedAt ? 'removed for good' : 'removed',
    );
    return members;
  });
  // Their open sessions lose its mailboxes now.
  for (const { memberId } of members) poke(`account:${memberId}`);
}

/** Refusal 'forbidden' for a shared mailbox: nobody signs in as it. */
function requirePerson(row: Row): void {
  if (row.kind !== 'shared') return;
  throw new Refusal(
    'forbidden',
    `${row.address} is a shared mailbox: its members sign in as themselves.`,
  );
}

async function findIn(tx: Tx, id: string): Promise<Row> {
  const row = await tx.account.findUnique({ where: { id } });
  if (!row) throw new Refusal('not-found', 'This user is not here any more.');
  return row;
}

function cleanName(name = ''): string {
  return name
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 200);
}

/** For the row; nothing stays nothing. Refusal 'invalid'. */
function toLimit<T extends number | null | undefined>(
  value: T,
  field: 'quotaBytes' | 'quotaMessages',
): bigint | Exclude<T, number> {
  requireLimit(value, field);
  return typeof value === 'number' ? BigInt(value) : (value as Exclude<T, number>);
}

const maxDaily = 1_000_000;

/** Refusal 'invalid'. */
function toDailyLimit(
  value: number | null | undefined,
  field: 'dailyMessages' | 'dailyRecipients',
): number | null | undefined {
  if (value === null || value === undefined) return value;
  if (Number.isInteger(value) && value >= 0 && value <= maxDaily) return value;
  throw new Refusal('invalid', `Give a whole number up to ${maxDaily}; 0 for no limit.`, field);
}
