// A mailbox goes with all that is in it; its UIDVALIDITY never comes back.
import type { Tx } from '#lib/db.ts';
import type { Mailbox } from './mailbox-row.ts';
import { removeSavedRoll } from './saved-roll.ts';
import { removeAnnotationsIn } from './sharing/annotation-rows.ts';
import { nextTurn } from './turn.ts';
import { retireUidValidity } from './uid-validity.ts';

const uidsPerDelete = 2000;

/** Removes a mailbox (locked) and what is left in it; the account's counters are the caller's matter. */
export async function removeMailbox(tx: Tx, mailbox: Mailbox): Promise<void> {
  await retireUidValidity(tx, mailbox.accountId, mailbox.uidValidity);
  await deleteContent(tx, mailbox);
}

/** Removes a mailbox's rows and the mailbox itself; a stretch of UIDs at a time. */
export async function deleteContent(tx: Tx, mailbox: Mailbox): Promise<void> {
  const { accountId, id } = mailbox;
  const ends = await tx.$queryRaw<{ first: bigint | number | null }[]>`SELECT MIN("uid") AS "first"
    FROM "Message" WHERE "accountId" = ${accountId} AND "mailboxId" = ${id}
    UNION ALL SELECT MIN("uid") FROM "Tombstone"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${id}`;
  const firsts = ends.flatMap(({ first }) => (first === null ? [] : [Number(first)]));
  for (let uid = Math.min(...firsts); uid < mailbox.uidNext; uid += uidsPerDelete) {
    const last = uid + uidsPerDelete - 1;
    await tx.$executeRaw`DELETE FROM "Message" WHERE "accountId" = ${accountId}
      AND "mailboxId" = ${id} AND "uid" BETWEEN ${uid} AND ${last}`;
    await tx.$executeRaw`DELETE FROM "Tombstone" WHERE "accountId" = ${accountId}
      AND "mailboxId" = ${id} AND "uid" BETWEEN ${uid} AND ${last}`;
    await nextTurn();
  }
  await tx.$executeRaw`DELETE FROM "PopUid" WHERE "accountId" = ${accountId} AND "mailboxId" = ${id}`;
  await tx.$executeRaw`DELETE FROM "MailboxChange"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${id}`;
  await removeSavedRoll(tx, accountId, id);
  await removeAnnotationsIn(tx, accountId, id);
  // RFC 4314 §4 DELETE: a mailbox that gets its name later must not be open to the same people.
  await tx.$executeRaw`DELETE FROM "MailboxRight"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${id}`;
  await tx.$executeRaw`DELETE FROM "Mailbox" WHERE "accountId" = ${accountId} AND "id" = ${id}`;
}
