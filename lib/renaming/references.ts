// What names the address of an account beside it: all of it follows when it is renamed. One function a table, in one
// list; each says in words what it has changed. Whole addresses only: patterns with "*" and details behind "+" stay.
import {
  recordedAccessRule,
  recordedAlias,
  recordedDomain,
  recordedRewrite,
} from '#lib/accounts/recorded.ts';
import { db, write } from '#lib/db.ts';
import { readRule } from '#lib/filters/rule.ts';
import { revise } from '#lib/history/revise.ts';
import { relayConditions } from '#lib/queue/relay-pattern.ts';
import { recordedRelayRule } from '#lib/queue/relay-record.ts';

export type Renamed = {
  accountId: string;
  /** Canonical addresses */
  from: string;
  to: string;
  by: string;
};
/** Inside writeJoined. */
type Follow = (renamed: Renamed) => Promise<string[]>;

const followAliases: Follow = async ({ from, to, by }) => {
  const targets = await db.aliasTarget.findMany({ where: { address: from } });
  const ids = targets.map(({ aliasId }) => aliasId);
  const aliases = await db.alias.findMany({
    where: { id: { in: ids } },
    orderBy: { address: 'asc' },
  });
  const addresses = aliases.map(({ address }) => address);
  if (addresses.length === 0) return [];
  await revise(by, recordedAlias, addresses, async (tx) => {
    await tx.aliasTarget.deleteMany({ where: { aliasId: { in: ids }, address: to } });
    await tx.aliasTarget.updateMany({ where: { address: from }, data: { address: to } });
  });
  return addresses.map((address) => `alias ${address}`);
};

const followArchives: Follow = async ({ from, to, by }) => {
  const domains = await db.domain.findMany({ where: { archive: from }, orderBy: { name: 'asc' } });
  const names = domains.map(({ name }) => name);
  if (names.length === 0) return [];
  await revise(by, recordedDomain, names, (tx) =>
    tx.domain.updateMany({ where: { archive: from }, data: { archive: to } }),
  );
  return names.map((name) => `archive of ${name}`);
};

const followRewrites: Follow = async ({ from, to, by }) => {
  const rows = await db.rewrite.findMany({
    where: { OR: [{ pattern: from }, { replacement: from }] },
  });
  const taken = await db.rewrite.findMany({ where: { pattern: to } });
  for (const { id, scope, pattern, replacement } of rows) {
    const isFree = !taken.some((other) => other.scope === scope);
    const data = {
      pattern: pattern === from && isFree ? to : pattern,
      replacement: replacement === from ? to : replacement,
    };
    await revise(by, recordedRewrite, id, (tx) => tx.rewrite.update({ where: { id }, data }));
  }
  return rows.map(({ pattern }) => `rewriting of ${pattern}`);
};

const followAccessRules: Follow = async ({ from, to, by }) => {
  const rows = await db.accessRule.findMany({
    where: {
      OR: [
        { scope: { in: ['sender', 'recipient'] }, pattern: from },
        { action: { in: ['redirect', 'bcc'] }, argument: from },
      ],
    },
  });
  const taken = await db.accessRule.findMany({ where: { pattern: to } });
  for (const { id, scope, action, pattern, argument } of rows) {
    const isFree = !taken.some((other) => other.scope === scope && other.action === action);
    const data = {
      pattern: pattern === from && isFree ? to : pattern,
      argument: argument === from ? to : argument,
    };
    await revise(by, recordedAccessRule, id, (tx) => tx.accessRule.update({ where: { id }, data }));
  }
  return rows.map(({ scope, pattern }) => `access rule ${scope} ${pattern}`);
};

const followRelayRules: Follow = async ({ from, to, by }) => {
  const told: string[] = [];
  for (const row of await db.relayRule.findMany({ orderBy: { position: 'asc' } })) {
    const data: Record<string, string> = {};
    for (const condition of relayConditions) {
      const words = row[condition].split(' ');
      if (!words.includes(from)) continue;
      data[condition] = [...new Set(words.map((word) => (word === from ? to : word)))].join(' ');
    }
    if (Object.keys(data).length === 0) continue;
    const where = { id: row.id };
    await revise(by, recordedRelayRule, row.id, (tx) => tx.relayRule.update({ where, data }));
    told.push(`relay rule ${row.position}`);
  }
  return told;
};

/** Of everybody who forwards mail to it. */
const followFilters: Follow = async ({ from, to }) => {
  const rows = await db.filterRule.findMany({ where: { actions: { contains: from } } });
  let count = 0;
  for (const row of rows) {
    const rule = readRule(row);
    const isNamed = rule?.actions.some((one) => one.do === 'forward' && one.address === from);
    if (!rule || !isNamed) continue;
    const actions = rule.actions.map((one) =>
      one.do === 'forward' && one.address === from ? { ...one, address: to } : one,
    );
    const where = { accountId_id: { accountId: row.accountId, id: row.id } };
    const data = { actions: JSON.stringify(actions) };
    await write((tx) => tx.filterRule.update({ where, data }));
    count++;
  }
  return count === 0 ? [] : [`${count} ${count === 1 ? 'filter' : 'filters'}`];
};

/** Of a shared mailbox those of its members too. */
const followIdentities: Follow = async ({ accountId, from, to }) => {
  const members = await db.member.findMany({ where: { sharedId: accountId } });
  const owners = [accountId, ...members.map(({ memberId }) => memberId)];
  let count = 0;
  for (const field of ['address', 'replyTo', 'bcc'] as const) {
    const where = { accountId: { in: owners }, [field]: from };
    const changed = await write((tx) => tx.identity.updateMany({ where, data: { [field]: to } }));
    count += changed.count;
  }
  return count === 0 ? [] : ['identities'];
};

/** Of those who have its folders in their programs ("Shared/ada@example.org/Work"). */
const followSubscriptions: Follow = async ({ from, to }) => {
  const [before, after] = [`Shared/${from}/`, `Shared/${to}/`];
  await write(async (tx) => {
    await tx.$executeRaw`DELETE FROM "Subscription"
      WHERE SUBSTR("name", 1, ${after.length}) = ${after}`;
    await tx.$executeRaw`UPDATE "Subscription"
      SET "name" = ${after} || SUBSTR("name", ${before.length + 1})
      WHERE SUBSTR("name", 1, ${before.length}) = ${before}`;
  });
  return [];
};

export const references: Follow[] = [
  followAliases,
  followArchives,
  followRewrites,
  followAccessRules,
  followRelayRules,
  followFilters,
  followIdentities,
  followSubscriptions,
];
