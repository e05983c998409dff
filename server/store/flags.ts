// STORE: flags and keywords of messages that are there (RFC 3501 §6.4.6, UNCHANGEDSINCE RFC 7162 §3.1.3).
import { type Sql, sql, type Tx, write } from '#lib/db.ts';
import { allBits, allFlags, FLAG } from './flag-bits.ts';
import { type Entry, followOwnChange, pokeMailbox, recallRollAt, toEntry } from './journal.ts';
import { joinKeywords, splitKeywords } from './keywords.ts';
import { changeMailbox, lockMailbox, type Mailbox } from './mailbox-row.ts';
import { startLoop } from './turn.ts';
import { chunkUids, sortUids } from './uid-condition.ts';

export { FLAG } from './flag-bits.ts';

export type FlagChange = {
  mode: 'add' | 'remove' | 'set';
  /** Bits of FLAG. */
  flags: number;
  keywords: string[];
  /** For 'set': what alone may become something else. Left out: everything. */
  mask?: { flags: number; keywords: boolean };
};

export type FlagOutcome = {
  /** As they are now, by UID: only those whose flags really became others. */
  changed: Entry[];
  /** MODSEQ that each of them had before. */
  former: number[];
  /** UIDs that were left alone since they changed after `unchangedSince`. */
  modified: number[];
  highestModseq: number;
  /** MODSEQs that this took: where they are the last ones, nobody else has changed anything meanwhile. */
  modseqs: number;
};

/**
 * Changes flags of those UIDs that exist; of many in several changes, each durable and seen by others for itself
 * (RFC 7162 §3.1.3 asks for no more than that the test and the change of a message are one).
 * Refusal 'not-found', 'invalid', 'limit'.
 */
export async function changeFlags(
  accountId: string,
  mailboxId: string,
  uids: number[],
  change: FlagChange,
  unchangedSince = Number.POSITIVE_INFINITY,
): Promise<FlagOutcome> {
  joinKeywords(change.keywords);
  const sorted = sortUids(uids);
  const outcome: FlagOutcome = {
    changed: [],
    former: [],
    modified: [],
    highestModseq: 0,
    modseqs: 0,
  };
  for (let start = 0; start === 0 || start < sorted.length; start += messagesPerChange) {
    const part = sorted.slice(start, start + messagesPerChange);
    const { mailbox, after, former, modified } = await write((tx) =>
      changeIn(tx, accountId, mailboxId, part, change, unchangedSince),
    );
    for (const uid of modified) outcome.modified.push(uid);
    outcome.highestModseq = mailbox.highestModseq;
    if (after.length === 0) continue;
    outcome.modseqs++;
    for (const entry of after) outcome.changed.push(entry);
    for (const modseq of former) outcome.former.push(modseq);
    // A copy of the whole roll: a few entries are as quickly read by whoever opens the mailbox next.
    if (after.length >= followedFrom) followOwnChange(mailbox, after);
    pokeMailbox(accountId, mailboxId);
  }
  return outcome;
}

/** Messages of one change: a commit stops the event loop for as long as its pages are written. */
const messagesPerChange = 5000;
const followedFrom = 50;
/** Half a millisecond's worth: no index changes with a flag. */
const rowsPerUpdate = 2000;

type Changed = {
  /** As it is then. */
  mailbox: Mailbox;
  after: Entry[];
  /** MODSEQ that each of them had before. */
  former: number[];
  modified: number[];
};

