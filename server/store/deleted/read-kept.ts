// Reading on after somebody else's expunge: the tombstone of a UID says which message of the twin it was.
import { db } from '#lib/db.ts';
import { FLAG } from '../flag-bits.ts';
import type { Entry } from '../journal.ts';
import { recoverableName } from '../mailbox-name.ts';
import { chunkUids, sortUids } from '../uid-condition.ts';

type Select<Row extends Entry> = (
  accountId: string,
  mailboxId: string,
  uids: number[],
) => Promise<Row[]>;

type Kept = Record<'uid' | 'keptUid' | 'modseq', bigint | number> & { twinId: string };

/** What `select` finds of `uids`, and of those it does not find what is kept of them; by UID. */
export async function withKept<Row extends Entry>(
  accountId: string,
  mailboxId: string,
  uids: number[],
  select: Select<Row>,
): Promise<Row[]> {
  const rows = await select(accountId, mailboxId, uids);
  if (rows.length >= uids.length) return rows;
  const found = new Set(rows.map((row) => row.uid));
  const missing = sortUids(uids).filter((uid) => !found.has(uid));
  const kept = await selectKept(accountId, mailboxId, missing, select);
  return kept.length === 0 ? rows : [...rows, ...kept].sort((a, b) => a.uid - b.uid);
}

async function selectKept<Row extends Entry>(
  accountId: string,
  mailboxId: string,
  uids: number[],
  select: Select<Row>,
): Promise<Row[]> {
  const tombstones = new Map<number, Kept>();
  let twinId = '';
  for (const chunk of chunkUids(uids)) {
    // One look: where a rename joins two twins in between, the rows are not found below, never others.
    const rows = await db.$queryRaw<Kept[]>`
      SELECT "uid", "keptUid", "modseq", "twin"."id" AS "twinId" FROM "Tombstone"
      JOIN "Mailbox" AS "own" ON "own"."accountId" = "Tombstone"."accountId"
        AND "own"."id" = "Tombstone"."mailboxId"
      JOIN "Mailbox" AS "twin" ON "twin"."accountId" = "own"."accountId"
        AND "twin"."name" = ${recoverableName('')} || "own"."name"
      WHERE "Tombstone"."accountId" = ${accountId} AND "Tombstone"."mailboxId" = ${mailboxId}
      AND "keptUid" > 0 AND ${chunk.condition}`;
    for (const row of rows) {
      if (twinId !== row.twinId) tombstones.clear();
      twinId = row.twinId;
      tombstones.set(Number(row.keptUid), row);
    }
  }
  if (tombstones.size === 0) return [];
  const rows = await select(accountId, twinId, [...tombstones.keys()]);
  return rows.map((row) => {
    const { uid, modseq } = tombstones.get(row.uid)!;
    return { ...row, uid: Number(uid), modseq: Number(modseq), flags: row.flags | FLAG.deleted };
  });
}
