// The journal of a mailbox: every change has the mailbox's next MODSEQ and a row in its log (change-log.ts), expunges
// leave tombstones. It is the truth that sessions catch up from (RFC 7162); a poke only says that a look may be worth while.
// The roll in memory, or the one that was saved, is where a look begins (roll-cache.ts, saved-roll.ts).
// Tombstones go after some months (tombstones.ts); below the mailbox's floor the journal is not complete.
import { countDatabasesOpened, db, raw, readOnceACommit, type Sql, sql } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { onPoke, poke } from '#lib/poke.ts';
import { readLog } from './change-log.ts';
import { type Entry, type EntryRow, toEntry } from './entry.ts';
import { lookUpMailbox } from './mailbox-lookup.ts';
import type { Mailbox } from './mailbox-row.ts';
import { type Roll, RollBuilder } from './roll.ts';
import { recallRoll, rememberRoll, rollKey } from './roll-cache.ts';
import { noteChanges, readSavedRoll } from './saved-roll.ts';
import { nextTurn } from './turn.ts';
import { chunkUids } from './uid-condition.ts';
import { intersectRanges, listMissing, type Range, sortRanges, toRanges } from './uid-range.ts';

export { type Entry, toEntry } from './entry.ts';
export type { Roll } from './roll.ts';

/** The sign keeps SQLite from taking the index of MODSEQs, and sorting all of them again for each piece. */
const overIndex = raw('+"modseq"');
const overTombstones = raw('+"Tombstone"."modseq"');

/** Rows of a roll that one statement reads, some two milliseconds' worth. */
const rowsPerRead = 5000;

export type Viewed = { mailbox: Mailbox; roll: Roll };

/**
 * The whole mailbox for a new session: its messages by UID, from memory where they were read before and
 * brought up to date by the journal. The numbers in `mailbox` fit the roll; both are at least as new as
 * what was committed before the call. Refusal 'not-found'.
 */
export async function readView(accountId: string, mailboxId: string): Promise<Viewed> {
  for (;;) {
    const mailbox = await lookUpMailbox(accountId, mailboxId);
    const known = recallRoll(rollKey(accountId, mailboxId), mailbox.uidValidity);
    if (known?.modseq === mailbox.highestModseq) return fit(mailbox, known);
    const viewed = await catchUpOnce(accountId, mailboxId);
    // One that had started earlier may end before what this caller has to see.
    if (viewed.roll.modseq >= mailbox.highestModseq) return viewed;
  }
}

function fit(mailbox: Mailbox, roll: Roll): Viewed {
  const { size: messages, unseen, modseq: highestModseq } = roll;
  const uidNext = Math.max(mailbox.uidNext, roll.lastUid + 1);
  return { mailbox: { ...mailbox, messages, unseen, uidNext, highestModseq }, roll };
}

const running = new Map<string, Promise<Viewed>>();

/** Many sessions that open one mailbox read it once. */
function catchUpOnce(accountId: string, mailboxId: string): Promise<Viewed> {
  const key = rollKey(accountId, mailboxId);
  const known = running.get(key);
  if (known) return known;
  const started = catchUp(accountId, mailboxId, key).finally(() => running.delete(key));
  running.set(key, started);
  return started;
}

async function catchUp(accountId: string, mailboxId: string, key: string): Promise<Viewed> {
  const before = await lookUpMailbox(accountId, mailboxId);
  const database = countDatabasesOpened();
  const viewed =
    (await catchUpFrom(before, recallRoll(key, before.uidValidity), false)) ??
    (await catchUpFrom(before, await readSavedRoll(before), true)) ??
    (await readWhole(accountId, mailboxId, before));
  rememberRoll(key, viewed.mailbox.uidValidity, database, viewed.roll);
  return viewed;
}

/**
 * The view that the journal leads to from `roll`; null where it does not. `isSaved`: what the mailbox's row has
 * counted must come out of it too, since nobody knows what became of the database in the meantime.
 */
