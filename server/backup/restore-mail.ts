// The mail of one account as it was: UIDVALIDITY, UIDs, EMAILIDs, flags and dates kept, HIGHESTMODSEQ and
// UIDNEXT far above (jump.ts). The mailboxes' own rows come last and all at once, so that nobody sees, and
// nothing is delivered into, half of an account.
import { sql, type Tx } from '#lib/db.ts';
import { FLAG } from '#server/store/flag-bits.ts';
import { recoverableRoot } from '#server/store/mailbox-name.ts';
import { retireUidValidity } from '#server/store/uid-validity.ts';
import type { BackupRow } from './chunk.ts';
import { type Jump, jumpMailbox, jumpModseq, jumpUidValidity } from './jump.ts';
import { writeWithBodies } from './restore-bodies.ts';
import type { RestoreSource } from './restore-source.ts';
import type { Sheet } from './snapshot.ts';
import { tableOf } from './tables.ts';
import { insertBackupRows, writeBackupRows } from './write-rows.ts';

export type Count = { messages: number; unseen: number; sizeBytes: number };

/** What is left to do in one step when the rows are in. */
export type RestoredMail = {
  /** Rows of the mailboxes with their new numbers. */
  mailboxes: BackupRow[];
  /** What the account uses. */
  used: Count;
  subscriptions: BackupRow[];
  preferences: BackupRow[];
  /** Every UIDVALIDITY of the account is below. */
  uidValidity: number;
};

/** Tables that come back row for row. */
const plainTables = [
  'Tombstone',
  'ThreadReference',
  'PopUid',
  'MailboxRight',
  'Annotation',
  'Imported',
];

/** Brings back all rows of the account but its own one and those that `finishMail` inserts. */
export async function restoreMail(
  source: RestoreSource,
  sheet: Sheet,
  jump: Jump,
): Promise<RestoredMail> {
  const mailboxes = await source.readAllOwn(sheet, 'Mailbox');
  const byId = new Map(mailboxes.map((row) => [row.id, row]));
  const counts = new Map<string, Count>();
  for await (const rows of source.readMessages(sheet)) {
    const mailbox = byId.get(String(rows[0]?.mailboxId));
    if (!mailbox) continue;
    const modseq = jumpModseq(mailbox, jump);
    await insertMessages(
      source,
      rows.map((row) => ({ ...row, modseq })),
    );
    addCounts(counts, String(mailbox.id), rows);
  }
  let greatest = Math.max(0, ...mailboxes.map(({ uidValidity }) => Number(uidValidity)));
  for (const name of plainTables) {
    for await (const rows of source.readOwn(sheet, name)) {
      for (const { mailboxId, uid } of rows) {
        // A tombstone of no mailbox keeps the greatest UIDVALIDITY that was given up.
        if (name === 'Tombstone' && mailboxId === '') greatest = Math.max(greatest, Number(uid));
      }
      await writeBackupRows(tableOf(name), rows);
    }
  }
  const counted = mailboxes.map((row) => withCount(jumpMailbox(row, jump), counts));
  return {
    mailboxes: counted,
    used: sumUsed(counted),
    subscriptions: await source.readAllOwn(sheet, 'Subscription'),
    preferences: await source.readAllOwn(sheet, 'Preference'),
    uidValidity: jumpUidValidity(greatest, jump),
  };
}

/** The last step: from here on the account has its mail. */
export async function finishMail(tx: Tx, accountId: string, mail: RestoredMail): Promise<void> {
  await insertBackupRows(tx, tableOf('Mailbox'), mail.mailboxes);
  await insertBackupRows(tx, tableOf('Subscription'), mail.subscriptions);
  await insertBackupRows(tx, tableOf('Preference'), mail.preferences);
  await retireUidValidity(tx, accountId, mail.uidValidity);
  await tx.$executeRaw`UPDATE "Account" SET "usedBytes" = ${mail.used.sizeBytes},
    "usedMessages" = ${mail.used.messages} WHERE "id" = ${accountId}`;
}

/** Inserts rows of messages with their bodies, in a step. */
export async function insertMessages(source: RestoreSource, rows: BackupRow[]): Promise<void> {
  const hashes = rows.map(({ blobId }) => String(blobId));
  await writeWithBodies(source.repository.bodies, hashes, (tx, numbers) =>
    insertBackupRows(tx, tableOf('Message'), rows, numbers),
  );
}

export function countRows(rows: BackupRow[]): Count {
  return {
    messages: rows.length,
    unseen: rows.filter(({ flags }) => (Number(flags) & FLAG.seen) === 0).length,
    sizeBytes: rows.reduce((sum, { sizeBytes }) => sum + Number(sizeBytes), 0),
  };
}

export function addCounts(counts: Map<string, Count>, mailboxId: string, rows: BackupRow[]): void {
  const known = counts.get(mailboxId) ?? { messages: 0, unseen: 0, sizeBytes: 0 };
  const more = countRows(rows);
  counts.set(mailboxId, {
    messages: known.messages + more.messages,
    unseen: known.unseen + more.unseen,
    sizeBytes: known.sizeBytes + more.sizeBytes,
  });
}

/** The mailbox's row with the counters of what really came back. */
export function withCount(row: BackupRow, counts: Map<string, Count>): BackupRow {
  return { ...row, ...(counts.get(String(row.id)) ?? { messages: 0, unseen: 0, sizeBytes: 0 }) };
}

/** True for a mailbox of deleted messages (server/store/deleted/keep.ts), which does not count. */
export function isTwin(row: BackupRow): boolean {
  return row.specialUse === recoverableRoot;
}

function sumUsed(mailboxes: BackupRow[]): Count {
  const counting = mailboxes.filter((row) => !isTwin(row));
  const sum = (name: keyof Count) => counting.reduce((total, row) => total + Number(row[name]), 0);
  return { messages: sum('messages'), unseen: sum('unseen'), sizeBytes: sum('sizeBytes') };
}

/** Adds to what the account uses, inside a step. */
export async function addUsed(tx: Tx, accountId: string, count: Count): Promise<void> {
  await tx.$executeRaw(sql`UPDATE "Account" SET "usedBytes" = "usedBytes" + ${count.sizeBytes},
    "usedMessages" = "usedMessages" + ${count.messages} WHERE "id" = ${accountId}`);
}
