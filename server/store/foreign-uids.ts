// UIDs of another server, taken over with their UIDVALIDITY, so that IMAP clients keep what they have fetched.
//
// Invariants: a UIDVALIDITY comes once in an account (uid-validity.ts), whoever chose it; as long as a mailbox
// has a foreign one, a UID below the foreign UIDNEXT means what it meant there, or nothing. Where that cannot be
// held (other mail took such UIDs first), the mailbox gets a UIDVALIDITY of our own (RFC 3501 §2.3.1.1).
import { sql, type Tx, write } from '#lib/db.ts';
import { readSetting } from '#lib/settings/index.ts';
import { insertImported, selectImported } from './imported.ts';
import { pokeMailbox } from './journal.ts';
import { lastUid, lockMailbox } from './mailbox-row.ts';
import { defaultPopUid, insertPopUids } from './pop-uid.ts';
import { readGreatestRetired, retireUidValidity, takeUidValidity } from './uid-validity.ts';

/** Later ones leave too few above them for mailboxes that come after: ours only grow. */
const greatestForeign = 0xf000_0000;
/** The same for UIDs and the mail that comes after. */
export const greatestUid = 0xf000_0000;

/** The foreign UIDs of a mailbox: below `uidNext` every one is the source's. */
export type ForeignUids = {
  accountId: string;
  mailboxId: string;
  uidValidity: number;
  uidNext: number;
};

/**
 * Gives the mailbox the UIDVALIDITY of its source, if it has it from an earlier import, or has never had a
 * message and the account has never had that number. `isNew` says that the caller has just made the mailbox:
 * its own UIDVALIDITY was told to nobody. Null where it keeps its own. Refusal 'not-found'.
 */
export async function takeOverUids(
  accountId: string,
  mailboxId: string,
  uidValidity: number,
  isNew: boolean,
): Promise<ForeignUids | null> {
  const isPossible = Number.isInteger(uidValidity) && uidValidity > 0;
  if (!isPossible || uidValidity > greatestForeign) return null;
  const taken = await write(async (tx) => {
    const mailbox = await lockMailbox(tx, accountId, mailboxId);
    if (mailbox.uidValidity === uidValidity) {
      const uidNext = await readProgress(tx, accountId, mailboxId);
      return uidNext === null ? null : { accountId, mailboxId, uidValidity, uidNext };
    }
    if (mailbox.uidNext > 1 || !(await isUnused(tx, accountId, uidValidity))) return null;
    if (!isNew) await retireUidValidity(tx, accountId, mailbox.uidValidity);
    const foreign = { accountId, mailboxId, uidValidity, uidNext: 1 };
    await insertImported(tx, accountId, [validityMark(uidValidity), progressMark(foreign)], false);
    await setUidValidity(tx, accountId, mailboxId, uidValidity);
    return foreign;
  });
  if (taken) pokeMailbox(accountId, mailboxId);
  return taken;
}

// Both are remembered beside the marks of imports, for as long as the account.
const validityMark = (uidValidity: number) => `uidvalidity ${uidValidity}`;
const progressPrefix = (mailboxId: string) => `uids ${mailboxId} `;
const progressMark = ({ mailboxId, uidNext }: ForeignUids) => progressPrefix(mailboxId) + uidNext;

async function readProgress(tx: Tx, accountId: string, mailboxId: string): Promise<number | null> {
  const prefix = progressPrefix(mailboxId);
  const rows = await tx.$queryRaw<{ source: string }[]>`SELECT "source" FROM "Imported"
    WHERE "accountId" = ${accountId} AND SUBSTR("source", 1, ${sql`CAST(${prefix.length} AS INTEGER)`}) = ${prefix}`;
  return rows[0] ? Number(rows[0].source.slice(prefix.length)) : null;
}

