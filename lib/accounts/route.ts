// Where mail to an address goes: mailboxes here, addresses outside, or nowhere. The order is Postfix's:
// alias before user, the whole address before the one without its detail, the catch-all last.
import { db } from '../db.ts';
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
  const domain = await db.domain.findUnique({ where: { name: splitAddress(start).domain } });
  if (!domain) return { status: 'not-local' };
  if (domain.isDisabled) return { status: 'disabled' };
  const walk: Walk = {
    mailboxes: new Map(),
    forwards: new Set(),
    seen: new Set(),
    hasDisabled: false,
  };
  await follow(start, delimiter, walk, 0);
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
  delimiter: string,
  walk: Walk,
  depth: number,
): Promise<void> {
  if (walk.seen.has(address) || depth > maxDepth || walk.seen.size > maxTargets) return;
  walk.seen.add(address);
  const { local, domain } = splitAddress(address);
  if (!(await db.domain.findUnique({ where: { name: domain } }))) {
    walk.forwards.add(address);
    return;
  }
  const { base, detail } = stripDetail(local, delimiter);
  const found = await lookUp(address, base, detail, domain);
  if (found?.kind === 'account') {
    if (found.isDisabled) walk.hasDisabled = true;
    else walk.mailboxes.set(found.accountId, { accountId: found.accountId, address, detail });
    return;
  }
  for (const target of found?.targets ?? []) await follow(target, delimiter, walk, depth + 1);
}

async function lookUp(
  address: string,
  base: string,
  detail: string,
  domain: string,
): Promise<Found> {
  const whole = await findExact(address);
  if (whole) return whole;
  if (detail !== '' || address !== `${base}@${domain}`) {
    const plain = await findExact(`${base}@${domain}`);
    if (plain) return plain;
  }
  return (await findCatchAll(domain)) ?? findPostmaster(base);
}

async function findExact(address: string): Promise<Found> {
  const [alias, account] = await Promise.all([
    db.alias.findUnique({ where: { address } }),
    db.account.findUnique({ where: { address }, select: { id: true, isDisabled: true } }),
  ]);
  if (alias && !alias.isDisabled) return { kind: 'alias', targets: await targetsOf(alias.id) };
  return account && { kind: 'account', accountId: account.id, isDisabled: account.isDisabled };
}

async function findCatchAll(domain: string): Promise<Found> {
  const alias = await db.alias.findUnique({ where: { address: `@${domain}` } });
  return alias && !alias.isDisabled ? { kind: 'alias', targets: await targetsOf(alias.id) } : null;
}

async function targetsOf(aliasId: string): Promise<string[]> {
  return (await db.aliasTarget.findMany({ where: { aliasId } })).map((row) => row.address);
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
  const { local, domain } = splitAddress(wanted);
  const { base } = stripDetail(local, delimiter);
  if (own.includes(wanted) || own.includes(`${base}@${domain}`)) return true;
  // A catch-all gives every address of its domain that is nobody else's.
  if (!own.includes(`@${domain}`)) return false;
  const other = (await findExact(wanted)) ?? (await findExact(`${base}@${domain}`));
  return other === null;
}
