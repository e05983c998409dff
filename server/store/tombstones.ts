// Tombstones are kept for some months (the setting storage.tombstoneDays); then a timed job removes them and
// raises the mailbox's floor in the same transaction, so that everybody can tell where the journal stops
// being complete (RFC 7162 §3.2.5.2). The row of no mailbox that remembers a retired UIDVALIDITY stays.
import { now } from '#lib/clock.ts';
import { db, type Tx, write } from '#lib/db.ts';
import { readSetting } from '#lib/settings/index.ts';
import { dayOf } from './day.ts';
import { nextTurn } from './turn.ts';
import { chunkUids } from './uid-condition.ts';

const mailboxesPerLook = 500;
const tombstonesPerStep = 500;

/** Removes tombstones that are older than the setting; returns how many. May be cut short at any point. */
export async function pruneTombstones(): Promise<{ tombstones: number }> {
  const today = dayOf(now());
  const firstKept = today - (await readSetting('storage.tombstoneDays'));
  let tombstones = 0;
  for await (const { accountId, id } of listMailboxKeys()) {
    for (;;) {
      const pruned = await pruneSome(accountId, id, firstKept, today);
      tombstones += pruned;
      if (pruned < tombstonesPerStep) break;
      await nextTurn();
    }
  }
  return { tombstones };
}

type Key = { accountId: string; id: string };

async function* listMailboxKeys(): AsyncGenerator<Key> {
  let last: Key = { accountId: '', id: '' };
  for (;;) {
    const keys = await db.$queryRaw<Key[]>`SELECT "accountId", "id" FROM "Mailbox"
      WHERE ("accountId", "id") > (${last.accountId}, ${last.id})
      ORDER BY "accountId", "id" LIMIT ${mailboxesPerLook}`;
    yield* keys;
    const end = keys.at(-1);
    if (!end || keys.length < mailboxesPerLook) return;
    last = end;
    await nextTurn();
  }
}

type Row = Record<'uid' | 'modseq' | 'day', bigint | number>;

/** Removes the oldest of one mailbox, as far as they are old enough: the MODSEQ grows with the time. */
async function pruneSome(
  accountId: string,
  mailboxId: string,
  firstKept: number,
  today: number,
): Promise<number> {
  const rows = await db.$queryRaw<Row[]>`SELECT "uid", "modseq", "day" FROM "Tombstone"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}
    ORDER BY "modseq" LIMIT ${tombstonesPerStep}`;
  if (rows.some(({ day }) => Number(day) === 0)) await dateUndated(accountId, mailboxId, today);
  const old = rows.filter(({ day }) => isOld(Number(day), firstKept, today));
  if (old.length > 0) await write((tx) => removeOld(tx, accountId, mailboxId, old));
  return old.length;
}

/** Rows from a time before days were written: theirs begins now. */
async function dateUndated(accountId: string, mailboxId: string, today: number): Promise<void> {
  for (let last = 0; ; ) {
    const rows = await db.$queryRaw<Pick<Row, 'uid'>[]>`SELECT "uid" FROM "Tombstone"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND "day" = 0
      AND "uid" > ${last} ORDER BY "uid" LIMIT ${tombstonesPerStep}`;
    const [chunk] = chunkUids(rows.map(({ uid }) => Number(uid)));
    if (!chunk) return;
    await write(
      (tx) => tx.$executeRaw`UPDATE "Tombstone" SET "day" = ${today}
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND "day" = 0
      AND ${chunk.condition}`,
    );
    last = chunk.uids.at(-1) ?? 0;
  }
}

/**
 * Also true for a day to come: a clock was wrong, and the row would stand in the way of the others behind it.
 * Too many removed cost a client a comparison, never a message.
 */
function isOld(day: number, firstKept: number, today: number): boolean {
  return day > 0 && (day < firstKept || day > today + 1);
}

async function removeOld(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const floor = rows.reduce((highest, { modseq }) => Math.max(highest, Number(modseq)), 0);
  await tx.$executeRaw`UPDATE "Mailbox" SET "floorModseq" = ${floor}
    WHERE "accountId" = ${accountId} AND "id" = ${mailboxId} AND "floorModseq" < ${floor}`;
  for (const { condition } of chunkUids(rows.map(({ uid }) => Number(uid)))) {
    // A UID that a restore brought back and that went again meanwhile is a younger one.
    await tx.$executeRaw`DELETE FROM "Tombstone" WHERE "accountId" = ${accountId}
      AND "mailboxId" = ${mailboxId} AND "modseq" <= ${floor} AND ${condition}`;
  }
}