async function catchUpFrom(
  before: Mailbox,
  roll: Roll | null,
  isSaved: boolean,
): Promise<Viewed | null> {
  // A MODSEQ from the future: somebody put an older state of the database back.
  if (!roll || roll.modseq > before.highestModseq) return null;
  const { accountId, id } = before;
  const changes = await readLogged(accountId, id, roll.modseq);
  if (!changes?.isComplete) return null;
  const { mailbox, changed, vanished } = changes;
  const count = changed.length + vanished.length;
  const followed =
    count === 0 && roll.modseq === mailbox.highestModseq
      ? roll
      : roll.follow(mailbox.highestModseq, changed, vanished);
  const { messages, unseen } = mailbox;
  if (isSaved && (followed.size !== messages || followed.unseen !== unseen)) return null;
  noteChanges(mailbox, followed, count);
  return fit(mailbox, followed);
}

/** Reads every row, in pieces between which others may commit; the journal tells what they did. */
async function readWhole(accountId: string, mailboxId: string, before: Mailbox): Promise<Viewed> {
  const builder = new RollBuilder();
  for (;;) {
    const rows = await db.$queryRaw<EntryRow[]>`SELECT "uid", "modseq", "flags", "keywords"
      FROM "Message" WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}
      AND "uid" > ${builder.lastUid} ORDER BY "uid" LIMIT ${rowsPerRead}`;
    for (const row of rows) builder.add(row);
    if (rows.length < rowsPerRead) break;
    await nextTurn();
  }
  const roll = builder.finish(before.highestModseq);
  const viewed = await catchUpFrom(before, roll, false);
  if (!viewed) return readWhole(accountId, mailboxId, await lookUpMailbox(accountId, mailboxId));
  noteChanges(viewed.mailbox, viewed.roll, viewed.roll.size);
  return viewed;
}

export type MailboxChanges = {
  mailbox: Mailbox;
  /** Entries that are new or have other flags, by UID. */
  changed: Entry[];
  /** UIDs that went, ascending; also such as came and went in between. */
  vanished: number[];
  /** False where tombstones that would belong here are gone: other messages may have vanished too. */
  isComplete: boolean;
};

/** What changed after `sinceModseq`. Refusal 'not-found'. */
export async function readChanges(
  accountId: string,
  mailboxId: string,
  sinceModseq: number,
): Promise<MailboxChanges> {
  const logged = await readLogged(accountId, mailboxId, sinceModseq);
  if (logged) return logged;
  // From before the log: the roll has the MODSEQ of every message.
  const { mailbox, roll } = await readView(accountId, mailboxId);
  const entries = roll.listChanged(sinceModseq);
  return withoutGone(mailbox, entries, await readTombstones(accountId, mailboxId, sinceModseq));
}

/** The same, as far as the log of the mailbox leads; null where it does not. */
async function readLogged(
  accountId: string,
  mailboxId: string,
  sinceModseq: number,
): Promise<MailboxChanges | null> {
  // The row first: what is committed between the reads must be seen again, not be missed.
  const mailbox = await lookUpMailbox(accountId, mailboxId);
  if (mailbox.highestModseq <= sinceModseq) {
    return { mailbox, changed: [], vanished: [], isComplete: true };
  }
  const logged = await readLog(mailbox, sinceModseq);
  if (!logged) return null;
  const entries = await readEntries(accountId, mailboxId, sinceModseq, logged.ranges);
  if (!logged.hasGone) return { mailbox, changed: entries, vanished: [], isComplete: true };
  return withoutGone(mailbox, entries, await readTombstones(accountId, mailboxId, sinceModseq));
}

/** A restore may have brought a UID back: the later of the two is true. */
function withoutGone(mailbox: Mailbox, entries: Entry[], gone: Gone): MailboxChanges {
  const changed = entries.filter(({ uid, modseq }) => {
    const goneAt = gone.uids.get(uid) ?? 0;
    if (goneAt >= modseq) return false;
    gone.uids.delete(uid);
    return true;
  });
  return { mailbox, changed, vanished: [...gone.uids.keys()], isComplete: gone.isComplete };
}