async function isUnused(tx: Tx, accountId: string, uidValidity: number): Promise<boolean> {
  const taken = await tx.$queryRaw<unknown[]>`SELECT 1 AS "one" FROM "Mailbox"
    WHERE "accountId" = ${accountId} AND "uidValidity" = ${uidValidity}`;
  if (taken.length > 0) return false;
  if ((await selectImported([validityMark(uidValidity)], accountId, tx)).size > 0) return false;
  // Of former ones only the greatest is remembered, but ours are never older than the account.
  const account = await tx.account.findUnique({
    where: { id: accountId },
    select: { createdAt: true },
  });
  if (account && uidValidity < Math.floor(account.createdAt.getTime() / 1000)) return true;
  return uidValidity > (await readGreatestRetired(tx, accountId));
}

async function setUidValidity(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  uidValidity: number,
): Promise<void> {
  await tx.$executeRaw`UPDATE "Mailbox" SET "uidValidity" = ${uidValidity}
    WHERE "accountId" = ${accountId} AND "id" = ${mailboxId}`;
}

/**
 * Runs `append` inside the caller's step, before which and after which the invariant holds. `sourceNext` is the
 * UIDNEXT of the source. Returns what is valid once the step is committed; null where other mail came in
 * between, and the mailbox has got a UIDVALIDITY of our own: `append` is told. Refusal 'not-found'.
 */
export async function appendForeign(
  tx: Tx,
  foreign: ForeignUids,
  sourceNext: number,
  append: (isForeign: boolean) => Promise<void>,
): Promise<ForeignUids | null> {
  const { accountId, mailboxId } = foreign;
  const before = await lockMailbox(tx, accountId, mailboxId);
  const isOurs = before.uidValidity === foreign.uidValidity;
  if (!isOurs || (before.uidNext !== foreign.uidNext && foreign.uidNext < sourceNext)) {
    if (isOurs) await giveUp(tx, foreign, before.name);
    await append(false);
    return null;
  }
  await append(true);
  const { uidNext } = await lockMailbox(tx, accountId, mailboxId);
  const after = { ...foreign, uidNext };
  if (uidNext !== foreign.uidNext) {
    await tx.$executeRaw`UPDATE "Imported" SET "source" = ${progressMark(after)}
      WHERE "accountId" = ${accountId} AND "source" = ${progressMark(foreign)}`;
  }
  return after;
}

async function giveUp(tx: Tx, foreign: ForeignUids, name: string): Promise<void> {
  const { accountId, mailboxId } = foreign;
  if (name === 'INBOX') await keepToldPopUids(tx, foreign);
  await setUidValidity(tx, accountId, mailboxId, await takeUidValidity(tx, accountId));
  await tx.$executeRaw`DELETE FROM "Imported"
    WHERE "accountId" = ${accountId} AND "source" = ${progressMark(foreign)}`;
}

/** POP3 clients have been told UIDLs with the UIDVALIDITY that goes. */
async function keepToldPopUids(tx: Tx, foreign: ForeignUids): Promise<void> {
  const { accountId, mailboxId, uidValidity } = foreign;
  const rows = await tx.$queryRaw<{ uid: bigint | number }[]>`SELECT "uid" FROM "Message"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}`;
  const format = await readSetting('pop3.uidlFormat');
  const told = rows.map(({ uid }) => ({
    uid: Number(uid),
    text: defaultPopUid(Number(uid), uidValidity, format),
  }));
  await insertPopUids(tx, accountId, mailboxId, told);
}

/**
 * Raises UIDNEXT to the source's, so that UIDs of messages that were deleted there mean nothing here too.
 * Null as of `appendForeign`. Refusal 'not-found'.
 */
export async function raiseUidNext(
  foreign: ForeignUids,
  sourceNext: number,
): Promise<ForeignUids | null> {
  const { accountId, mailboxId } = foreign;
  const target = Math.min(sourceNext, lastUid);
  if (foreign.uidNext >= target) return foreign;
  const raised = await write((tx) =>
    appendForeign(tx, foreign, target, async () => {
      await tx.$executeRaw`UPDATE "Mailbox" SET "uidNext" = ${target}
        WHERE "accountId" = ${accountId} AND "id" = ${mailboxId} AND "uidNext" < ${target}`;
    }),
  );
  pokeMailbox(accountId, mailboxId);
  return raised;
}
