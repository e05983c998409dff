// Passwords for one mail program each: random, shown once, with the protocols and networks they open, and their own
// end. They open mailboxes, never the web pages, and go on working beside a second factor. Those for "web" open the calls
// for scripts (/api/mail/remote).
import { createHash, randomInt } from 'node:crypto';
import { now } from '../clock.ts';
import { db, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { newId } from '../id.ts';
import { recordChangeIn } from '../trail/change.ts';
import { isWithin, readNetworks } from './network.ts';
import { openScramKeys, type ScramKeys, sealScramKeys } from './scram.ts';

export const programProtocols = ['imap', 'pop3', 'submission', 'web'] as const;
export type ProgramProtocol = (typeof programProtocols)[number];

export type AppPassword = {
  id: string;
  name: string;
  protocols: ProgramProtocol[];
  /** Canonical CIDR texts; empty = anywhere */
  networks: string[];
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  lastRemote: string;
  lastProtocol: string;
  createdAt: Date;
};

export type NewAppPassword = {
  name: string;
  protocols: readonly ProgramProtocol[];
  networks?: readonly string[];
  expiresAt?: Date | null;
};

/** Letters that cannot be mistaken for one another: 16 of them are 72 bits. */
const letters = 'abcdefghjkmnpqrstuvwxyz';
const groups = 4;
const groupLength = 4;
const shape = new RegExp(`^[${letters}]{${groups * groupLength}}$`);
const maxPasswords = 50;
/** Use is noted at most so often: mail programs sign in all day. */
const noteEveryMs = 10 * 60_000;

const hashOf = (plain: string) =>
  createHash('sha256').update(`app password ${plain}`).digest('hex');

/** Without what people put between its groups; null for what can be none. */
function normalize(password: string): string | null {
  if (password.length > 100) return null;
  const plain = password.toLowerCase().replace(/[\s-]/g, '');
  return shape.test(plain) ? plain : null;
}

/**
 * Makes one; `password` is told this once ("abcd-efgh-jkmn-pqrs"). Refusal 'invalid' with the field, 'limit',
 * 'not-found'.
 */
export async function addAppPassword(
  accountId: string,
  input: NewAppPassword,
  by: string,
): Promise<{ id: string; password: string }> {
  const data = readInput(input);
  const account = await db.account.findUnique({ where: { id: accountId } });
  if (account?.kind !== 'person') throw new Refusal('not-found', 'No such user.');
  const password = Array.from({ length: groups }, () =>
    Array.from({ length: groupLength }, () => letters[randomInt(letters.length)]).join(''),
  ).join('-');
  const hash = hashOf(normalize(password) ?? '');
  const scram = await sealScramKeys(account.address, password);
  const id = newId();
  await write(async (tx) => {
    if ((await tx.appPassword.count({ where: { accountId } })) >= maxPasswords) {
      throw new Refusal('limit', 'Too many app passwords. Remove one that is not used any more.');
    }
    await tx.appPassword.create({
      data: { accountId, id, hash, scram, ...data, createdAt: now() },
    });
    await recordChangeIn(tx, by, `user ${account.address}`, `app password "${data.name}" added`);
  });
  return { id, password };
}

function readInput({ name, protocols, networks = [], expiresAt = null }: NewAppPassword) {
  const title = name.trim().slice(0, 80);
  if (title === '') throw new Refusal('invalid', 'Give it a name, such as “Phone”.', 'name');
  const chosen = programProtocols.filter((each) => protocols.includes(each));
  if (chosen.length === 0) throw new Refusal('invalid', 'Choose what it opens.', 'protocols');
  if (expiresAt && (Number.isNaN(expiresAt.getTime()) || expiresAt <= now())) {
    throw new Refusal('invalid', 'Give a day that is still to come.', 'expiresAt');
  }
  return {
    name: title,
    protocols: chosen.join(' '),
    networks: readNetworks(networks).join(' '),
    expiresAt,
  };
}

/** The app passwords of an account, newest first; the passwords themselves are known to nobody. */
export async function listAppPasswords(accountId: string): Promise<AppPassword[]> {
  const rows = await db.appPassword.findMany({
    where: { accountId },
    orderBy: { createdAt: 'desc' },
  });
  return rows.map(({ accountId: _account, hash: _hash, scram: _scram, ...row }) => ({
    ...row,
    protocols: row.protocols.split(' ') as ProgramProtocol[],
    networks: row.networks === '' ? [] : row.networks.split(' '),
  }));
}

/** Takes one away; what is open under it is closed (login-watch.ts). Refusal 'not-found'. */
export async function removeAppPassword(accountId: string, id: string, by: string): Promise<void> {
  await write(async (tx) => {
    const row = await tx.appPassword.findUnique({ where: { accountId_id: { accountId, id } } });
    if (!row) throw new Refusal('not-found', 'This app password is gone already.');
    await tx.appPassword.delete({ where: { accountId_id: { accountId, id } } });
    const account = await tx.account.findUnique({ where: { id: accountId } });
    const subject = `user ${account?.address ?? accountId}`;
    await recordChangeIn(tx, by, subject, `app password "${row.name}" removed`);
  });
}

type Row = { protocols: string; networks: string; expiresAt: Date | null };
type Use = { remote: string; protocol: string };

/** Whether it opens anything for this client. */
function fitsUse({ protocols, networks, expiresAt }: Row, { remote, protocol }: Use): boolean {
  if (!protocols.split(' ').includes(protocol)) return false;
  if (expiresAt && expiresAt <= now()) return false;
  return isWithin(networks === '' ? [] : networks.split(' '), remote);
}

/** The id of the app password that `password` is, where this client may use it; else null. */
export async function findAppPassword(
  accountId: string,
  password: string,
  use: Use,
): Promise<string | null> {
  const plain = normalize(password);
  if (plain === null) return null;
  const where = { accountId_hash: { accountId, hash: hashOf(plain) } };
  const row = await db.appPassword.findUnique({ where });
  if (!row || !fitsUse(row, use)) return null;
  if (row.scram === '') await renewKeys(accountId, row.id, plain);
  return row.id;
}

/** A renaming takes the keys (move-account.ts); they come back with the first use, of the password as it was told. */
async function renewKeys(accountId: string, id: string, plain: string): Promise<void> {
  const account = await db.account.findUnique({ where: { id: accountId } });
  const told = plain.match(new RegExp(`.{${groupLength}}`, 'g'))?.join('-') ?? plain;
  const scram = await sealScramKeys(account?.address ?? '', told);
  await write((tx) => tx.appPassword.updateMany({ where: { accountId, id }, data: { scram } }));
}

/** What SCRAM may prove instead of the account's own password, for this client. */
export async function readAppScramKeys(
  accountId: string,
  use: Use,
): Promise<{ id: string; keys: ScramKeys }[]> {
  const rows = await db.appPassword.findMany({ where: { accountId } });
  return rows.flatMap((row) => {
    const keys = fitsUse(row, use) ? openScramKeys(row.scram) : null;
    return keys ? [{ id: row.id, keys }] : [];
  });
}

/** Notes that it was used, now and then. */
export async function noteAppPasswordUse(accountId: string, id: string, use: Use): Promise<void> {
  const where = { accountId_id: { accountId, id } };
  const row = await db.appPassword.findUnique({ where });
  if (!row) return;
  const { lastUsedAt, lastRemote, lastProtocol } = row;
  const isRecent = lastUsedAt && now().getTime() - lastUsedAt.getTime() < noteEveryMs;
  if (isRecent && lastRemote === use.remote && lastProtocol === use.protocol) return;
  const data = { lastUsedAt: now(), lastRemote: use.remote, lastProtocol: use.protocol };
  await write((tx) => tx.appPassword.updateMany({ where: { accountId, id }, data }));
}
