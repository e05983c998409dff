// What a user made in the webmail (contacts, rules, templates, calendar, …) and the second factors of the sign-in, out of a
// backup: all of it for a user who is gone, what is missing for one who is there. What is there is never changed.
import { db, sql, write } from '#lib/db.ts';
import { ownTables } from '#server/store/account-tables.ts';
import type { BackupRow } from './chunk.ts';
import type { RestoreSource } from './restore-source.ts';
import type { Sheet } from './snapshot.ts';
import { accountTables, tableOf } from './tables.ts';
import { insertBackupRows, writeBackupRows } from './write-rows.ts';

/** What somebody may have lost; not what only says how far something has come (answers given, mail collected). */
const missed = [
  'Identity',
  'Contact',
  'ContactAddress',
  'ContactGroup',
  'ContactGroupMember',
  'TrustedSender',
  'Template',
  'FilterRule',
  'CalendarEvent',
];

/** All of a user whose rows are gone. */
export async function restoreBelongings(source: RestoreSource, sheet: Sheet): Promise<void> {
  const names = ownTables.filter((name) => accountTables.some((table) => table.name === name));
  for (const name of names) {
    for await (const rows of source.readOwn(sheet, name)) {
      await writeBackupRows(tableOf(name), rows);
    }
  }
}

/** What is missing of a user who is there. */
export async function restoreMissingBelongings(
  source: RestoreSource,
  sheet: Sheet,
  accountId: string,
): Promise<void> {
  const contacts = await db.contact.findMany({ where: { accountId }, select: { id: true } });
  const groups = await db.contactGroup.findMany({ where: { accountId }, select: { id: true } });
  const present = new Set([...contacts, ...groups].map(({ id }) => id));
  for (const name of missed) {
    for await (const rows of source.readOwn(sheet, name)) {
      const wanted = rows.filter((row) => isMissing(name, row, present));
      const own = wanted.map((row) => ({ ...row, accountId }));
      // One that its owner made again under the same name stays as it is.
      const end = sql`ON CONFLICT DO NOTHING`;
      await write((tx) => insertBackupRows(tx, tableOf(name), own, new Map(), end));
    }
  }
}

/** Addresses belong to their contact, members to a group or contact that was lost: a card that was changed stays. */
function isMissing(name: string, row: BackupRow, present: ReadonlySet<string>): boolean {
  if (name === 'ContactAddress') return !present.has(String(row.contactId));
  if (name !== 'ContactGroupMember') return true;
  return !present.has(String(row.contactId)) || !present.has(String(row.groupId));
}
