// The end of what an account that goes shares with others, apart from account.ts for its length.
import type { Tx } from '../db.ts';

/** What others' mailboxes gave the account, and what its own gave others. */
export async function endSharingIn(tx: Tx, id: string, address: string): Promise<void> {
  await tx.member.deleteMany({ where: { OR: [{ sharedId: id }, { memberId: id }] } });
  await tx.mailboxRight.deleteMany({
    where: { OR: [{ accountId: id }, { identifier: { in: [id, `-${id}`] } }] },
  });
  await tx.annotation.deleteMany({ where: { ownerId: id } });
  const prefix = `Shared/${address}/`;
  await tx.$executeRaw`DELETE FROM "Subscription"
    WHERE SUBSTR("name", 1, ${prefix.length}) = ${prefix}`;
}
