// Where mail to an address goes: mailboxes here, addresses outside, or nowhere. The order is Postfix's:
// alias before user, the whole address before the one without its detail, the catch-all last.
import { db, join } from '../db.ts';
import { canonicalAddress, splitAddress, stripDetail } from '../mail/address.ts';

export type LocalTarget = { accountId: string; address: string; detail: string };
export type Resolution =
  | { status: 'local'; mailboxes: LocalTarget[]; forwards: string[] }
  | { status: 'unknown' | 'not-local' | 'disabled' };

/** Aliases that point to aliases are followed so deep; a loop ends by itself since no address is visited twice. */
const maxDepth = 20;
const maxTargets = 2000;

type Found =
  | { kind: 'account'; accountId: string; isDisabled: boolean }
  | { kind: 'alias'; targets: string[] }
  | null;

/** Whether mail for `domain` is received here (the domain exists and is enabled). */
export async function isLocalDomain(domain: string): Promise<boolean> {
  const row = await db.domain.findUnique({ where: { name: domain.toLowerCase() } });
  return row !== null && !row.isDisabled;
}

/** Resolves a recipient. `address` may have any case; `delimiter` is the setting smtp.recipientDelimiter. */
export async function resolveRecipient(address: string, delimiter: string): Promise<Resolution> {
  const start = canonicalAddress(address);
  if (!start) return { status: 'unknown' };
  const walk: Walk = {
    mailboxes: new Map(),
    forwards: new Set(),
    seen: new Set(),
    hasDisabled: false,
  };
  const first = await lookUp(start, delimiter);
  if (!first.domain) return { status: 'not-local' };
  if (first.domain.isDisabled) return { status: 'disabled' };
  await follow(start, first, delimiter, walk, 0);
  if (walk.mailboxes.size + walk.forwards.size > 0) {
    return {
      status: 'local',
      mailboxes: [...walk.mailboxes.values()],
      forwards: [...walk.forwards],
    };
  }
  return { status: walk.hasDisabled ? 'disabled' : 'unknown' };
}

type Walk = {
  mailboxes: Map<string, LocalTarget>;
  forwards: Set<string>;
  seen: Set<string>;
  hasDisabled: boolean;
};

async function follow(
  address: string,
  { domain, detail, found }: LookedUp,
  delimiter: string,
  walk: Walk,
  depth: number,
): Promise<void> {
  walk.seen.add(address);
  if (!domain) {
    walk.forwards.add(address);
    return;
  }
  if (found?.kind === 'account') {
    if (found.isDisabled) walk.hasDisabled = true;
    else walk.mailboxes.set(found.accountId, { accountId: found.accountId, address, detail });
    return;
  }
  for (const target of found?.targets ?? []) {
    if (walk.seen.has(target) || depth >= maxDepth || walk.seen.size > maxTargets) continue;
    await follow(target, await lookUp(target, delimiter), delimiter, walk, depth + 1);
  }
}

type LookedUp = { domain: { isDisabled: boolean } | null; detail: string; found: Found };

/** What stands for the address: itself, the one without its detail, the catch-all, or postmaster. */
async function lookUp(address: string, delimiter: string): Promise<LookedUp> {
  const { local, domain: name } = splitAddress(address);
  const { base, detail } = stripDetail(local, delimiter);
  const rows = await readCandidates(name, [address, `${base}@${name}`, `@${name}`]);
  const domain = rows.find((row) => row.kind === 'domain');
  if (!domain) return { domain: null, detail, found: null };
  const found =
    findAmong(rows, address) ??
    findAmong(rows, `${base}@${name}`) ??
    findAmong(rows, `@${name}`) ??
    (await findPostmaster(base));
  return { domain: { isDisabled: isTrue(domain.isDisabled) }, detail, found };
}

type Candidate = {
  kind: 'domain' | 'alias' | 'account';
  id: string;
  address: string;
  isDisabled: boolean | number | bigint;
  target: string | null;
};

/** One look for all: every recipient of every message costs it. */
function readCandidates(domain: string, addresses: string[]): Promise<Candidate[]> {
  const list = join([...new Set(addresses)]);
  return db.$queryRaw<Candidate[]>`
    SELECT 'domain' AS "kind", "id", "name" AS "address", "isDisabled", NULL AS "target"
      FROM "Domain" WHERE "name" = ${domain}
    UNION ALL SELECT 'account', "id", "address", "isDisabled", NULL FROM "Account" WHERE "address" IN (${list})
    UNION ALL SELECT 'alias', "Alias"."id", "Alias"."address", "Alias"."isDisabled", "AliasTarget"."address"
      FROM "Alias" LEFT JOIN "AliasTarget" ON "AliasTarget"."aliasId" = "Alias"."id"
      WHERE "Alias"."address" IN (${list})`;
}

/** SQLite has no boolean of its own. */
function isTrue(value: boolean | number | bigint): boolean {
  return Number(value) === 1;
}

function findAmong(rows: Candidate[], address: string): Found {
  const own = rows.filter((row) => row.address === address && row.kind !== 'domain');
  const aliases = own.filter((row) => row.kind === 'alias' && !isTrue(row.isDisabled));
  if (aliases.length > 0) {
    return { kind: 'alias', targets: aliases.flatMap(({ target }) => target ?? []) };
  }
  const account = own.find((row) => row.kind === 'account');
  return account
    ? { kind: 'account', accountId: account.id, isDisabled: isTrue(account.isDisabled) }
    : null;
}

/** RFC 5321 §4.5.1: postmaster is always received; without an alias it is the first administrator's. */
async function findPostmaster(local: string): Promise<Found> {
  if (local !== 'postmaster') return null;
  const admin = await db.account.findFirst({
    where: { role: 'admin', isDisabled: false },
    orderBy: { createdAt: 'asc' },
  });
  return admin && { kind: 'account', accountId: admin.id, isDisabled: false };
}

/** The address of the account and every enabled alias that leads straight to it. */
export async function listOwnAddresses(accountId: string): Promise<string[]> {
  const account = await db.account.findUnique({ where: { id: accountId } });
  if (!account) return [];
  const targets = await db.aliasTarget.findMany({ where: { address: account.address } });
  const aliases = await db.alias.findMany({
    where: { id: { in: targets.map((target) => target.aliasId) }, isDisabled: false },
    orderBy: { address: 'asc' },
  });
  return [account.address, ...aliases.map((alias) => alias.address)];
}

/** Whether the account may put `address` into envelope sender and From: its own, an alias, or one with a detail. */
export async function maySendAs(
  accountId: string,
  address: string,
  delimiter: string,
): Promise<boolean> {
  const wanted = canonicalAddress(address);
  if (!wanted) return false;
  const own = await listOwnAddresses(accountId);
  if (own.includes(wanted)) return true;
  const { local, domain } = splitAddress(wanted);
  const plain = `${stripDetail(local, delimiter).base}@${domain}`;
  const rows = await readCandidates(domain, [wanted, plain]);
  // "ada+x" is ada's only while it is nobody's own address: with the delimiter "-", jean is not jean-paul.
  if (findAmong(rows, wanted)) return false;
  if (own.includes(plain)) return true;
  // A catch-all gives every address of its domain that is nobody else's.
  return own.includes(`@${domain}`) && !findAmong(rows, plain);
}
