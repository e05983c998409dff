// What stands for an address here. The order is Postfix's: alias before user, the whole address before the one
// without its detail, then wildcards, the domain that this one is an alias of, the catch-all, and for postmaster
// and abuse the administrator. Mail for a user or a plain alias costs one query.
import { db, join } from '../db.ts';
import { splitAddress, stripDetail } from '../mail/address.ts';
import { findPattern, isRoute } from './alias-pattern.ts';

export type Found =
  | { kind: 'account'; accountId: string; isDisabled: boolean }
  /** `posters` as in the table: "anyone", "inside" or "members" */
  | { kind: 'alias'; address: string; targets: string[]; posters: string }
  | null;

export type LookedUp = {
  /** As it was asked for, or in the domain that this one is an alias of */
  address: string;
  /** "elsewhere": of a domain here, but its mailbox is on another server */
  domain: 'outside' | 'here' | 'disabled' | 'elsewhere';
  detail: string;
  found: Found;
};

/** Addresses of one look: bounds what a statement binds. */
const addressesPerLook = 64;

/** Looks up canonical addresses, in their order. */
export async function lookUpAll(addresses: string[], delimiter: string): Promise<LookedUp[]> {
  const found: LookedUp[] = [];
  for (let start = 0; start < addresses.length; start += addressesPerLook) {
    // A long alias must not keep others waiting (lib/db.ts: queries alone let nobody in).
    if (start > 0) await new Promise(setImmediate);
    found.push(...(await lookUp(addresses.slice(start, start + addressesPerLook), delimiter)));
  }
  return found;
}

type Asked = {
  address: string;
  local: string;
  domain: string;
  base: string;
  detail: string;
};

function ask(address: string, delimiter: string): Asked {
  const { local, domain } = splitAddress(address);
  return { address, local, domain, ...stripDetail(local, delimiter) };
}

async function lookUp(addresses: string[], delimiter: string): Promise<LookedUp[]> {
  const asked = addresses.map((address) => ask(address, delimiter));
  const rows = await readCandidates(
    asked.map(({ domain }) => domain),
    asked.flatMap(listNames),
  );
  const inOther = await lookUpInOther(asked, rows, delimiter);
  return Promise.all(
    asked.map(async (one): Promise<LookedUp> => {
      const { address, detail } = one;
      const domain = findDomainAmong(rows, one.domain);
      if (!domain) return { address, domain: 'outside', detail, found: null };
      const state = isTrue(domain.isDisabled) ? 'disabled' : 'here';
      const own = await findOwn(rows, one);
      if (own && !isPassedOn(domain, own)) return { address, domain: state, detail, found: own };
      const other = inOther.get(address);
      if (other && (other.found || (other.domain === 'elsewhere' && state === 'here'))) {
        return other.found ? { ...other, domain: state } : other;
      }
      return { address, detail, ...(await findLast(rows, one, domain, own)) };
    }),
  );
}

/** What an address of an alias domain is in the domain it stands for; by the address that was asked for. */
async function lookUpInOther(
  asked: Asked[],
  rows: Candidates,
  delimiter: string,
): Promise<Map<string, LookedUp>> {
  const moved = asked.flatMap(({ address, local, domain }) => {
    const other = findDomainAmong(rows, domain)?.extra;
    return other ? [{ address, there: ask(`${local}@${other}`, delimiter) }] : [];
  });
  if (moved.length === 0) return new Map();
  const others = await readCandidates(
    moved.map(({ there }) => there.domain),
    moved.flatMap(({ there }) => listNames(there)),
  );
  const entries = await Promise.all(
    moved.map(async ({ address, there }): Promise<[string, LookedUp]> => {
      const domain = findDomainAmong(others, there.domain);
      const isHere = domain !== null && !isTrue(domain.isDisabled);
      const base = { address: there.address, detail: there.detail };
      if (!isHere) return [address, { ...base, domain: 'here', found: null }];
      const own = await findOwn(others, there);
      const isHeard = own && !isPassedOn(domain, own);
      const last = isHeard ? { domain: 'here' as const, found: own } : null;
      return [address, { ...base, ...(last ?? (await findLast(others, there, domain, own))) }];
    }),
  );
  return new Map(entries);
}

export type Candidate = {
  kind: 'domain' | 'alias' | 'account';
  id: string;
  /** Of a domain its name. */
  address: string;
  isDisabled: boolean | number | bigint;
  /** Of an alias where it leads, of a domain whose mail is passed on ("all", "listed", "others"). */
  target: string | null;
  /** Of a domain the one it is an alias of, of an alias its posters. */
  extra: string;
};
export type Candidates = Map<string, Candidate[]>;

