// STORE: flags and keywords of messages that are there (RFC 3501 §6.4.6, UNCHANGEDSINCE RFC 7162 §3.1.3).
import { type Tx, write } from '#lib/db.ts';
import { allFlags, FLAG } from './flag-bits.ts';
import { type Entry, pokeMailbox, toEntry } from './journal.ts';
import { joinKeywords, splitKeywords } from './keywords.ts';
import { changeMailbox, lockMailbox } from './mailbox-row.ts';
import { nextTurn } from './turn.ts';
import { chunkUids } from './uid-condition.ts';

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
  /** As they are now: only those whose flags really became others. */
  changed: Entry[];
  /** MODSEQ that each of them had before, by UID. */
  former: Map<number, number>;
  /** UIDs that were left alone since they changed after `unchangedSince`. */
  modified: number[];
  highestModseq: number;
};

/** Changes flags of those UIDs that exist. Refusal 'not-found', 'invalid', 'limit'. */
export async function changeFlags(
  accountId: string,
  mailboxId: string,
  uids: number[],
  change: FlagChange,
  unchangedSince?: number,
): Promise<FlagOutcome> {
  joinKeywords(change.keywords);
  const outcome = await write((tx) =>
    changeIn(tx, accountId, mailboxId, uids, change, unchangedSince ?? Number.POSITIVE_INFINITY),
  );
  if (outcome.changed.length > 0) pokeMailbox(accountId, mailboxId);
  return outcome;
}

async function changeIn(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  uids: number[],
  change: FlagChange,
  unchangedSince: number,
): Promise<FlagOutcome> {
  const { highestModseq } = await lockMailbox(tx, accountId, mailboxId);
  const outcome: FlagOutcome = { changed: [], former: new Map(), modified: [], highestModseq };
  const groups = new Map<string, Entry[]>();
  let unseen = 0;
  for (const chunk of chunkUids(uids)) {
    const rows = await tx.$queryRaw<Parameters<typeof toEntry>[0][]>`
      SELECT "uid", "modseq", "flags", "keywords" FROM "Message" WHERE "accountId" = ${accountId}
      AND "mailboxId" = ${mailboxId} AND ${chunk.condition} ORDER BY "uid"`;
    for (const before of rows.map(toEntry)) {
      if (before.modseq > unchangedSince) {
        outcome.modified.push(before.uid);
        continue;
      }
      const after = { ...before, ...applyChange(before, change), modseq: highestModseq + 1 };
      if (after.flags === before.flags && after.keywords === before.keywords) continue;
      unseen += (before.flags & FLAG.seen) - (after.flags & FLAG.seen);
      outcome.changed.push(after);
      outcome.former.set(after.uid, before.modseq);
      const key = `${after.flags} ${after.keywords}`;
      const group = groups.get(key);
      if (group) group.push(after);
      else groups.set(key, [after]);
    }
    await nextTurn();
  }
  if (outcome.changed.length === 0) return outcome;
  const mailbox = await changeMailbox(tx, accountId, mailboxId, { unseen });
  for (const group of groups.values()) {
    const { flags, keywords } = group[0]!;
    for (const chunk of chunkUids(group.map((entry) => entry.uid))) {
      await tx.$executeRaw`UPDATE "Message" SET "flags" = ${flags}, "keywords" = ${keywords},
        "modseq" = ${mailbox.highestModseq} WHERE "accountId" = ${accountId}
        AND "mailboxId" = ${mailboxId} AND ${chunk.condition}`;
      await nextTurn();
    }
  }
  return { ...outcome, highestModseq: mailbox.highestModseq };
}

/** Flags and keywords of a message after the change. */
function applyChange(before: Entry, change: FlagChange): { flags: number; keywords: string } {
  const flags = change.flags & allFlags;
  const words = splitKeywords(before.keywords);
  if (change.mode === 'set') {
    const { mask } = change;
    const kept = mask ? before.flags & ~mask.flags : 0;
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