/** Entries of `ranges` with a greater MODSEQ, by UID; of wide ranges in pieces. */
async function readEntries(
  accountId: string,
  mailboxId: string,
  sinceModseq: number,
  ranges: readonly Range[],
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const read = async (condition: Sql) => {
    if (entries.length > 0) await nextTurn();
    const rows = await db.$queryRaw<EntryRow[]>`SELECT "uid", "modseq", "flags", "keywords"
      FROM "Message" WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}
      AND ${condition} AND "modseq" > ${sinceModseq} ORDER BY "uid" LIMIT ${rowsPerRead}`;
    for (const row of rows) entries.push(toEntry(row));
    return rows.length < rowsPerRead ? null : Number(rows.at(-1)!.uid);
  };
  const { wide, uids } = partRanges(ranges);
  for (const [first, end] of wide) {
    for (let from: number | null = first; from !== null; ) {
      const last = await read(sql`"uid" BETWEEN ${from} AND ${end}`);
      from = last === null ? null : last + 1;
    }
  }
  for (const { condition } of chunkUids(uids)) await read(condition);
  return entries.sort((one, other) => one.uid - other.uid);
}

/** Few UIDs of many ranges are asked for together. */
const fewUids = 50;

function partRanges(ranges: readonly Range[]): { wide: Range[]; uids: number[] } {
  const wide = ranges.filter(([first, last]) => last - first >= fewUids);
  const uids: number[] = [];
  for (const [first, last] of ranges) {
    if (last - first >= fewUids) continue;
    for (let uid = first; uid <= last; uid++) uids.push(uid);
  }
  return { wide, uids };
}

/** MODSEQs at which UIDs went, by UID; not `isComplete` where older tombstones are gone. */
type Gone = { uids: Map<number, number>; isComplete: boolean };

type TombstoneRow = Record<'uid' | 'modseq', bigint | number | null> & { floor: bigint | number };

/** UIDs and the MODSEQs at which they went, by UID; where somebody emptied a large mailbox, in pieces. */
async function readTombstones(
  accountId: string,
  mailboxId: string,
  sinceModseq: number,
): Promise<Gone> {
  // With the floor, which one statement reads as of one moment.
  const read = (condition: Sql) => db.$queryRaw<TombstoneRow[]>`
    SELECT "Mailbox"."floorModseq" AS "floor", "Tombstone"."uid", "Tombstone"."modseq"
    FROM "Mailbox" LEFT JOIN "Tombstone" ON "Tombstone"."accountId" = ${accountId}
      AND "Tombstone"."mailboxId" = ${mailboxId} AND ${condition}
    WHERE "Mailbox"."accountId" = ${accountId} AND "Mailbox"."id" = ${mailboxId}
    ORDER BY "Tombstone"."uid" LIMIT ${rowsPerRead}`;
  const uids = new Map<number, number>();
  let rows = await read(sql`"Tombstone"."modseq" > ${sinceModseq}`);
  for (;;) {
    const last = rows.at(-1);
    if (!last) throw new Refusal('not-found', 'There is no such mailbox.');
    for (const { uid, modseq } of rows) if (uid !== null) uids.set(Number(uid), Number(modseq));
    // What was removed before its piece was read has moved the floor by now.
    if (rows.length < rowsPerRead) return { uids, isComplete: sinceModseq >= Number(last.floor) };
    await nextTurn();
    rows = await read(sql`"Tombstone"."uid" > ${last.uid} AND ${overTombstones} > ${sinceModseq}`);
  }
}

/** Tombstones after `sinceModseq` are read by their MODSEQ up to so many, else along the UIDs. */
const fewTombstones = 2000;

/**
 * What of `known` (ranges of UIDs, in any order) vanished after `sinceModseq`, as ascending ranges (RFC 7162
 * §3.2.5.2). Exact as far as the journal reaches; below the floor all of `known` that does not exist, which
 * may repeat what the client has heard already, but nothing up to the UID `unchangedUpTo`. Refusal 'not-found'.
 */
