// Shared mailboxes that administrators make: an account of kind "shared" has an address and mailboxes and
// receives mail like a user, but no password, so nobody signs in as it. Its members (member.ts) open it.
import { now } from '../clock.ts';
import { db, isUniqueViolation, type Tx } from '../db.ts';
import { containsText } from '../dialect/index.ts';
import { Refusal } from '../errors.ts';
import { revise } from '../history/revise.ts';
import { newId } from '../id.ts';
import { recordChangeIn } from '../trail/change.ts';
import { type Account, removeAccount, requireAccount, toAccount } from './account.ts';
import { type AccountFilter, walkAccounts } from './account-list.ts';
import { domainOf, requireAddress } from './address.ts';
import { requireDomain } from './domain.ts';
import { listMembers, type Member } from './member.ts';
import { recordedSharedMailbox } from './recorded.ts';

export type SharedMailbox = Account & { members: Member[] };

const membersAtOnce = 100;

/**
 * Shared mailboxes by address, with their members; with `search` those whose address or name holds it, with `domainIds`
 * those of these domains. Deleted ones alone with `areDeleted`, else none of them.
 */
export async function listSharedMailboxes(
  filter: { search?: string; domain?: string; domainIds?: string[]; areDeleted?: boolean } = {},
): Promise<SharedMailbox[]> {
  const search = filter.search?.trim().toLowerCase();
  const deletedAt = filter.areDeleted ? { not: null } : null;
  const conditions: object[] = [{ kind: 'shared', deletedAt }];
  if (filter.domainIds) conditions.push({ domainId: { in: filter.domainIds } });
  if (filter.domain) conditions.push({ address: { endsWith: `@${filter.domain.toLowerCase()}` } });
  if (search) {
    conditions.push({
      OR: [{ address: containsText(search) }, { displayName: containsText(search) }],
    });
  }
  const rows = await db.account.findMany({
    where: { AND: conditions },
    orderBy: { address: 'asc' },
    take: 5000,
  });
  const members = await listMembers(rows.map((row) => row.id));
  return rows.map((row) => ({ ...toAccount(row), members: members.get(row.id) ?? [] }));
}

/** Every one that fits, by address; members are read for some together. */
export async function* walkSharedMailboxes(filter: AccountFilter): AsyncGenerator<SharedMailbox> {
  const accounts = walkAccounts({ ...filter, kind: 'shared' });
  for await (const part of gather(accounts, membersAtOnce)) {
    const members = await listMembers(part.map(({ id }) => id));
    for (const account of part) yield { ...account, members: members.get(account.id) ?? [] };
  }
}

async function* gather<T>(all: AsyncGenerator<T>, most: number): AsyncGenerator<T[]> {
  let part: T[] = [];
  for await (const one of all) {
    if (part.push(one) < most) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/** The shared mailbox of that address. Refusal 'not-found', also for a user's. */
export async function requireSharedMailbox(address: string): Promise<Account> {
  const account = await requireAccount(address).catch((error) => {
    if (error instanceof Refusal) return null;
    throw error;
  });
  if (account?.kind !== 'shared') {
    throw new Refusal('not-found', `There is no shared mailbox ${address} here.`);
  }
  return account;
}

export type NewSharedMailbox = { address: string; displayName?: string };

/** Adds a shared mailbox in a domain that exists. Refusal 'invalid', 'not-found' (domain), 'exists'. */
export async function addSharedMailbox(input: NewSharedMailbox, by: string): Promise<Account> {
  const address = requireAddress(input.address);
  const domain = await requireDomain(domainOf(address));
  const displayName = input.displayName?.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim() ?? '';
  const data = {
    id: newId(),
    address,
    domainId: domain.id,
    displayName: displayName.slice(0, 200),
    kind: 'shared',
    createdAt: now(),
  };
  try {
    const insert = (tx: Tx) => insertIn(tx, data, by);
    return toAccount(await revise(by, recordedSharedMailbox, data.id, insert));
  } catch (error) {
    if (isUniqueViolation(error)) {
      throw new Refusal('exists', `${address} is here already.`, 'address');
    }
    throw error;
  }
}

async function insertIn(
  tx: Tx,
  data: Parameters<Tx['account']['create']>[0]['data'] & { address: string },
  by: string,
) {
  if (await tx.alias.findUnique({ where: { address: data.address } })) {
    throw new Refusal('exists', `${data.address} is an alias already.`, 'address');
  }
  await recordChangeIn(tx, by, `shared mailbox ${data.address}`, 'added');
  return tx.account.create({ data });
}

/** Removes a shared mailbox for good; its mail goes behind it. Refusal 'not-found'. */
export async function removeSharedMailbox(address: string, by: string): Promise<void> {
  await removeAccount((await requireSharedMailbox(address)).id, by);
}
