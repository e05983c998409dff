// What happens to the annotations of a mailbox (annotations.ts) when something happens to the mailbox.
import type { Tx } from '#lib/db.ts';

/** RFC 5464 §4.1: they go with the mailbox. */
export async function removeAnnotationsIn(
  tx: Tx,
  accountId: string,
  mailboxId: string,
): Promise<void> {
  await tx.$executeRaw`DELETE FROM "Annotation"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}`;
}

/** RFC 5464 §4.1: when INBOX is renamed, both mailboxes have them. */
export async function copyAnnotationsIn(
  tx: Tx,
  accountId: string,
  fromId: string,
  toId: string,
): Promise<void> {
  await tx.$executeRaw`INSERT INTO "Annotation"
    ("accountId", "mailboxId", "ownerId", "entry", "value")
    SELECT "accountId", ${toId}, "ownerId", "entry", "value" FROM "Annotation"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${fromId}`;
}
