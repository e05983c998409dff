// Which addresses an account may put into envelope sender and From (RFC 6409 §6.1): its own, those of shared
// mailboxes that it may send for, their aliases, and all of these in domains that are aliases of theirs.
import { db } from '../db.ts';
import { canonicalAddress, splitAddress, stripDetail } from '../mail/address.ts';
import { findPattern } from './alias-pattern.ts';
import { findAmong, findDomainAmong, readCandidates } from './lookup.ts';

/**
 * Every address the account sends with: its own and those of the shared mailboxes whose members may send, each
 * with the enabled aliases that lead straight to it ("@domain" and "a-*@domain" among them), then those in
 * domains that are aliases. Its own stand first.
 */
export async function listOwnAddresses(accountId: string): Promise<string[]> {
  const own = await listStored(accountId);
  return [...own, ...(await listInAliasDomains(own))];
}

async function listStored(accountId: string): Promise<string[]> {
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
  if (targets.length === 0) return [address];
  const aliases = await db.alias.findMany({
    where: { id: { in: targets.map((target) => target.aliasId) }, isDisabled: false },
    orderBy: { address: 'asc' },
  });
  return [address, ...aliases.map((alias) => alias.address)];
}

/** The same local parts in the domains that are aliases of theirs, as far as nobody else has them. */
async function listInAliasDomains(own: string[]): Promise<string[]> {
  const names = [...new Set(own.map((address) => splitAddress(address).domain))];
  const domains = await db.domain.findMany({
    where: { aliasOf: { in: names }, isDisabled: false },
    orderBy: { name: 'asc' },
  });
  if (domains.length === 0) return [];
  const moved = domains.flatMap(({ name, aliasOf }) =>
    own
      .filter((address) => address.endsWith(`@${aliasOf}`))
      .map((address) => `${address.slice(0, address.lastIndexOf('@'))}@${name}`),
  );
  const taken = new Set<string>();
  for (let start = 0; start < moved.length; start += 256) {
    const rows = await readCandidates(['-'], moved.slice(start, start + 256));
    for (const address of rows.keys()) taken.add(address);
  }
  return moved.filter((address) => !taken.has(address) && !own.includes(address));
}

/** Whether the account may put `address` into envelope sender and From. `address` may have any case. */
export async function maySendAs(
  accountId: string,
  address: string,
  delimiter: string,
): Promise<boolean> {
  const wanted = canonicalAddress(address);
  if (!wanted) return false;
  const own = await listStored(accountId);
  if (own.includes(wanted)) return true;
  const { local, domain } = splitAddress(wanted);
  const stands = await findStanding(wanted, delimiter);
  if (stands.isTaken) return false;
  if (stands.name !== null) return own.includes(stands.name);
  if (own.includes(`@${domain}`)) return true;
  // An alias domain: what stands here under no name of its own is what it is there.
  const other = stands.aliasOf;
  if (!other) return false;
  const there = `${local}@${other}`;
  if (own.includes(there)) return true;
  const standsThere = await findStanding(there, delimiter);
  if (standsThere.isTaken) return false;
  return own.includes(standsThere.name ?? `@${other}`);
}

/**
 * Under which name an address stands in its domain: "ada@x" for "ada+list@x", a wildcard, or none. `isTaken`:
 * the address as it is belongs to an alias or user, and with the delimiter "-" jean is not jean-paul.
 */
async function findStanding(
  address: string,
  delimiter: string,
): Promise<{ isTaken: boolean; name: string | null; aliasOf: string }> {
  const { local, domain } = splitAddress(address);
  const plain = `${stripDetail(local, delimiter).base}@${domain}`;
  const rows = await readCandidates([domain], [address, plain]);
  const row = findDomainAmong(rows, domain);
  const aliasOf = row && Number(row.isDisabled) !== 1 ? row.extra : '';
  if (findAmong(rows, address)) return { isTaken: true, name: null, aliasOf };
  if (findAmong(rows, plain)) return { isTaken: false, name: plain, aliasOf };
  const pattern = await findPattern(address);
  return { isTaken: false, name: pattern?.address ?? null, aliasOf };
}
