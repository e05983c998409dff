// Rolls of large mailboxes in the database: after a start, or when memory has let one go, a mailbox of 100,000 is
// opened by reading some hundred kilobytes instead of every row. Written in the background.
//
// Invariants: what is saved is what the rows said at its MODSEQ, proved in the transaction that begins to write it
// (the mailbox stands there, and its counters agree); it lies in the same database as the rows, so an older state of
// the one is an older state of the other; pieces that do not belong together are none. Who reads one follows the
// journal from there, and compares the counters again (journal.ts). Restores and repairs drop them all.
import { db, onCloseDatabase, type Tx, write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { lockMailbox, type Mailbox } from './mailbox-row.ts';
import type { Roll } from './roll.ts';
import { packRoll, unpackRoll } from './roll-bytes.ts';
import { recallRoll, rollKey } from './roll-cache.ts';

const log = logOf('store');

/** Below this the rows are read as quickly. */
const fewMessages = 1000;
/** Saved again after so many changes, or after this part of its messages, whichever is more. */
const fewChanges = 500;
const changedPart = 1 / 50;
const delayMs = 5000;
/** What one transaction writes. */
const pieceBytes = 256 * 1024;
/** Some ten milliseconds each. */
const maxSavedAtEnd = 10;
/** What a start brings back into memory at most: half a million messages. */
const maxRecalled = 32;
const recalledBytes = 8 * 1024 * 1024;
/** Mailboxes whose changes are counted; who is forgotten is saved later. */
const maxCounted = 10_000;

/** Messages that have changed since the mailbox's roll was saved. */
const changes = new Map<string, number>();
const waiting = new Map<string, Mailbox>();
let timer: NodeJS.Timeout | null = null;
let saving: Promise<void> = Promise.resolve();

type Row = {
  parts: bigint | number;
  modseq: bigint | number;
  bytes: Uint8Array;
};

/** The roll that was saved last, if it is whole and of this UIDVALIDITY. */
export async function readSavedRoll(mailbox: Mailbox): Promise<Roll | null> {
  if (mailbox.messages < fewMessages) return null;
  const rows = await db.$queryRaw<Row[]>`SELECT "parts", "modseq", "bytes" FROM "SavedRoll"
    WHERE "accountId" = ${mailbox.accountId} AND "mailboxId" = ${mailbox.id}
    AND "uidValidity" = ${mailbox.uidValidity} ORDER BY "part"`;
  const modseq = Number(rows[0]?.modseq);
  const isWhole = rows.every(
    (row) => Number(row.parts) === rows.length && Number(row.modseq) === modseq,
  );
  if (rows.length === 0 || !isWhole) return null;
  return unpackRoll(
    modseq,
    rows.map(({ bytes }) => bytes),
  );
}

/** Some, the largest first, for whoever wants them back in memory after a start. */
export async function listSavedRolls(): Promise<{ accountId: string; mailboxId: string }[]> {
  const rows = await db.$queryRaw<
    { accountId: string; mailboxId: string; parts: number | bigint }[]
  >`
    SELECT "accountId", "mailboxId", "parts" FROM "SavedRoll" WHERE "part" = 0
    ORDER BY "parts" DESC, "accountId", "mailboxId" LIMIT ${maxRecalled}`;
  let left = recalledBytes;
  return rows.filter(({ parts }) => {
    left -= Number(parts) * pieceBytes;
    return left >= 0;
  });
}

/** The roll in memory differs in `count` messages more from what is saved: it may be saved, some seconds from now. */
export function noteChanges(mailbox: Mailbox, roll: Roll, count: number): void {
  if (count === 0 || roll.size < fewMessages) return;
  const key = rollKey(mailbox.accountId, mailbox.id);
  const sum = (changes.get(key) ?? 0) + count;
  if (changes.size >= maxCounted) changes.clear();
  changes.set(key, sum);
  if (sum < Math.max(fewChanges, roll.size * changedPart)) return;
  waiting.set(key, mailbox);
  if (timer) return;
  timer = setTimeout(() => {
    timer = null;
    saving = saveWaiting();
  }, delayMs);
  timer.unref();
}

onCloseDatabase(async () => {
  if (timer) clearTimeout(timer);
  timer = null;
  await saving;
  // The next start is what they are for; but a stop must not take long.
  await saveWaiting(maxSavedAtEnd);
  waiting.clear();
  changes.clear();
});

async function saveWaiting(limit = Number.POSITIVE_INFINITY): Promise<void> {
  for (const [key, mailbox] of [...waiting].slice(0, limit)) {
    waiting.delete(key);
    try {
      if (await saveRoll(mailbox)) changes.delete(key);
    } catch (error) {
      // It is only slower without.
      if (!isRefusal(error)) log.warn({ err: error }, 'a roll was not saved');
    }
  }
}

/** Saves what memory holds of the mailbox; false where that is not, or no longer, what the rows say. */
export async function saveRoll({ accountId, id }: Mailbox): Promise<boolean> {
  const found = await write(async (tx) => {
    const mailbox = await lockMailbox(tx, accountId, id);
    const roll = recallRoll(rollKey(accountId, id), mailbox.uidValidity);
    if (!roll || !isAt(mailbox, roll)) return null;
    await removeSavedRoll(tx, accountId, id);
    return { mailbox, roll };
  });
  if (!found) return false;
  const { uidValidity, highestModseq } = found.mailbox;
  const bytes = packRoll(found.roll);
  const parts = Math.ceil(bytes.length / pieceBytes);
  for (let part = 0; part < parts; part++) {
    const piece = Buffer.from(bytes.buffer, part * pieceBytes).subarray(0, pieceBytes);
    // Another process may be about the same: then it has written the same, or the parts do not fit.
    await write(
      (tx) => tx.$executeRaw`INSERT INTO "SavedRoll"
        ("accountId", "mailboxId", "part", "parts", "uidValidity", "modseq", "bytes")
        SELECT "accountId", "id", ${part}, ${parts}, "uidValidity", ${highestModseq}, ${piece}
        FROM "Mailbox" WHERE "accountId" = ${accountId} AND "id" = ${id}
        AND "uidValidity" = ${uidValidity}
        ON CONFLICT ("accountId", "mailboxId", "part") DO UPDATE SET "parts" = excluded."parts",
        "uidValidity" = excluded."uidValidity", "modseq" = excluded."modseq", "bytes" = excluded."bytes"`,
    );
  }
  return true;
}

function isAt({ highestModseq, messages, unseen }: Mailbox, roll: Roll): boolean {
  return roll.modseq === highestModseq && roll.size === messages && roll.unseen === unseen;
}

/** Of a mailbox that goes, or is about to be saved anew. */
export async function removeSavedRoll(tx: Tx, accountId: string, mailboxId: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM "SavedRoll"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}`;
}

/** For who writes rows past the journal: nobody shall go on from what was before. Null = of all accounts. */
export async function removeSavedRolls(accountId: string | null): Promise<void> {
  await write((tx) =>
    accountId === null
      ? tx.$executeRaw`DELETE FROM "SavedRoll"`
      : tx.$executeRaw`DELETE FROM "SavedRoll" WHERE "accountId" = ${accountId}`,
  );
}
