// Deleting users and shared mailboxes so that it can be undone: for storage.deletedUserDays the account stays as a disabled one that is
// marked, so its address is taken, mail for it is refused and nothing opens it. Then the job removes it for good.
import { fromNow, now } from '../clock.ts';
import { db, type Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import { revise } from '../history/revise.ts';
import { poke } from '../poke.ts';
import { readSetting } from '../settings/index.ts';
import { recordChangeIn } from '../trail/change.ts';
import { type Account, removeAccount, toAccount } from './account.ts';
import { requireRoomForUser } from './domain-limits.ts';
import { refuseLastAdmin } from './last-admin.ts';
import { endPasswordLinksIn } from './one-time-token.ts';
import { recordedOf } from './recorded.ts';
import { endWebSessionsIn } from './web-session-end.ts';

const dayMs = 24 * 3_600_000;
const purgesPerRun = 500;

/**
 * Deletes a user or a shared mailbox: restorable for storage.deletedUserDays, or at once for good where that is 0. Refusal
 * 'not-found', 'forbidden' (the last administrator), 'conflict' (deleted already).
 */
export async function deleteAccount(id: string, by: string): Promise<void> {
  const days = await readSetting('storage.deletedUserDays');
  if (days === 0) return removeAccount(id, by);
  await revise(by, await recordedOf(id), id, async (tx) => {
    const row = await findIn(tx, id);
    if (row.deletedAt) throw new Refusal('conflict', `${row.address} is deleted already.`);
    if (row.role === 'admin') await refuseLastAdmin(tx, id);
    const data = { isDisabled: true, wasDisabled: row.isDisabled, deletedAt: now() };
    await tx.account.update({ where: { id }, data: { ...data, epoch: { increment: 1 } } });
    await endWebSessionsIn(tx, id);
    await endPasswordLinksIn(tx, id);
    await recordChangeIn(tx, by, subjectOf(row), `deleted; restorable for ${days} days`);
  });
  await tellMembers(id);
}

/** Brings a deleted account back, with mail, password and memberships. Refusal 'not-found', 'conflict' (not deleted). */
export async function restoreAccount(id: string, by: string): Promise<Account> {
  const row = await revise(by, await recordedOf(id), id, async (tx) => {
    const before = await findIn(tx, id);
    if (!before.deletedAt) throw new Refusal('conflict', `${before.address} is not deleted.`);
    if (before.kind === 'person') {
      const domain = await tx.domain.findUniqueOrThrow({ where: { id: before.domainId } });
      await requireRoomForUser(tx, domain);
    }
    await recordChangeIn(tx, by, subjectOf(before), 'restored');
    const data = { isDisabled: before.wasDisabled, wasDisabled: false, deletedAt: null };
    return tx.account.update({ where: { id }, data });
  });
  await tellMembers(id);
  return toAccount(row);
}

/** When a deleted account goes for good; null for one that is not deleted. */
export async function readPurgeTime({
  deletedAt,
}: Pick<Account, 'deletedAt'>): Promise<Date | null> {
  const days = await readSetting('storage.deletedUserDays');
  return deletedAt && new Date(deletedAt.getTime() + days * dayMs);
}

/** The job: accounts that were deleted longer ago than they are kept. */
export async function purgeDeletedAccounts(): Promise<{ users: number }> {
  const before = fromNow(-(await readSetting('storage.deletedUserDays')) * dayMs);
  const rows = await db.account.findMany({
    where: { deletedAt: { lte: before } },
    orderBy: { deletedAt: 'asc' },
    take: purgesPerRun,
    select: { id: true },
  });
  for (const { id } of rows) await removeAccount(id, 'drey', { isOnlyDeleted: true });
  return { users: rows.length };
}

/** Whoever has its folders open sees them go, or come back. */
async function tellMembers(id: string): Promise<void> {
  const members = await db.member.findMany({ where: { sharedId: id } });
  for (const memberId of [id, ...members.map((row) => row.memberId)]) poke(`account:${memberId}`);
}

function subjectOf({ kind, address }: { kind: string; address: string }): string {
  return `${kind === 'shared' ? 'shared mailbox' : 'user'} ${address}`;
}

async function findIn(tx: Tx, id: string) {
  const row = await tx.account.findUnique({ where: { id } });
  if (!row) throw new Refusal('not-found', 'This user is not here any more.');
  return row;
}