export async function listVanished(
  accountId: string,
  mailboxId: string,
  sinceModseq: number,
  known: readonly Range[],
  unchangedUpTo = 0,
): Promise<Range[]> {
  const mailbox = await lookUpMailbox(accountId, mailboxId);
  const wanted = sortRanges(known, mailbox.uidNext - 1);
  if (wanted.length === 0 || mailbox.highestModseq <= sinceModseq) return [];
  const gone = await findGone(accountId, mailboxId, sinceModseq);
  if (gone) return intersectRanges(gone, wanted);
  const open = intersectRanges(wanted, [[unchangedUpTo + 1, mailbox.uidNext - 1]]);
  return listMissing(open, (await readView(accountId, mailboxId)).roll.uids);
}

/** UIDs with a tombstone after `sinceModseq` and no row, as ranges; null where tombstones are gone. */
async function findGone(
  accountId: string,
  mailboxId: string,
  sinceModseq: number,
): Promise<Range[] | null> {
  const first = await db.$queryRaw<{ uid: bigint | number }[]>`SELECT "uid" FROM "Tombstone"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND "modseq" > ${sinceModseq}
    ORDER BY "modseq" LIMIT ${fewTombstones}`;
  const uids = first.map(({ uid }) => Number(uid)).sort((one, other) => one - other);
  if (uids.length === fewTombstones) {
    uids.length = 0;
    for (;;) {
      const rows = await db.$queryRaw<{ uid: bigint | number }[]>`SELECT "uid" FROM "Tombstone"
        WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}
        AND "uid" > ${uids.at(-1) ?? 0} AND ${overIndex} > ${sinceModseq}
        ORDER BY "uid" LIMIT ${rowsPerRead}`;
      for (const { uid } of rows) uids.push(Number(uid));
      if (rows.length < rowsPerRead) break;
      await nextTurn();
    }
  }
  // Asked last: what a job removed meanwhile has raised it.
  const [floor] = await db.$queryRaw<{ floorModseq: bigint | number }[]>`
    SELECT "floorModseq" FROM "Mailbox" WHERE "accountId" = ${accountId} AND "id" = ${mailboxId}`;
  if (!floor) throw new Refusal('not-found', 'There is no such mailbox.');
  if (sinceModseq < Number(floor.floorModseq)) return null;
  if (uids.length === 0) return [];
  // A restore may have brought some back.
  const { roll } = await readView(accountId, mailboxId);
  return toRanges(uids.filter((uid) => roll.indexOf(uid) < 0));
}

/**
 * The roll in memory, where it is exactly at `modseq`: what rows would say, to a transaction that has locked the
 * mailbox and found it there.
 */
export function recallRollAt(mailbox: Mailbox): Roll | null {
  const { accountId, id, uidValidity, highestModseq } = mailbox;
  const known = recallRoll(rollKey(accountId, id), uidValidity);
  return known?.modseq === highestModseq ? known : null;
}

/** After the commit: the roll in memory, where it is just before this change, follows it without a read. */
export function followOwnChange(mailbox: Mailbox, changed: readonly Entry[]): void {
  const { accountId, id, uidValidity, highestModseq } = mailbox;
  const key = rollKey(accountId, id);
  const known = recallRoll(key, uidValidity);
  if (known?.modseq !== highestModseq - 1) return;
  const followed = known.follow(highestModseq, changed, []);
  rememberRoll(key, uidValidity, countDatabasesOpened(), followed);
  noteChanges(mailbox, followed, changed.length);
}

/**
 * The same object as long as nobody has committed anything, whoever it be; where that cannot be told
 * (PostgreSQL), another one at each call.
 */
export const readMoment: () => object = readOnceACommit(async () => null);

/** Tells this process, after the commit, that the mailbox changed. */
export function pokeMailbox(accountId: string, mailboxId: string): void {
  poke(`mailbox:${accountId}:${mailboxId}`);
  poke(`account:${accountId}`);
}

/**
 * Calls `listener` when the mailbox may have changed: at once for this process, within the poll interval
 * for another one's commit (of whatever kind). Returns the function that ends it.
 */
export function onMailboxChange(
  accountId: string,
  mailboxId: string,
  listener: () => void,
): () => void {
  const stops = [
    onPoke(`mailbox:${accountId}:${mailboxId}`, listener),
    onPoke('elsewhere', listener),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
