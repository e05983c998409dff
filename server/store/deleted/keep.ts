// The twin of a mailbox: "#deleted/<name>", where what is expunged stays restorable. Made when it is first
// needed, removed when it is empty (recoverable.ts). Its row carries a mark, since there may be mailboxes of
// such names from before.
//
// Invariants: UIDs in a twin ascend with the time of deletion; the `keptUid` of a mailbox's tombstones means
// a message of its twin of today, or none. So a twin made anew goes on behind the UIDs of the former one, and
// a rename that meets another twin forgets what the tombstones knew.
import { now } from '#lib/clock.ts';
import type { Db, Tx } from '#lib/db.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { holdNames } from '../hold-names.ts';
import { isRecoverable, recoverableName, recoverableRoot } from '../mailbox-name.ts';
import { removeMailbox } from '../mailbox-removal.ts';
import { lockMailbox, type Mailbox, readMailbox } from '../mailbox-row.ts';
import { takeUidValidity } from '../uid-validity.ts';
import { relocateRows, selectLeaving } from './leaving.ts';
import { releaseNames } from './recoverable-names.ts';

const attempts = 5;

/** A mailbox and where its messages go when they are expunged: null = they go for good. */
export type WithTwin = { mailbox: Mailbox; twin: Mailbox | null };

/** Holds a mailbox and its twin, which is made if need be. Refusal 'not-found'. */
export async function lockWithTwin(
  tx: Tx,
  accountId: string,
  mailboxId: string,
): Promise<WithTwin> {
  // Another process may rename the mailbox or remove the empty twin before both are held.
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { name } = await readMailbox(tx, accountId, mailboxId);
    if (isRecoverable(name)) {
      return { mailbox: await lockMailbox(tx, accountId, mailboxId), twin: null };
    }
    const twinId = await makeTwin(tx, accountId, mailboxId, name);
    const [mailbox, twin] = await lockAll(tx, accountId, [mailboxId, twinId]);
    if (!mailbox) throw new Refusal('not-found', 'There is no such mailbox.');
    if (mailbox.name === name && twin?.name === recoverableName(name)) return { mailbox, twin };
  }
  throw new Refusal('unavailable', 'The mailbox is being changed, try again.');
}

/** Holds mailboxes, always in one order so that two steps never wait for each other; null where there is none. */
export async function lockAll(
  tx: Tx,
  accountId: string,
  ids: string[],
): Promise<(Mailbox | null)[]> {
  const locked = new Map<string, Mailbox>();
  for (const id of [...new Set(ids)].sort()) {
    try {
      locked.set(id, await lockMailbox(tx, accountId, id));
    } catch (error) {
      if (!isRefusal(error, 'not-found')) throw error;
    }
  }
  return ids.map((id) => locked.get(id) ?? null);
}

/** Id of the twin of the mailbox of that name, or null. */
export async function findTwin(
  source: Db,
  accountId: string,
  name: string,
): Promise<string | null> {
  const rows = await source.$queryRaw<{ id: string }[]>`SELECT "id" FROM "Mailbox"
    WHERE "accountId" = ${accountId} AND "name" = ${recoverableName(name)}
    AND "specialUse" = ${recoverableRoot}`;
  return rows[0]?.id ?? null;
}

async function makeTwin(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  name: string,
): Promise<string> {
  const known = await findTwin(tx, accountId, name);
  if (known) return known;
  await holdNames(tx, accountId);
  await releaseNames(tx, accountId);
  const uidValidity = await takeUidValidity(tx, accountId);
  await tx.$executeRaw`INSERT INTO "Mailbox"
    ("accountId", "id", "name", "uidValidity", "uidNext", "specialUse", "createdAt")
    SELECT ${accountId}, ${newId()}, ${recoverableName(name)}, ${uidValidity},
      COALESCE(MAX("keptUid"), 0) + 1, ${recoverableRoot}, ${now()} FROM "Tombstone"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}
    ON CONFLICT ("accountId", "name") DO NOTHING`;
  const made = await findTwin(tx, accountId, name);
  if (!made) throw new Error('the mailbox of deleted messages could not be made');
  return made;
}

/** A mailbox's new name, and the twins that were there before: of its old name and of its new one. */
export type TwinRename = {
  id: string;
  to: string;
  fromId: string | null;
  toId: string | null;
};

/**
 * Gives the twin of a mailbox the mailbox's new name; all of them are locked. Where there is a twin of that
 * name (of a mailbox that was deleted), the two become one. Returns the ids of the twins that changed.
 */
export async function renameTwin(
  tx: Tx,
  accountId: string,
  { id, to, fromId, toId }: TwinRename,
): Promise<string[]> {
  if (toId === null) {
    await tx.$executeRaw`UPDATE "Mailbox" SET "name" = ${recoverableName(to)}
      WHERE "accountId" = ${accountId} AND "id" = ${fromId}`;
    return fromId ? [fromId] : [];
  }
  await tx.$executeRaw`UPDATE "Tombstone" SET "keptUid" = 0
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${id} AND "keptUid" > 0`;
  if (fromId === null) return [];
  await mergeTwins(tx, accountId, fromId, toId);
  return [fromId, toId];
}

async function mergeTwins(tx: Tx, accountId: string, fromId: string, toId: string): Promise<void> {
  const rows = await selectLeaving(tx, accountId, fromId, null, false);
  // Their time begins anew, so that it goes on ascending with the UIDs.
  if (rows.length > 0) await relocateRows(tx, accountId, fromId, rows, toId, false);
  await removeMailbox(tx, await lockMailbox(tx, accountId, fromId));
}
