// New mailboxes of a shared account are subscribed for its members at once: many mail programs show nothing else.
import type { Tx } from '#lib/db.ts';
import { sharedRoot } from './shared-name.ts';

/** Subscribes the members of the account to a mailbox of that name; for users, who have none, it does nothing. */
export async function subscribeMembersIn(tx: Tx, accountId: string, name: string): Promise<void> {
  await tx.$executeRaw`INSERT INTO "Subscription" ("accountId", "name")
    SELECT "Member"."memberId", ${`${sharedRoot}/`} || "Account"."address" || ${`/${name}`}
    FROM "Member" JOIN "Account" ON "Account"."id" = "Member"."sharedId"
    WHERE "Member"."sharedId" = ${accountId} ON CONFLICT DO NOTHING`;
}