/** `uids` are sorted. */
async function changeIn(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  uids: readonly number[],
  change: FlagChange,
  unchangedSince: number,
): Promise<Changed> {
  const locked = await lockMailbox(tx, accountId, mailboxId);
  const modseq = locked.highestModseq + 1;
  const changed: Changed = { mailbox: locked, after: [], former: [], modified: [] };
  const groups = new Map<string, Entry[]>();
  let unseen = 0;
  const loop = startLoop();
  for await (const entries of readEntries(tx, locked, uids)) {
    for (const before of entries) {
      if (before.modseq > unchangedSince) {
        changed.modified.push(before.uid);
        continue;
      }
      const { flags, keywords } = applyChange(before, change);
      if (flags === before.flags && keywords === before.keywords) continue;
      const after = { uid: before.uid, modseq, flags, keywords };
      unseen += (before.flags & FLAG.seen) - (flags & FLAG.seen);
      changed.after.push(after);
      changed.former.push(before.modseq);
      // Bits are counted in the statement, so that one will do for all of them.
      const key = isOfBits(change) ? '' : `${flags} ${keywords}`;
      const group = groups.get(key);
      if (group) group.push(after);
      else groups.set(key, [after]);
    }
    await loop.pause();
  }
  if (changed.after.length === 0) return changed;
  changed.mailbox = await changeMailbox(tx, accountId, mailboxId, {
    unseen,
    changed: changed.after.map(({ uid }) => uid),
  });
  for (const group of groups.values()) {
    const values = setValues(change, group[0]!);
    const uids = group.map((entry) => entry.uid);
    for (const chunk of chunkUids(uids, rowsPerUpdate)) {
      await tx.$executeRaw`UPDATE "Message" SET ${values}, "modseq" = ${modseq}
        WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${chunk.condition}`;
      await loop.pause();
    }
  }
  return changed;
}

/** Entries of those UIDs that exist, in portions by UID, of a mailbox that is locked. */
async function* readEntries(
  tx: Tx,
  locked: Mailbox,
  uids: readonly number[],
): AsyncGenerator<Entry[]> {
  const roll = recallRollAt(locked);
  if (roll) {
    yield roll.listEntries(uids);
    return;
  }
  for (const chunk of chunkUids(uids)) {
    const rows = await tx.$queryRaw<Parameters<typeof toEntry>[0][]>`
      SELECT "uid", "modseq", "flags", "keywords" FROM "Message"
      WHERE "accountId" = ${locked.accountId} AND "mailboxId" = ${locked.id} AND ${chunk.condition}
      ORDER BY "uid"`;
    yield rows.map(toEntry);
  }
}

function isOfBits({ mode, keywords }: FlagChange): boolean {
  return mode !== 'set' && keywords.length === 0;
}

/** What UPDATE sets for a group of messages that all become like `after`, or only change their bits. */
function setValues(change: FlagChange, after: Entry): Sql {
  if (!isOfBits(change)) return sql`"flags" = ${after.flags}, "keywords" = ${after.keywords}`;
  const flags = change.flags & allFlags;
  return change.mode === 'add'
    ? sql`"flags" = "flags" | ${flags}`
    : sql`"flags" = "flags" & ${allBits & ~flags}`;
}

/** Flags and keywords of a message after the change. */
function applyChange(before: Entry, change: FlagChange): { flags: number; keywords: string } {
  const flags = change.flags & allFlags;
  if (isOfBits(change)) {
    const { keywords } = before;
    return {
      flags: change.mode === 'add' ? before.flags | flags : before.flags & ~flags,
      keywords,
    };
  }
  const words = splitKeywords(before.keywords);
  if (change.mode === 'set') {
    const { mask } = change;
    const kept = before.flags & ~(mask?.flags ?? allFlags);
    const keywords = mask?.keywords === false ? before.keywords : joinKeywords(change.keywords);
    return { flags: kept | flags, keywords };
  }
  if (change.mode === 'add') {
    const keywords =
      change.keywords.length > 0 ? joinKeywords([...words, ...change.keywords]) : before.keywords;
    return { flags: before.flags | flags, keywords };
  }
  const removed = new Set(change.keywords.map((word) => word.toLowerCase()));
  const kept = words.filter((word) => !removed.has(word.toLowerCase()));
  return { flags: before.flags & ~flags, keywords: kept.join(' ') };
}
