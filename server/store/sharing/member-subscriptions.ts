// New mailboxes of a shared account are subscribed for its members at once: many mail programs show nothing else.
import type { Tx } from '#lib/db.ts';
import { sharedName, sharedRoot } from './shared-name.ts';

/** Subscribes the members of the account to a mailbox of that name; for users, who have none, it does nothing. */
export async function subscribeMembersIn(tx: Tx, accountId: string, name: string): Promise<void> {
  await tx.$executeRaw`INSERT INTO "Subscription" ("accountId", "name")
    SELECT "Member"."memberId", ${`${sharedRoot}/`} || "Account"."address" || ${`/${name}`}
    FROM "Member" JOIN "Account" ON "Account"."id" = "Member"."sharedId"
    WHERE "Member"."sharedId" = ${accountId} ON CONFLICT DO NOTHING`;
}

/** A mailbox that others see has a new name: they stay subscribed to it. Their own names stay (RFC 3501 §6.3.6). */
export async function renameSharedIn(
  tx: Tx,
  accountId: string,
  renames: readonly { from: string; to: string }[],
): Promise<void> {
  const isShared =
    (await tx.mailboxRight.count({ where: { accountId } })) > 0 ||
    (await tx.member.count({ where: { sharedId: accountId } })) > 0;
  const owner = isShared ? await tx.account.findUnique({ where: { id: accountId } }) : null;
  if (!owner) return;
  for (const { from, to } of renames) {
    const [before, after] = [sharedName(owner.address, from), sharedName(owner.address, to)];
    await tx.$executeRaw`INSERT INTO "Subscription" ("accountId", "name")
      SELECT "accountId", ${after} FROM "Subscription" WHERE "name" = ${before}
      ON CONFLICT DO NOTHING`;
    await tx.subscription.deleteMany({ where: { name: before } });
  }
}
