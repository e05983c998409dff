// How many users and aliases a domain may have. Whoever adds one asks here, in the transaction that adds it.

import { sql, type Tx } from '../db.ts';
import { lockRows } from '../dialect/index.ts';
import { Refusal } from '../errors.ts';
import type { Domain } from './domain.ts';

type Limited = Pick<Domain, 'id' | 'name' | 'maxUsers' | 'maxAliases'>;

/** Deleted users and shared mailboxes do not count. Refusal 'limit'. */
export async function requireRoomForUser(tx: Tx, domain: Limited): Promise<void> {
  if (domain.maxUsers === 0) return;
  await lock(tx, domain);
  const where = { domainId: domain.id, kind: 'person', deletedAt: null };
  if ((await tx.account.count({ where })) < domain.maxUsers) return;
  throw full(domain, domain.maxUsers, 'users');
}

/** Refusal 'limit'. */
export async function requireRoomForAlias(tx: Tx, domain: Limited): Promise<void> {
  if (domain.maxAliases === 0) return;
  await lock(tx, domain);
  if ((await tx.alias.count({ where: { domainId: domain.id } })) < domain.maxAliases) return;
  throw full(domain, domain.maxAliases, 'aliases');
}

/** Two who add at the same time count one after the other. */
async function lock(tx: Tx, { id }: Limited): Promise<void> {
  await tx.$queryRaw(sql`SELECT "id" FROM "Domain" WHERE "id" = ${id} ${lockRows()}`);
}

function full({ name }: Limited, most: number, what: string): Refusal {
  const text = `${name} has as many ${what} as it may have: ${most}.`;
  return new Refusal('limit', text, 'address');
}
