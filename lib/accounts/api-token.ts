// Tokens of the REST API: "drey_ID_SECRET", shown once, kept as a hash. A token has a role over domains as staff has
// (permission.ts, staff.ts), perhaps networks and an end, and perhaps only reads.
//
// Invariant: a token never has more rights than its maker has at this moment. A maker who is gone, disabled, locked or has a
// lesser role now ends it; domains that the maker looks after no more fall out of it.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../clock.ts';
import { db, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { type Recorded, revise } from '../history/revise.ts';
import { newId } from '../id.ts';
import { recordChangeIn } from '../trail/change.ts';
import { readAccount } from './account.ts';
import { isWithin, readNetworks } from './network.ts';
import { isOverDomains, type Role, readRole } from './role.ts';
import { recordLogin } from './sessions.ts';
import { isInScope, readStaff, requireDomainOf, type Scope, type Staff } from './staff.ts';
import { readOpening, recordFailure, recordSuccess } from './throttle.ts';

/** The roles that a token may have. */
export const tokenRoles = ['help-desk', 'domain-admin', 'admin'] as const satisfies Role[];
export type TokenRole = (typeof tokenRoles)[number];

export type ApiToken = {
  id: string;
  name: string;
  role: Role;
  /** Names; empty for one over everything */
  domains: string[];
  /** Canonical CIDR texts; empty = anywhere */
  networks: string[];
  isReadOnly: boolean;
  /** Address, or "cli:name" */
  madeBy: string;
  /** Whether it opens anything now */
  isAlive: boolean;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  lastRemote: string;
  createdAt: Date;
};

export type NewApiToken = {
  name: string;
  role: TokenRole;
  domains?: readonly string[];
  networks?: readonly string[];
  isReadOnly?: boolean;
  expiresAt?: Date | null;
};

type Row = NonNullable<Awaited<ReturnType<typeof db.apiToken.findUnique>>>;

const secretBytes = 24;
const shape = /^drey_([\w-]{24})_([\w-]{32})$/;
const maxTokens = 500;
const maxDomains = 1000;
/** Use is noted at most so often. */
const noteEveryMs = 10 * 60_000;

const hashOf = (secret: string) => createHash('sha256').update(`api token ${secret}`).digest('hex');
const listOf = (text: string) => (text === '' ? [] : text.split(' '));

/** Key: its id. Neither what it is compared with nor its use. */
export const recordedApiToken: Recorded = {
  kind: 'API token',
  read: async (tx, id) => {
    const row = await tx.apiToken.findUnique({ where: { id } });
    if (!row) return null;
    const { name, role, isReadOnly, madeBy, expiresAt } = row;
    const domains = await tx.domain.findMany({
      where: { id: { in: listOf(row.domains) } },
      select: { name: true },
      orderBy: { name: 'asc' },
    });
    return {
      ...{ name, role, domains: domains.map((domain) => domain.name) },
      ...{ networks: listOf(row.networks), isReadOnly, madeBy },
      expiresAt: expiresAt?.toISOString() ?? null,
    };
  },
  describe: (_id, { name }) => `API token ${name}`,
};

/**
 * Makes a token; `token` is told this once. `maker` has the id '' where the owner of the machine makes it. Refusal 'invalid'
 * with the field, 'not-found' (domain), 'forbidden' (more than the maker may), 'limit'.
 */
export async function addApiToken(
  input: NewApiToken,
  maker: Staff,
): Promise<{ id: string; token: string }> {
  const data = { ...readInput(input), domains: await readDomains(input, maker) };
  requireNoMore(input.role, maker);
  const id = newId();
  const secret = randomBytes(secretBytes).toString('base64url');
  await revise(maker.address, recordedApiToken, id, async (tx) => {
    if ((await tx.apiToken.count()) >= maxTokens) {
      throw new Refusal('limit', `There may be at most ${maxTokens} tokens.`);
    }
    const made = { accountId: maker.id, madeBy: maker.address, createdAt: now() };
    await tx.apiToken.create({ data: { id, hash: hashOf(secret), ...data, ...made } });
    const over = input.domains?.length ? ` of ${input.domains.join(', ')}` : '';
    const what = `added: ${data.role}${over}${data.isReadOnly ? ', only reads' : ''}`;
    await recordChangeIn(tx, maker.address, `API token ${data.name}`, what);
  });
  return { id, token: `drey_${id}_${secret}` };
}

function readInput({ name, role, networks = [], isReadOnly = false, expiresAt }: NewApiToken) {
  const title = name.trim().slice(0, 80);
  if (title === '') throw new Refusal('invalid', 'Give it a name, such as “Billing”.', 'name');
  if (!tokenRoles.includes(role)) throw new Refusal('invalid', 'Choose a role.', 'role');
  const end = expiresAt ?? null;
  if (end && (Number.isNaN(end.getTime()) || end <= now())) {
    throw new Refusal('invalid', 'Give a day that is still to come.', 'expiresAt');
  }
  return {
    name: title,
    role,
    networks: readNetworks(networks).join(' '),
    isReadOnly,
    expiresAt: end,
  };
}

/** Ids of the domains of a role over domains. */
async function readDomains({ role, domains = [] }: NewApiToken, maker: Staff): Promise<string> {
  if (!isOverDomains(role)) {
    if (domains.length === 0) return '';
    throw new Refusal('invalid', 'A super admin is over all domains.', 'domains');
  }
  if (domains.length === 0 || domains.length > maxDomains) {
    throw new Refusal('invalid', `Choose domains, up to ${maxDomains}.`, 'domains');
  }
  const found = await Promise.all(domains.map((name) => requireDomainOf(maker, name)));
  return [...new Set(found.map(({ id }) => id))].join(' ');
}

/** Whether whoever has the role `mine` may all that `wanted` may. */
function reaches(mine: Role, wanted: Role): boolean {
  if (mine === 'admin' || mine === wanted) return true;
  return mine === 'domain-admin' && wanted === 'help-desk';
}

function requireNoMore(role: Role, maker: Staff): void {
  if (reaches(maker.role, role)) return;
  throw new Refusal('forbidden', 'A token has no more rights than who makes it.', 'role');
}

/** Every token, newest first. */
export async function listApiTokens(): Promise<ApiToken[]> {
  const rows = await db.apiToken.findMany({ orderBy: [{ createdAt: 'desc' }, { id: 'asc' }] });
  return Promise.all(rows.map(toToken));
}

/** Refusal 'not-found'. */
export async function readApiToken(id: string): Promise<ApiToken> {
  const row = await db.apiToken.findUnique({ where: { id } });
  if (!row) throw new Refusal('not-found', 'There is no such token.');
  return toToken(row);
}

async function toToken(row: Row): Promise<ApiToken> {
  const { hash: _hash, accountId: _account, ...rest } = row;
  const ids = listOf(row.domains);
  const domains = await db.domain.findMany({
    where: { id: { in: ids } },
    select: { name: true },
    orderBy: { name: 'asc' },
  });
  return {
    ...rest,
    role: readRole(row.role),
    domains: domains.map(({ name }) => name),
    networks: listOf(row.networks),
    isAlive: !isOver(row) && (await findScope(row)) !== null,
  };
}

/** Takes a token away; it opens nothing from then on. Refusal 'not-found'. */
export async function removeApiToken(id: string, by: string): Promise<void> {
  await revise(by, recordedApiToken, id, async (tx) => {
    const row = await tx.apiToken.findUnique({ where: { id } });
    if (!row) throw new Refusal('not-found', 'There is no such token.');
    await tx.apiToken.delete({ where: { id } });
    await recordChangeIn(tx, by, `API token ${row.name}`, 'removed');
  });
}

const isOver = ({ expiresAt }: Row) => expiresAt !== null && expiresAt <= now();

/** What the token is over now; null where its maker's rights have ended it. */
async function findScope(row: Row): Promise<Scope | null> {
  const role = readRole(row.role);
  if (role === 'user') return null;
  const ids = listOf(row.domains);
  const own = await db.domain.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true },
    orderBy: { name: 'asc' },
  });
  const wanted: Scope = isOverDomains(role) ? own : 'all';
  if (wanted !== 'all' && wanted.length === 0) return null;
  if (row.accountId === '') return wanted;
  const account = await readAccount(row.accountId);
  if (account?.kind !== 'person' || account.isDisabled || account.isLocked) return null;
  if (!reaches(account.role, role)) return null;
  const maker = await readStaff(account);
  if (wanted === 'all') return maker.scope === 'all' ? 'all' : null;
  const left = wanted.filter(({ id }) => isInScope(maker.scope, id));
  return left.length > 0 ? left : null;
}