function listNames({ address, base, domain }: Asked): string[] {
  return [address, `${base}@${domain}`, `@${domain}`];
}

/** One look for all: every recipient of every message costs it. By address. */
export async function readCandidates(domains: string[], addresses: string[]): Promise<Candidates> {
  const list = join([...new Set(addresses)]);
  const rows = await db.$queryRaw<Candidate[]>`
    SELECT 'domain' AS "kind", "id", "name" AS "address", "isDisabled", "elsewhere" AS "target", "aliasOf" AS "extra"
      FROM "Domain" WHERE "name" IN (${join([...new Set(domains)])})
    UNION ALL SELECT 'account', "id", "address", "isDisabled", NULL, '' FROM "Account" WHERE "address" IN (${list})
    UNION ALL SELECT 'alias', "Alias"."id", "Alias"."address", "Alias"."isDisabled", "AliasTarget"."address",
      "Alias"."posters"
      FROM "Alias" LEFT JOIN "AliasTarget" ON "AliasTarget"."aliasId" = "Alias"."id"
      WHERE "Alias"."address" IN (${list})`;
  return Map.groupBy(rows, (row) => row.address);
}

/** SQLite has no boolean of its own. */
function isTrue(value: boolean | number | bigint): boolean {
  return Number(value) === 1;
}

/** The row of a domain among them, or null. */
export function findDomainAmong(rows: Candidates, name: string): Candidate | null {
  return rows.get(name)?.find(({ kind }) => kind === 'domain') ?? null;
}

/** The enabled alias or the user of exactly that address. */
export function findAmong(candidates: Candidates, address: string): Found {
  const own = candidates.get(address) ?? [];
  const aliases = own.filter((row) => row.kind === 'alias' && !isTrue(row.isDisabled));
  if (aliases[0]) {
    const targets = aliases.flatMap(({ target }) => target ?? []);
    return { kind: 'alias', address, targets, posters: aliases[0].extra };
  }
  const account = own.find((row) => row.kind === 'account');
  return account
    ? { kind: 'account', accountId: account.id, isDisabled: isTrue(account.isDisabled) }
    : null;
}

/** The address itself, the one without its detail, or a wildcard. */
async function findOwn(rows: Candidates, { address, base, domain }: Asked): Promise<Found> {
  const exact = findAmong(rows, address) ?? findAmong(rows, `${base}@${domain}`);
  if (exact) return exact;
  const pattern = await findPattern(address);
  return pattern && { kind: 'alias', ...pattern };
}

/** Mail for a user whose mailbox is on another server. */
function isPassedOn({ target }: Candidate, found: Found): boolean {
  const isUser = found?.kind === 'account' && !found.isDisabled;
  return isUser && (target === 'all' || target === 'listed');
}

/** What takes mail that no alias and no mailbox here takes. */
async function findLast(
  rows: Candidates,
  one: Asked,
  domain: Candidate,
  own: Found,
): Promise<Pick<LookedUp, 'domain' | 'found'>> {
  const state = isTrue(domain.isDisabled) ? 'disabled' : 'here';
  const catchAll = own ? null : findCatchAll(rows, one);
  if (catchAll) return { domain: state, found: catchAll };
  const isOpen = (domain.target === 'all' || domain.target === 'others') && !isRoute(one.local);
  if ((own || isOpen) && state === 'here') return { domain: 'elsewhere', found: null };
  return { domain: state, found: own ? null : await findRole(one) };
}

function findCatchAll(rows: Candidates, { local, domain }: Asked): Found {
  return isRoute(local) ? null : findAmong(rows, `@${domain}`);
}

async function findRole({ base, domain }: Asked): Promise<Found> {
  if (!isRoleName(base)) return null;
  if (base !== 'postmaster') {
    const postmaster = `postmaster@${domain}`;
    const own = findAmong(await readCandidates([domain], [postmaster]), postmaster);
    if (own) return own;
  }
  const accountId = await findFirstAdministrator();
  return accountId === null ? null : { kind: 'account', accountId, isDisabled: false };
}

/** RFC 5321 §4.5.1, RFC 2142 §4: these are always received. */
export function isRoleName(local: string): boolean {
  return local === 'postmaster' || local === 'abuse';
}

/** The enabled administrator who was there first, or null. */
export async function findFirstAdministrator(): Promise<string | null> {
  const admin = await db.account.findFirst({
    where: { role: 'admin', isDisabled: false },
    orderBy: { createdAt: 'asc' },
  });
  return admin?.id ?? null;
}
