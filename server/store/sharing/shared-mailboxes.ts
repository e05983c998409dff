// Mailboxes of others that an account may see or use: through entries of access control lists (RFC 4314) and
// through membership in shared mailboxes (lib/accounts/member.ts). Mailboxes of deleted messages are their
// owner's alone; a disabled owner's mailboxes are nobody's.
import { anyone, combineRights, membershipRights, type Rights } from '#lib/accounts/rights.ts';
import { cutRows, db, join, sql } from '#lib/db.ts';
import { isRecoverable } from '../mailbox-name.ts';
import { type Mailbox, type MailboxRow, mailboxColumns, toMailbox } from '../mailbox-row.ts';
import { ensureMailboxes, findMailbox } from '../mailboxes.ts';
import { mayShareWithAnyone, readRights } from './rights.ts';
import { readSharedName, sharedName } from './shared-name.ts';

export type Share = {
  /** The owner's mailbox, with its name there. */
  mailbox: Mailbox;
  /** Address of the owner. */
  owner: string;
  /** As the account sees it. */
  name: string;
  rights: Rights;
};

type Entry = { accountId: string; mailboxId: string; identifier: string; rights: Rights };

/** What the account has the right "l" for, by name. */
export async function listShares(userId: string): Promise<Share[]> {
  const identifiers = [userId, `-${userId}`, anyone, `-${anyone}`];
  const [entries, members] = await Promise.all([
    db.$queryRaw<
      Entry[]
    >`SELECT "accountId", "mailboxId", "identifier", "rights" FROM "MailboxRight"
      WHERE "identifier" IN (${join(identifiers)}) AND "accountId" <> ${userId}`,
    db.member.findMany({ where: { memberId: userId } }),
  ]);
  if (entries.length === 0 && members.length === 0) return [];
  const mayAnyone = await mayShareWithAnyone(db);
  const owners = await readOwners(
    [...entries, ...members.map(toOwner)].map((one) => one.accountId),
  );
  for (const { sharedId } of members) if (owners.has(sharedId)) await ensureMailboxes(sharedId);
  const memberOf = new Map(members.map((member) => [member.sharedId, member]));
  const byMailbox = Map.groupBy(entries, (entry) => `${entry.accountId} ${entry.mailboxId}`);
  const shares: Share[] = [];
  for (const mailbox of await readMailboxes([...owners.keys()])) {
    if (isRecoverable(mailbox.name)) continue;
    const { accountId, id } = mailbox;
    const membership = membershipRights(memberOf.get(accountId) ?? null);
    const own = byMailbox.get(`${accountId} ${id}`) ?? [];
    const rights = combineRights(userId, membership, own, mayAnyone);
    if (!rights.includes('l')) continue;
    const owner = owners.get(accountId)!;
    shares.push({ mailbox, owner, name: sharedName(owner, mailbox.name), rights });
  }
  return shares.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function toOwner({ sharedId }: { sharedId: string }): { accountId: string } {
  return { accountId: sharedId };
}

/** Addresses by id; without those that are disabled or no more. */
async function readOwners(ids: string[]): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  for (const part of cutRows([...new Set(ids)].map((id) => sql`${id}`))) {
    const rows = await db.$queryRaw<{ id: string; address: string }[]>`SELECT "id", "address"
      FROM "Account" WHERE "id" IN (${join(part)}) AND NOT "isDisabled"`;
    for (const { id, address } of rows) owners.set(id, address);
  }
  return owners;
}

async function readMailboxes(ownerIds: string[]): Promise<Mailbox[]> {
  const mailboxes: Mailbox[] = [];
  for (const part of cutRows(ownerIds.map((id) => sql`${id}`))) {
    const rows = await db.$queryRaw<MailboxRow[]>`SELECT ${mailboxColumns} FROM "Mailbox"
      WHERE "accountId" IN (${join(part)})`;
    mailboxes.push(...rows.map(toMailbox));
  }
  return mailboxes;
}

/** A mailbox of another account by the name that `userId` knows it under, with any rights at all; or null. */
export async function findShare(userId: string, name: string): Promise<Share | null> {
  for (const { ownerId, owner, mailboxName } of await findOwners(userId, name)) {
    if (isRecoverable(mailboxName)) continue;
    // The mailboxes of a shared account are made when the first mail comes or the first member looks.
    if (await isMember(ownerId, userId)) await ensureMailboxes(ownerId);
    const mailbox = await findMailbox(ownerId, mailboxName);
    const rights = mailbox ? await readRights(ownerId, mailbox.id, userId) : '';
    if (mailbox && rights !== '') {
      return { mailbox, owner, name: sharedName(owner, mailbox.name), rights };
    }
  }
  return null;
}

async function isMember(sharedId: string, memberId: string): Promise<boolean> {
  return (await db.member.count({ where: { sharedId, memberId } })) > 0;
}

/** Accounts that a name below "Shared" may mean, whether or not there is such a mailbox; the asker's own is none. */
export async function findOwners(
  userId: string,
  name: string,
): Promise<{ ownerId: string; owner: string; mailboxName: string }[]> {
  const readings = readSharedName(name);
  if (readings.length === 0) return [];
  const rows = await db.account.findMany({
    where: { address: { in: readings.map(({ address }) => address) }, isDisabled: false },
    select: { id: true, address: true },
  });
  const ids = new Map(rows.map(({ id, address }) => [address, id]));
  return readings.flatMap(({ address, mailboxName }) => {
    const ownerId = ids.get(address);
    return ownerId && ownerId !== userId ? [{ ownerId, owner: address, mailboxName }] : [];
  });
}
