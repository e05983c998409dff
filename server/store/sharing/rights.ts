// Who may do what with a mailbox (RFC 4314): the entries of its access control list, read and changed. The
// owner has no entry and may do everything. What the entries mean together stands in lib/accounts/rights.ts.
//
// Invariants: the entries go with the mailbox; who gains the right to see it is subscribed to it in the same
// transaction, who loses that right is not any more.
import {
  addRights,
  allRights,
  anyone,
  combineRights,
  membershipRights,
  type Rights,
  type RightsEntry,
  removeRights,
} from '#lib/accounts/rights.ts';
import { type Db, db, type Tx, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { poke } from '#lib/poke.ts';
import { recordChangeIn } from '#lib/trail/change.ts';
import { pokeMailbox } from '../journal.ts';
import { lockMailbox, type Mailbox } from '../mailbox-row.ts';
import { sharedName } from './shared-name.ts';

/** Entries of one mailbox. */
const maxEntries = 500;

type Named = Pick<Mailbox, 'accountId' | 'id' | 'name'>;

/** The setting imap.sharesWithAnyone, inside a statement's snapshot; no row = off. */
export async function mayShareWithAnyone(source: Db): Promise<boolean> {
  const row = await source.setting.findUnique({ where: { id: 'imap.sharesWithAnyone' } });
  return row?.value === 'true';
}

/** What `userId` may do with a mailbox of `ownerId`; '' for nothing, also where there is no such mailbox. */
export async function readRights(
  ownerId: string,
  mailboxId: string,
  userId: string,
  source: Db = db,
): Promise<Rights> {
  if (ownerId === userId) return allRights;
  // One after the other: inside a step there is one connection.
  const where = { sharedId_memberId: { sharedId: ownerId, memberId: userId } };
  const member = await source.member.findUnique({ where });
  const entries = await source.mailboxRight.findMany({ where: { accountId: ownerId, mailboxId } });
  if (!member && entries.length === 0) return '';
  const owner = await source.account.findUnique({
    where: { id: ownerId },
    select: { isDisabled: true },
  });
  if (!owner || owner.isDisabled) return '';
  return combineRights(userId, membershipRights(member), entries, await mayShareWithAnyone(source));
}

/** The entries of a mailbox, by identifier. */
export async function listEntries(ownerId: string, mailboxId: string): Promise<RightsEntry[]> {
  return db.mailboxRight.findMany({
    where: { accountId: ownerId, mailboxId },
    select: { identifier: true, rights: true },
    orderBy: { identifier: 'asc' },
  });
}

export type RightsChange = { mode: 'set' | 'add' | 'remove'; rights: Rights };

/**
 * Changes the entry of `identifier`; one without rights goes. `by` is the address of who does it. Refusal
 * 'not-found', 'limit'.
 */
export async function changeRights(
  mailbox: Mailbox,
  identifier: string,
  change: RightsChange,
  by: string,
): Promise<void> {
  const { accountId, id: mailboxId } = mailbox;
  await write(async (tx) => {
    await lockMailbox(tx, accountId, mailboxId);
    const key = { accountId_mailboxId_identifier: { accountId, mailboxId, identifier } };
    const known = await tx.mailboxRight.findUnique({ where: key });
    const rights = applyChange(known?.rights ?? '', change);
    if (rights === (known?.rights ?? '')) return;
    if (rights === '') await tx.mailboxRight.delete({ where: key });
    else if (known) await tx.mailboxRight.update({ where: key, data: { rights } });
    else {
      if ((await tx.mailboxRight.count({ where: { accountId, mailboxId } })) >= maxEntries) {
        throw new Refusal('limit', `A mailbox has at most ${maxEntries} access entries.`);
      }
      await tx.mailboxRight.create({ data: { accountId, mailboxId, identifier, rights } });
    }
    await followSubscription(tx, mailbox, identifier);
    await recordRights(tx, mailbox, identifier, rights, by);
  });
  // Open sessions of whoever it is look again; listings too.
  pokeMailbox(accountId, mailboxId);
  poke(`account:${identifier.replace(/^-/, '')}`);
}

function applyChange(before: Rights, { mode, rights }: RightsChange): Rights {
  if (mode === 'add') return addRights(before, rights);
  return mode === 'remove' ? removeRights(before, rights) : rights;
}

/** A shared mailbox is seen at once, also by programs that show subscribed mailboxes only. */
async function followSubscription(tx: Tx, mailbox: Named, identifier: string): Promise<void> {
  const userId = identifier.replace(/^-/, '');
  if (userId === anyone) return;
  const owner = await tx.account.findUnique({ where: { id: mailbox.accountId } });
  const user = await tx.account.findUnique({ where: { id: userId }, select: { id: true } });
  if (!owner || !user) return;
  const name = sharedName(owner.address, mailbox.name);
  const rights = await readRights(mailbox.accountId, mailbox.id, userId, tx);
  if (rights.includes('l')) {
    await tx.$executeRaw`INSERT INTO "Subscription" ("accountId", "name")
      VALUES (${userId}, ${name}) ON CONFLICT DO NOTHING`;
  } else await tx.subscription.deleteMany({ where: { accountId: userId, name } });
}

async function recordRights(
  tx: Tx,
  mailbox: Mailbox,
  identifier: string,
  rights: Rights,
  by: string,
): Promise<void> {
  const userId = identifier.replace(/^-/, '');
  const select = { address: true };
  const owner = await tx.account.findUnique({ where: { id: mailbox.accountId }, select });
  const user = await tx.account.findUnique({ where: { id: userId }, select });
  const sign = identifier.startsWith('-') ? '-' : '';
  await recordChangeIn(
    tx,
    by,
    `mailbox ${mailbox.name} of ${owner?.address ?? mailbox.accountId}`,
    `rights of ${sign}${user?.address ?? userId}: ${rights || 'none'}`,
  );
}

/** Gives a new mailbox the entries of one above it (RFC 4314 §4 CREATE). */
export async function inheritRightsIn(
  tx: Tx,
  above: Mailbox,
  made: { id: string; name: string },
): Promise<void> {
  const { accountId, id: mailboxId } = above;
  const entries = await tx.mailboxRight.findMany({ where: { accountId, mailboxId } });
  for (const { identifier, rights } of entries) {
    await tx.mailboxRight.create({
      data: { accountId, mailboxId: made.id, identifier, rights },
    });
  }
  for (const { identifier } of entries) {
    await followSubscription(tx, { accountId, ...made }, identifier);
  }
}