export type TokenUser = Staff & {
  tokenId: string;
  /** Of the token */
  name: string;
  /** It may read, no more */
  isReadOnly: boolean;
};

/**
 * Who the token stands for, as staff. It is looked up before anything is asked about failures: 192 bits are not guessed, so
 * whoever shows a good one gets in whatever others try from the same address. Failures count with those of all sign-ins, of
 * the address that asks and of this token. Refusal 'auth-failed', the same for whatever is wrong with it; 'throttled'.
 */
export async function signInByApiToken(text: string, remote: string): Promise<TokenUser> {
  const [, id = '', secret = ''] = shape.exec(text) ?? [];
  const attempt = { remote, account: `API token ${id}` };
  const tell = (name: string, reason: string) => {
    const origin = { address: `API token ${name}`, remote, protocol: 'api' as const };
    recordLogin('login-failed', null, origin, reason);
  };
  const row = await findByHash(id, secret);
  const shut = row ? whyShut(row, remote) : 'wrong-token';
  const scope = row && shut === null ? await findScope(row) : null;
  if (!row || !scope) {
    const opensAt = await readOpening(attempt);
    if (opensAt) {
      tell(id, 'throttled');
      const text = 'Too many failed tries. Wait before the next one.';
      throw new Refusal('throttled', text, null, opensAt);
    }
    tell(row?.name ?? id, shut ?? 'maker-lost-rights');
    await sleep(await recordFailure(attempt));
    throw new Refusal('auth-failed', 'This token opens nothing.');
  }
  await recordSuccess(attempt);
  await noteUse(row, remote);

  return {
    id: '',
    address: `token ${row.name} for ${row.madeBy}`,
    role: readRole(row.role),
    scope,
    tokenId: row.id,
    name: row.name,
    isReadOnly: row.isReadOnly,
  };
}

/** Why the right token opens nothing, for the trail. */
function whyShut(row: Row, remote: string): string | null {
  if (isOver(row)) return 'expired';
  return isWithin(listOf(row.networks), remote) ? null : 'wrong-network';
}

/** Compared in constant time, with something in any case. */
async function findByHash(id: string, secret: string): Promise<Row | null> {
  const row = id === '' ? null : await db.apiToken.findUnique({ where: { id } });
  const given = Buffer.from(hashOf(secret));
  const expected = Buffer.from(row?.hash ?? hashOf(''));
  return timingSafeEqual(given, expected) && row ? row : null;
}

async function noteUse({ id, lastUsedAt, lastRemote }: Row, remote: string): Promise<void> {
  const isRecent = lastUsedAt && now().getTime() - lastUsedAt.getTime() < noteEveryMs;
  if (isRecent && lastRemote === remote) return;
  const data = { lastUsedAt: now(), lastRemote: remote };
  await write((tx) => tx.apiToken.updateMany({ where: { id }, data }));
}
