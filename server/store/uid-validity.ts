// UIDVALIDITY: 32 bits, never 0, and never twice in an account, so that no name ever meets a former one
// again (RFC 3501 §2.3.1.1). It grows with the clock; what deleted mailboxes had is remembered as a
// tombstone of no mailbox (mailboxId ''), of which only the greatest is kept.

import { now } from '#lib/clock.ts';
import type { Tx } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { holdNames } from './hold-names.ts';

const noMailbox = '';
const maxUidValidity = 0xffff_ffff;

/** A UIDVALIDITY that no mailbox of the account has or ever had. */
export async function takeUidValidity(tx: Tx, accountId: string): Promise<number> {
  await holdNames(tx, accountId);
  const rows = await tx.$queryRaw<{ value: bigint | number | null }[]>`
    SELECT MAX("uidValidity") AS "value" FROM "Mailbox" WHERE "accountId" = ${accountId}
    UNION ALL SELECT MAX("uid") FROM "Tombstone"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${noMailbox}`;
  const greatest = Math.max(0, ...rows.map((row) => Number(row.value ?? 0)));
  const seconds = Math.floor(now().getTime() / 1000);
  // A clock that has jumped beyond 2106 says nothing that fits in 32 bits.
  const next = seconds <= maxUidValidity ? Math.max(seconds, greatest + 1) : greatest + 1;
  if (next > maxUidValidity) throw new Refusal('limit', 'The account has no UIDVALIDITY left.');
  return next;
}

/** Remembers the UIDVALIDITY of a mailbox that is being deleted. */
export async function retireUidValidity(
  tx: Tx,
  accountId: string,
  uidValidity: number,
): Promise<void> {
  await tx.$executeRaw`INSERT INTO "Tombstone" ("accountId", "mailboxId", "uid", "modseq")
    VALUES (${accountId}, ${noMailbox}, ${uidValidity}, 0) ON CONFLICT DO NOTHING`;
  await tx.$executeRaw`DELETE FROM "Tombstone" WHERE "accountId" = ${accountId}
    AND "mailboxId" = ${noMailbox} AND "uid" < (SELECT MAX("uid") FROM "Tombstone"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${noMailbox})`;
}

/** The greatest UIDVALIDITY that a deleted mailbox of the account had; 0 for none. */
export async function readGreatestRetired(tx: Tx, accountId: string): Promise<number> {
  const rows = await tx.$queryRaw<{ value: bigint | number | null }[]>`
    SELECT MAX("uid") AS "value" FROM "Tombstone"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${noMailbox}`;
  return Number(rows[0]?.value ?? 0);
}
