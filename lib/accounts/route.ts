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
  let level = await lookUpAll([start], delimiter);
  const domain = level[0]?.domain;
  if (!domain) return { status: 'not-local' };
  if (isTrue(domain.isDisabled)) return { status: 'disabled' };
  const mailboxes = new Map<string, LocalTarget>();
  const forwards = new Set<string>();
  const seen = new Set([start]);
  let hasDisabled = false;
  // Level by level, so that an alias costs one look and not one a target.
  for (let depth = 0; level.length > 0; depth++) {
    const next: string[] = [];
    for (const { address, domain, detail, found } of level) {
      if (!domain) {
        forwards.add(address);
      } else if (found?.kind === 'account') {
        const { accountId, isDisabled } = found;
        if (isDisabled) hasDisabled = true;
        else mailboxes.set(accountId, { accountId, address, detail });
      } else {
        for (const target of found?.targets ?? []) {
          if (seen.has(target) || seen.size > maxTargets || depth >= maxDepth) continue;
          seen.add(target);
          next.push(target);
        }
      }
    }
    level = await lookUpAll(next, delimiter);
  }
  if (mailboxes.size + forwards.size > 0) {
    return { status: 'local', mailboxes: [...mailboxes.values()], forwards: [...forwards] };
  }
  return { status: hasDisabled ? 'disabled' : 'unknown' };
}

type LookedUp = { address: string; domain: Candidate | null; detail: string; found: Found };

/** Addresses of one look: bounds what a statement binds. */
const addressesPerLook = 64;

async function lookUpAll(addresses: string[], delimiter: string): Promise<LookedUp[]> {
  const found: LookedUp[] = [];
  for (let start = 0; start < addresses.length; start += addressesPerLook) {
    // A long alias must not keep others waiting (lib/db.ts: queries alone let nobody in).
    if (start > 0) await new Promise(setImmediate);
    found.push(...(await lookUp(addresses.slice(start, start + addressesPerLook), delimiter)));
  }
  return found;
}

/** What stands for each address: itself, the one without its detail, the catch-all, or postmaster. */
async function lookUp(addresses: string[], delimiter: string): Promise<LookedUp[]> {
  const asked = addresses.map((address) => {
    const { local, domain } = splitAddress(address);
    const { base, detail } = stripDetail(local, delimiter);
    return { address, domain, base, detail, names: [address, `${base}@${domain}`, `@${domain}`] };
  });
  const rows = await readCandidates(
    asked.map(({ domain }) => domain),
    asked.flatMap(({ names }) => names),
  );
  return Promise.all(
    asked.map(async ({ address, domain: name, base, detail, names }) => {
      const domain = rows.get(name)?.find(({ kind }) => kind === 'domain') ?? null;
      if (!domain) return { address, domain, detail, found: null };
      const stored = names.map((one) => findAmong(rows, one)).find((one) => one !== null);
      return { address, domain, detail, found: stored ?? (await findPostmaster(base)) };
    }),
  );
}

type Candidate = {
  kind: 'domain' | 'alias' | 'account';
  id: string;
  /** Of a domain its name. */
  address: string;
  isDisabled: boolean | number | bigint;
  target: string | null;
};
type Candidates = Map<string, Candidate[]>;

/** One look for all: every recipient of every message costs it. By address. */
async function readCandidates(domains: string[], addresses: string[]): Promise<Candidates> {
  const list = join([...new Set(addresses)]);
  const rows = await db.$queryRaw<Candidate[]>`
    SELECT 'domain' AS "kind", "id", "name" AS "address", "isDisabled", NULL AS "target"
      FROM "Domain" WHERE "name" IN (${join([...new Set(domains)])})
    UNION ALL SELECT 'account', "id", "address", "isDisabled", NULL FROM "Account" WHERE "address" IN (${list})
    UNION ALL SELECT 'alias', "Alias"."id", "Alias"."address", "Alias"."isDisabled", "AliasTarget"."address"
      FROM "Alias" LEFT JOIN "AliasTarget" ON "AliasTarget"."aliasId" = "Alias"."id"
      WHERE "Alias"."address" IN (${list})`;
  return Map.groupBy(rows, (row) => row.address);
}

/** SQLite has no boolean of its own. */
function isTrue(value: boolean | number | bigint): boolean {
  return Number(value) === 1;
}

function findAmong(candidates: Candidates, address: string): Found {
  const own = candidates.get(address) ?? [];
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

/**
 * Every address the account sends with: its own and those of the shared mailboxes whose members may send, each
 * with the enabled aliases that lead straight to it. Its own stand first.
 */
export async function listOwnAddresses(accountId: string): Promise<string[]> {
  const account = await db.account.findUnique({ where: { id: accountId } });
  if (!account) return [];
  const memberships = await db.member.findMany({ where: { memberId: accountId, maySend: true } });
  const shared = await db.account.findMany({
    where: {
      id: { in: memberships.map(({ sharedId }) => sharedId) },
      kind: 'shared',
      isDisabled: false,
    },
    orderBy: { address: 'asc' },
  });
  const lists: string[] = [];
  for (const { address } of [account, ...shared]) lists.push(...(await listNamesOf(address)));
  return [...new Set(lists)];
}

async function listNamesOf(address: string): Promise<string[]> {
  const targets = await db.aliasTarget.findMany({ where: { address } });
  const aliases = await db.alias.findMany({
    where: { id: { in: targets.map((target) => target.aliasId) }, isDisabled: false },
    orderBy: { address: 'asc' },
  });
  return [address, ...aliases.map((alias) => alias.address)];
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
  const rows = await readCandidates([domain], [wanted, plain]);
  // "ada+x" is ada's only while it is nobody's own address: with the delimiter "-", jean is not jean-paul.
  if (findAmong(rows, wanted)) return false;
  if (own.includes(plain)) return true;
  // A catch-all gives every address of its domain that is nobody else's.
  return own.includes(`@${domain}`) && !findAmong(rows, plain);
}
