// One user out of a backup, also while the server runs. A user that is gone comes back whole. Of one that is
// there only what is missing comes back: mailboxes that are gone, as they were; messages that are gone, with
// new UIDs. Nothing that is there is changed, and what is there is not doubled.
import { db, type Tx, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { poke } from '#lib/poke.ts';
import { recordChangeIn } from '#lib/trail/change.ts';
import { findAccountOf, readSheetOf } from './account-today.ts';
import type { BackupRow } from './chunk.ts';
import { clearAccount } from './clear.ts';
import { type Jump, jumpEpoch, noteRestore } from './jump.ts';
import { enterRepository } from './repository.ts';
import { restoreBelongings, restoreMissingBelongings } from './restore-belongings.ts';
import { finishMail, restoreMail } from './restore-mail.ts';
import { restoreMissing } from './restore-missing.ts';
import { type RestoreOptions, RestoreSource } from './restore-source.ts';
import { findSnapshot, type Sheet } from './snapshot.ts';
import { tableOf } from './tables.ts';
import { insertBackupRows } from './write-rows.ts';

export type RestoredUser = {
  name: string;
  /** True where the account itself was gone. */
  isWhole: boolean;
  /** Mailboxes that came back as they were. */
  mailboxes: string[];
  messages: number;
  skipped: string[];
};

/** Marks an account that is coming back; no preference of a user has a name like this. */
const unfinished = 'restore.unfinished';

/**
 * Restores what is missing of a user. Refusal 'not-found' where the snapshot has no such user, 'exists' where the
 * address or the id belongs to something else today, and those of `enterRepository` and `findSnapshot`.
 */
export function restoreUser(
  path: string,
  address: string,
  options: RestoreOptions,
): Promise<RestoredUser> {
  const purpose = { work: 'a restore', mayBeReadOnly: true };
  return enterRepository(path, purpose, async (repository) => {
    const named = await findSnapshot(repository.folder, options.snapshot);
    const source = new RestoreSource(repository, named, options);
    const sheet = await readSheetOf(source, address);
    const account = await findAccountOf(sheet);
    const isWhole = !account || (await isUnfinished(account.id));
    const jump = await noteRestore(repository, named.snapshot.takenAt);
    if (!isWhole) {
      const missing = await restoreMissing(source, sheet, account, jump);
      await restoreMissingBelongings(source, sheet, account.id);
      return { name: named.name, isWhole, ...missing, skipped: source.skipped };
    }
    await restoreAccount(source, sheet, jump);
    const mailboxes = (await source.readAllOwn(sheet, 'Mailbox')).map(({ name }) => String(name));
    const { messages, skipped } = source;
    return { name: named.name, isWhole, mailboxes, messages, skipped };
  });
}

async function isUnfinished(accountId: string): Promise<boolean> {
  const where = { accountId_name: { accountId, name: unfinished } };
  return (await db.preference.findUnique({ where })) !== null;
}

async function restoreAccount(source: RestoreSource, sheet: Sheet, jump: Jump): Promise<void> {
  const row = await findRow(source, 'Account', sheet.id);
  const domain = await findRow(source, 'Domain', String(row.domainId));
  // Before anything is cleared, too.
  await write((tx) => refuseTaken(tx, sheet));
  await clearAccount(sheet.id);
  await write(async (tx) => {
    const domainId = await ensureDomain(tx, domain);
    await refuseTaken(tx, sheet);
    await tx.account.deleteMany({ where: { id: sheet.id } });
    // Disabled until all is there: nobody signs in, nothing is delivered.
    const account = { ...jumpEpoch(row, jump), domainId, isDisabled: true };
    await insertBackupRows(tx, tableOf('Account'), [account]);
    await tx.preference.create({
      data: { accountId: sheet.id, name: unfinished, value: JSON.stringify(source.name) },
    });
  });
  const mail = await restoreMail(source, sheet, jump);
  await restoreBelongings(source, sheet);
  const members = (await Array.fromAsync(source.readTable('Member'))).flat();
  await write(async (tx) => {
    await finishMail(tx, sheet.id, mail);
    await joinMembers(tx, sheet.id, members);
    await tx.preference.deleteMany({ where: { accountId: sheet.id, name: unfinished } });
    await tx.account.update({
      where: { id: sheet.id },
      data: { isDisabled: row.isDisabled === true },
    });
    const text = `restored from the backup of ${source.snapshot.takenAt}`;
    await recordChangeIn(tx, source.options.by, `user ${sheet.address}`, text);
  });
  poke(`account:${sheet.id}`);
}

/** Who opens a shared mailbox, and which ones this account opens: as far as both are there. */
async function joinMembers(tx: Tx, accountId: string, members: BackupRow[]): Promise<void> {
  for (const row of members) {
    const [sharedId, memberId] = [String(row.sharedId), String(row.memberId)];
    if (sharedId !== accountId && memberId !== accountId) continue;
    const ids = [...new Set([sharedId, memberId])];
    const areThere = (await tx.account.count({ where: { id: { in: ids } } })) === ids.length;
    const isKnown = (await tx.member.count({ where: { sharedId, memberId } })) > 0;
    if (areThere && !isKnown) await insertBackupRows(tx, tableOf('Member'), [row]);
  }
}

async function findRow(source: RestoreSource, table: string, id: string): Promise<BackupRow> {
  for await (const rows of source.readTable(table)) {
    const found = rows.find((row) => row.id === id);
    if (found) return found;
  }
  throw new Refusal('unavailable', `The backup has no row ${id} of ${table}.`);
}

/** The id of the account's domain, which comes back too where it is gone. */
async function ensureDomain(tx: Tx, domain: BackupRow): Promise<string> {
  const known = await tx.domain.findUnique({ where: { name: String(domain.name) } });
  if (known) return known.id;
  const isTaken = (await tx.domain.count({ where: { id: String(domain.id) } })) > 0;
  const id = isTaken ? newId() : String(domain.id);
  await insertBackupRows(tx, tableOf('Domain'), [{ ...domain, id }]);
  return id;
}

async function refuseTaken(tx: Tx, { id, address }: Sheet): Promise<void> {
  const other = await tx.account.findUnique({ where: { id } });
  if (other && other.address !== address) {
    throw new Refusal('exists', `This user is here under the address ${other.address}.`);
  }
  if (await tx.alias.findUnique({ where: { address } })) {
    throw new Refusal('exists', `${address} is an alias now. Remove it first.`);
  }
}
