// What an account has lost since a backup: mailboxes come back as they were, messages into the mailboxes that
// are there. A message is known by its EMAILID, wherever it is now.
import { createHash } from 'node:crypto';
import { db, isUniqueViolation, readSnapshot, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { poke } from '#lib/poke.ts';
import { recordChangeIn } from '#lib/trail/change.ts';
import { parentNames, recoverableRoot } from '#server/store/mailbox-name.ts';
import { createMailbox, findMailbox } from '#server/store/mailboxes.ts';
import { retireUidValidity, takeUidValidity } from '#server/store/uid-validity.ts';
import { appendRestored } from './append-restored.ts';
import type { BackupRow } from './chunk.ts';
import { clearMailbox } from './clear.ts';
import { type Jump, jumpMailbox, jumpModseq } from './jump.ts';
import { ObjectIndex } from './object-index.ts';
import { readPopUidOf } from './pop-uids.ts';
import {
  addCounts,
  addUsed,
  type Count,
  insertMessages,
  isTwin,
  withCount,
} from './restore-mail.ts';
import type { RestoreSource } from './restore-source.ts';
import type { Sheet } from './snapshot.ts';
import { type Table, tableOf } from './tables.ts';
import { insertBackupRows } from './write-rows.ts';

const rowsPerRead = 5000;

/** A set of EMAILIDs, small enough for a million of them. */
export type EmailIds = { has(emailId: string): boolean };

/** EMAILIDs of all messages that the account has, those in the mailboxes of deleted ones not counted. */
export async function readEmailIds(accountId: string): Promise<EmailIds> {
  const index = new ObjectIndex();
  const keyOf = (emailId: string) => createHash('sha256').update(emailId).digest();

  // In one snapshot: a message that is being moved must not be missed.
  await readSnapshot(async (source) => {
    const mailboxes = await source.$queryRaw<{ id: string }[]>`SELECT "id" FROM "Mailbox"
      WHERE "accountId" = ${accountId} AND COALESCE("specialUse", '') <> ${recoverableRoot}`;
    for (const { id } of mailboxes) {
      for (let last = 0; ; ) {
        const rows = await source.$queryRaw<{ uid: bigint | number; emailId: string }[]>`
          SELECT "uid", "emailId" FROM "Message" WHERE "accountId" = ${accountId}
          AND "mailboxId" = ${id} AND "uid" > ${last} ORDER BY "uid" LIMIT ${rowsPerRead}`;
        for (const { emailId } of rows) index.add(keyOf(emailId));
        if (rows.length < rowsPerRead) break;
        last = Number(rows.at(-1)?.uid);
      }
    }
  });
  return { has: (emailId) => index.has(keyOf(emailId)) };
}

/** Brings back what is missing in an account that is there. Returns the names of mailboxes that came back, and how many messages. */
export async function restoreMissing(
  source: RestoreSource,
  sheet: Sheet,
  { id: accountId, address }: { id: string; address: string },
  jump: Jump,
): Promise<{ mailboxes: string[]; messages: number }> {
  const present = await readEmailIds(accountId);
  const rows = (await source.readAllOwn(sheet, 'Mailbox')).filter((row) => !isTwin(row));
  const targets = await matchMailboxes(accountId, rows);
  const inboxId = (await findMailbox(accountId, 'INBOX'))?.id;
  const popUidOf = await readPopUidOf(source, sheet, rows);
  // Parents before what is below them.
  const gone = rows
    .filter(({ id }) => !targets.has(String(id)))
    .sort((one, other) => (String(one.name) < String(other.name) ? -1 : 1));
  for (const { id } of gone) await clearMailbox(accountId, String(id));
  const counts = new Map<string, Count>();
  let messages = 0;
  for await (const part of source.readMessages(sheet)) {
    const mailbox = rows.find(({ id }) => id === part[0]?.mailboxId);
    const missing = part.filter(({ emailId }) => !present.has(String(emailId)));
    if (!mailbox || missing.length === 0) continue;
    const target = targets.get(String(mailbox.id));
    if (target) {
      const told = target === inboxId ? popUidOf : undefined;
      await appendRestored(source, accountId, target, missing, told);
    } else {
      const modseq = jumpModseq(mailbox, jump);
      await insertMessages(
        source,
        missing.map((row) => ({ ...row, accountId, modseq })),
      );
      addCounts(counts, String(mailbox.id), missing);
    }
    messages += missing.length;
  }
  const belongings = await readBelongings(source, sheet, gone);
  const greatest = await readGreatest(source, sheet);
  for (const row of gone) {
    const counted = withCount({ ...jumpMailbox(row, jump), accountId }, counts);
    await insertMailbox(counted, greatest, belongings).catch((error) => {
      if (!isUniqueViolation(error)) throw error;
      throw new Refusal('conflict', `Somebody has just made a mailbox ${row.name}. Try again.`);
    });
  }
  await write(async (tx) => {
    // Where one of them goes again, no backup from before this day brings its UIDVALIDITY back another time.
    if (gone.length > 0) {
      await retireUidValidity(tx, accountId, await takeUidValidity(tx, accountId));
    }
    const text = `${messages} messages and ${gone.length} mailboxes restored from the backup of ${source.snapshot.takenAt}`;
    await recordChangeIn(tx, source.options.by, `user ${address}`, text);
  });
  poke(`account:${accountId}`);
  return { mailboxes: gone.map(({ name }) => String(name)), messages };
}

/** The mailboxes of today by their id in the backup: the same one whatever its name, else the one of that name. */
async function matchMailboxes(accountId: string, rows: BackupRow[]): Promise<Map<string, string>> {
  const current = await db.mailbox.findMany({
    where: { accountId },
    select: { id: true, name: true },
  });
  const ids = new Set(current.map(({ id }) => id));
  const byName = new Map(current.map(({ id, name }) => [name, id]));
  return new Map(
    rows.flatMap(({ id, name }): [string, string][] => {
      const found = ids.has(String(id)) ? String(id) : byName.get(String(name));
      return found ? [[String(id), found]] : [];
    }),
  );
}

type Belongings = { table: Table; rows: BackupRow[] }[];

/** UIDLs, rights and annotations of mailboxes that are gone. */
async function readBelongings(
  source: RestoreSource,
  sheet: Sheet,
  gone: BackupRow[],
): Promise<Belongings> {
  const ids = new Set(gone.map(({ id }) => id));
  const belongings: Belongings = [];
  for (const name of ['PopUid', 'MailboxRight', 'Annotation']) {
    const rows = gone.length === 0 ? [] : await source.readAllOwn(sheet, name);
    const own = rows.filter(({ mailboxId }) => ids.has(mailboxId));
    belongings.push({ table: tableOf(name), rows: own });
  }
  return belongings;
}

/**
 * Inserts the row of a mailbox that is gone, whose messages are in already.
 *
 * Its UIDVALIDITY may stay what it was, as each UID means what it meant. But where another mailbox may have had its
 * name since, the next one must be greater than that one's (RFC 3501 §2.3.1.1). Such a mailbox was made after
 * the backup, so its UIDVALIDITY is above all that the backup knows (uid-validity.ts); when one of those was given
 * up, a new one is taken.
 */
async function insertMailbox(
  row: BackupRow,
  greatest: number,
  belongings: Belongings,
): Promise<void> {
  const accountId = String(row.accountId);
  for (const parent of parentNames(String(row.name))) {
    if (!(await findMailbox(accountId, parent))) await createMailbox(accountId, parent);
  }
  await write(async (tx) => {
    const others = await tx.mailbox.findMany({ where: { accountId } });
    const retired = await tx.tombstone.findMany({ where: { accountId, mailboxId: '' } });
    const wasGivenUp = retired.some(({ uid }) => Number(uid) > greatest);
    const isTaken = others.some(({ uidValidity }) => Number(uidValidity) === row.uidValidity);
    const uidValidity =
      wasGivenUp || isTaken ? await takeUidValidity(tx, accountId) : Number(row.uidValidity);
    const hasUse = others.some(({ specialUse }) => specialUse === row.specialUse);
    const specialUse = hasUse ? null : (row.specialUse ?? null);
    await insertBackupRows(tx, tableOf('Mailbox'), [{ ...row, uidValidity, specialUse }]);
    for (const { table, rows } of belongings) {
      const own = rows.filter(({ mailboxId }) => mailboxId === row.id);
      const moved = own.map((one) => ({ ...one, accountId }));
      await insertBackupRows(tx, table, moved);
    }
    await addUsed(tx, accountId, {
      messages: Number(row.messages),
      unseen: Number(row.unseen),
      sizeBytes: Number(row.sizeBytes),
    });
  });
}

/** The greatest UIDVALIDITY that the account had given when the backup was taken. */
async function readGreatest(source: RestoreSource, sheet: Sheet): Promise<number> {
  const mailboxes = await source.readAllOwn(sheet, 'Mailbox');
  let greatest = Math.max(0, ...mailboxes.map(({ uidValidity }) => Number(uidValidity)));
  for await (const rows of source.readOwn(sheet, 'Tombstone')) {
    for (const { mailboxId, uid } of rows) {
      if (mailboxId === '') greatest = Math.max(greatest, Number(uid));
    }
  }
  return greatest;
}
