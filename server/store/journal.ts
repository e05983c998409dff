// The journal of a mailbox: every change has the mailbox's next MODSEQ, expunges leave tombstones. It is
// the truth that sessions catch up from (RFC 7162); a poke only says that a look may be worth while.
import { db } from '#lib/db.ts';
import { onPoke, poke } from '#lib/poke.ts';
import { FLAG } from './flag-bits.ts';
import { type Mailbox, readMailbox } from './mailbox-row.ts';

export type Entry = {
  uid: number;
  modseq: number;
  /** Bits of FLAG. */
  flags: number;
  /** Words, sorted, one space between. */
  keywords: string;
};

type EntryRow = {
  uid: bigint | number;
  modseq: bigint | number;
  flags: bigint | number;
  keywords: string;
};

export function toEntry(row: EntryRow): Entry {
  return {
    uid: Number(row.uid),
    modseq: Number(row.modseq),
    flags: Number(row.flags),
    keywords: row.keywords,
  };
}

/**
 * The whole mailbox for a new session: entries by UID. The numbers in `mailbox` fit the entries, except
 * that its HIGHESTMODSEQ may be older than what they already show; `readChanges` from it repeats that.
 * Refusal 'not-found'.
 */
export async function readView(
  accountId: string,
  mailboxId: string,
): Promise<{ mailbox: Mailbox; entries: Entry[] }> {
  // The row first: what is committed between the two reads must be seen again, not be missed.
  const mailbox = await readMailbox(db, accountId, mailboxId);
  const rows = await db.$queryRaw<
    EntryRow[]
  >`SELECT "uid", "modseq", "flags", "keywords" FROM "Message"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} ORDER BY "uid"`;
  const entries = rows.map(toEntry);
  const unseen = entries.filter((entry) => (entry.flags & FLAG.seen) === 0).length;
  const uidNext = Math.max(mailbox.uidNext, (entries.at(-1)?.uid ?? 0) + 1);
  return { mailbox: { ...mailbox, messages: entries.length, unseen, uidNext }, entries };
}

/**
 * What changed after `sinceModseq`: entries that are new or have other flags, by UID, and UIDs that went
 * (ascending; also such as came and went in between). Refusal 'not-found'.
 */
export async function readChanges(
  accountId: string,
  mailboxId: string,
  sinceModseq: number,
): Promise<{ mailbox: Mailbox; changed: Entry[]; vanished: number[] }> {
  const mailbox = await readMailbox(db, accountId, mailboxId);
  if (mailbox.highestModseq <= sinceModseq) return { mailbox, changed: [], vanished: [] };
  const rows = await db.$queryRaw<
    EntryRow[]
  >`SELECT "uid", "modseq", "flags", "keywords" FROM "Message"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND "modseq" > ${sinceModseq}
    ORDER BY "uid"`;
  const gone = await db.$queryRaw<{ uid: bigint | number }[]>`SELECT "uid" FROM "Tombstone"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND "modseq" > ${sinceModseq}
    ORDER BY "uid"`;
  const vanished = gone.map((row) => Number(row.uid));
  const isGone = new Set(vanished);
  return { mailbox, changed: rows.map(toEntry).filter((row) => !isGone.has(row.uid)), vanished };
}

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
