// A personal book as a file: cards or a table.
import { readBook } from './book.ts';
import { writeCards } from './card-text.ts';
import { readContacts } from './contact.ts';
import { writeTable } from './csv-text.ts';

export type BookFormat = 'vcard4' | 'vcard3' | 'csv';

/** The contacts of the ids, of a group, or all, as text of that format. */
export async function exportBook(
  accountId: string,
  format: BookFormat,
  { ids, groupId }: { ids?: string[]; groupId?: string } = {},
): Promise<string> {
  const { entries, groups } = await readBook(accountId);
  const group = groups.find(({ id }) => id === groupId);
  const members = groupId ? new Set(group?.contactIds) : null;
  const wanted = ids ?? entries.map(({ id }) => id).filter((id) => !members || members.has(id));
  const nameOf = new Map(groups.map(({ id, name }) => [id, name]));
  const contacts = (await readContacts(accountId, wanted)).map((contact) => ({
    ...contact,
    groups: contact.groupIds.flatMap((id) => nameOf.get(id) ?? []),
  }));
  if (format === 'csv') return writeTable(contacts);
  return writeCards(contacts, format === 'vcard3' ? '3.0' : '4.0');
}
