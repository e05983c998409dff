// The row of a mailbox: its numbers, its lock and its counters. UID and MODSEQ are taken here and nowhere
// else, inside the transaction that uses them, so that no session sees UID n + 1 before UID n and no
// change carries a MODSEQ that a session has already passed (RFC 3501 §2.3.1.1, RFC 7162 §3.1).
import { type Db, raw, type Tx } from '#lib/db.ts';
import { lockRows } from '#lib/dialect/index.ts';
import { Refusal } from '#lib/errors.ts';
import { coverUids, logChanges } from './change-log.ts';
import { recoverableRoot } from './mailbox-name.ts';

export type Mailbox = {
  accountId: string;
  id: string;
  /** Canonical name (mailbox-name.ts). */
  name: string;
  uidValidity: number;
  uidNext: number;
  /** First UID that no session has been told as \Recent yet. */
  recentUid: number;
  highestModseq: number;
  /** "\\Drafts", "\\Sent", … or null */
  specialUse: string | null;
  messages: number;
  unseen: number;
  sizeBytes: number;
};

export type MailboxRow = Record<
  'uidValidity' | 'uidNext' | 'recentUid' | 'highestModseq' | 'messages' | 'unseen' | 'sizeBytes',
  bigint | number
> & { accountId: string; id: string; name: string; specialUse: string | null };

/** What a change does to a mailbox: to its counters, and what the journal is to say of it. */
export type Change = {
  /** New messages: so many UIDs are taken. */
  uids?: number;
  messages?: number;
  unseen?: number;
  sizeBytes?: number;
  /** UIDs of messages that are there and get the MODSEQ, ascending. */
  changed?: readonly number[];
  /** Messages go: their tombstones get the MODSEQ. */
  hasGone?: boolean;
};

export const mailboxColumnNames = [
  'accountId',
  'id',
  'name',
  'uidValidity',
  'uidNext',
  'recentUid',
  'highestModseq',
  'specialUse',
  'messages',
  'unseen',
  'sizeBytes',
];

export const mailboxColumns = raw(mailboxColumnNames.map((column) => `"${column}"`).join(', '));

/** RFC 3501 §2.3.1.1: a UID has 32 bits; there is no way on behind the last one. */
export const lastUid = 0xffff_fffe;

export function toMailbox(row: MailboxRow): Mailbox {
  return {
    accountId: row.accountId,
    id: row.id,
    name: row.name,
    uidValidity: Number(row.uidValidity),
    uidNext: Number(row.uidNext),
    recentUid: Number(row.recentUid),
    highestModseq: Number(row.highestModseq),
    // The mark of a mailbox of deleted messages (keep.ts) is no use that anybody should be told.
    specialUse: row.specialUse === recoverableRoot ? null : row.specialUse,
    messages: Number(row.messages),
    unseen: Number(row.unseen),
    sizeBytes: Number(row.sizeBytes),
  };
}

function require(row: MailboxRow | undefined): Mailbox {
  if (!row) throw new Refusal('not-found', 'There is no such mailbox.');
  return toMailbox(row);
}

/** The mailbox as it is committed. Refusal 'not-found', also for another account's. */
export async function readMailbox(
  source: Db,
  accountId: string,
  mailboxId: string,
): Promise<Mailbox> {
  const rows = await source.$queryRaw<MailboxRow[]>`SELECT ${mailboxColumns} FROM "Mailbox"
    WHERE "accountId" = ${accountId} AND "id" = ${mailboxId}`;
  return require(rows[0]);
}

/** The mailbox of that canonical name as it is committed, or null. */
export async function readMailboxByName(
  source: Db,
  accountId: string,
  name: string,
): Promise<Mailbox | null> {
  const rows = await source.$queryRaw<MailboxRow[]>`SELECT ${mailboxColumns} FROM "Mailbox"
    WHERE "accountId" = ${accountId} AND "name" = ${name}`;
  return rows[0] ? toMailbox(rows[0]) : null;
}

/** Some account that has mailboxes, or null. */
export async function findFirstAccount(source: Db): Promise<string | null> {
  const rows = await source.$queryRaw<
    { accountId: string }[]
  >`SELECT "accountId" FROM "Mailbox" LIMIT 1`;
  return rows[0]?.accountId ?? null;
}

/** The mailbox, held until the transaction ends (SQLite has one writer anyway). Refusal 'not-found'. */
export async function lockMailbox(tx: Tx, accountId: string, mailboxId: string): Promise<Mailbox> {
  const rows = await tx.$queryRaw<MailboxRow[]>`SELECT ${mailboxColumns} FROM "Mailbox"
    WHERE "accountId" = ${accountId} AND "id" = ${mailboxId} ${lockRows()}`;
  return require(rows[0]);
}

/**
 * Takes the mailbox's next MODSEQ and `uids` UIDs, moves its counters and writes the change into its log. Returns the row as it is then:
 * the MODSEQ of the change is `highestModseq`, its UIDs end before `uidNext`. Refusal 'not-found', 'limit'.
 */
export async function changeMailbox(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  change: Change,
): Promise<Mailbox> {
  const rows = await tx.$queryRaw<MailboxRow[]>`UPDATE "Mailbox" SET
    "highestModseq" = "highestModseq" + 1, "uidNext" = "uidNext" + ${change.uids ?? 0},
    "messages" = "messages" + ${change.messages ?? 0}, "unseen" = "unseen" + ${change.unseen ?? 0},
    "sizeBytes" = "sizeBytes" + ${change.sizeBytes ?? 0}
    WHERE "accountId" = ${accountId} AND "id" = ${mailboxId} RETURNING ${mailboxColumns}`;
  const mailbox = require(rows[0]);
  const { highestModseq: modseq, uidNext } = mailbox;
  if (uidNext > lastUid) throw new Refusal('limit', 'The mailbox has no UIDs left.');
  const ranges = coverUids(change.changed ?? []);
  if (change.uids) ranges.push([uidNext - change.uids, uidNext - 1]);
  const hasGone = change.hasGone ?? false;
  await logChanges(tx, [{ accountId, mailboxId, modseq, ranges, hasGone }]);
  return mailbox;
}
