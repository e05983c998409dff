// The log of a mailbox: a row for each MODSEQ that it took, with the UIDs whose messages came or changed, so that
// whoever knows an earlier state finds what is new without an index of MODSEQs over all messages: that index would
// be written anew with each flag, a row here is written once for a change of thousands.
//
// Invariants: the row is written in the transaction that takes the MODSEQ; its ranges hold every UID that was given
// it, and may hold others, since the messages' own MODSEQs decide; the log leads on from a MODSEQ only where it has a row
// for each one since. Where it has not (it is cut, an upgrade, a repair, a restore) the rows themselves are looked at.
import { cutRows, db, join, type Sql, sql, type Tx, write } from '#lib/db.ts';
import { type Range, sortRanges, toRanges } from './uid-range.ts';

/** Changes of a mailbox that the log keeps, at least: a roll that was saved some time ago is not further behind. */
const keptChanges = 5000;
/** The oldest go when so many have come. */
const changesPerCut = 500;
/** Ranges that a row names at most: many single ones are told of as fewer wide ones. */
const maxRanges = 32;
const greatestUid = 0xffff_ffff;

export type LogEntry = {
  accountId: string;
  mailboxId: string;
  modseq: number;
  /** Of messages that came or have other flags, ascending; or what covers them. */
  ranges: readonly Range[];
  /** Others have gone: their tombstones say which. */
  hasGone: boolean;
};

/** Writes what has happened with these MODSEQs; one that was there is of a state that somebody has turned back. */
export async function logChanges(tx: Tx, entries: readonly LogEntry[]): Promise<void> {
  for (const part of cutRows(entries.map(toRow))) {
    await tx.$executeRaw`INSERT INTO "MailboxChange"
      ("accountId", "mailboxId", "modseq", "uids", "hasGone") VALUES ${join(part)}
      ON CONFLICT ("accountId", "mailboxId", "modseq")
      DO UPDATE SET "uids" = excluded."uids", "hasGone" = excluded."hasGone"`;
  }
  for (const { accountId, mailboxId, modseq } of entries) {
    if (modseq % changesPerCut !== 0) continue;
    await tx.$executeRaw`DELETE FROM "MailboxChange" WHERE "accountId" = ${accountId}
      AND "mailboxId" = ${mailboxId} AND "modseq" <= ${modseq - keptChanges}`;
  }
}

function toRow({ accountId, mailboxId, modseq, ranges, hasGone }: LogEntry): Sql {
  return sql`(${accountId}, ${mailboxId}, ${modseq}, ${formatRanges(ranges)}, ${hasGone})`;
}

/** Ascending UIDs as the ranges of an entry. */
export function coverUids(uids: Iterable<number>): Range[] {
  const ranges = toRanges(uids);
  if (ranges.length <= maxRanges) return ranges;
  const together = Math.ceil(ranges.length / maxRanges);
  const cover: Range[] = [];
  for (let at = 0; at < ranges.length; at += together) {
    const last = ranges[Math.min(at + together, ranges.length) - 1]!;
    cover.push([ranges[at]![0], last[1]]);
  }
  return cover;
}

/** What has happened since a MODSEQ: where to look for messages, and whether there are tombstones to look for. */
export type Logged = { ranges: Range[]; hasGone: boolean };

/** Of the mailbox's row. */
type Place = { accountId: string; id: string; highestModseq: number };

type Row = { modseq: bigint | number; uids: string; hasGone: boolean | number };

/** What the log says of the changes from `sinceModseq` to the mailbox's; null where it does not lead so far. */
export async function readLog(mailbox: Place, sinceModseq: number): Promise<Logged | null> {
  const { accountId, id, highestModseq } = mailbox;
  const count = highestModseq - sinceModseq;
  if (count > keptChanges) return null;
  const rows = await db.$queryRaw<Row[]>`SELECT "modseq", "uids", "hasGone" FROM "MailboxChange"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${id} AND "modseq" > ${sinceModseq}
    ORDER BY "modseq" LIMIT ${count}`;
  // As many different numbers as there are between the two: none is missing.
  if (rows.length < count || Number(rows.at(-1)?.modseq) !== highestModseq) return null;
  return {
    ranges: sortRanges(
      rows.flatMap(({ uids }) => parseRanges(uids)),
      greatestUid,
    ),
    hasGone: rows.some(({ hasGone }) => Boolean(hasGone)),
  };
}

/** For who writes rows past the journal: what comes of it is read from them. Null = of all accounts. */
export async function removeLogs(accountId: string | null): Promise<void> {
  await write((tx) =>
    accountId === null
      ? tx.$executeRaw`DELETE FROM "MailboxChange"`
      : tx.$executeRaw`DELETE FROM "MailboxChange" WHERE "accountId" = ${accountId}`,
  );
}

/** Whether the text of a row names the UID. */
export function isLogged(text: string, uid: number): boolean {
  return parseRanges(text).some(([first, last]) => first <= uid && uid <= last);
}

function formatRanges(ranges: readonly Range[]): string {
  return ranges.map(([first, last]) => (first === last ? first : `${first}:${last}`)).join(' ');
}

function parseRanges(text: string): Range[] {
  if (text === '') return [];
  return text.split(' ').map((word) => {
    const [first, last = first] = word.split(':');
    return [Number(first), Number(last)];
  });
}
