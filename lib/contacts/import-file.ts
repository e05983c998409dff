// A file of contacts into a personal book: cards, tables and SquirrelMail's books, recognized by what is in them. What
// is in the book already is left alone, completed or added again, as the caller says. Files are hostile: each reader
// has its limits, and a file is at most 10 MB.
import { write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { guessText } from '../mail/charset.ts';
import { forgetBook, readBook } from './book.ts';
import { type ReadCards, type ReadContact, readCards } from './card.ts';
import { addContactsIn, maxContacts, readContacts, updateContactIn } from './contact.ts';
import { readTable } from './csv.ts';
import { foldText } from './fold.ts';
import { addGroupIn, addMembersIn } from './group.ts';
import { mergeFields } from './merge.ts';
import { isAbook, readAbook, readAddressTable } from './squirrelmail.ts';

export type FileFormat = 'card' | 'table' | 'squirrelmail';
export type ReadBookFile = ReadCards & { format: FileFormat };
/** What to do with those whose address (or name, without one) is in the book already. */
export type KnownContacts = 'skip' | 'merge' | 'add';
export type ImportResult = {
  format: FileFormat;
  found: number;
  /** In the book already */
  known: number;
  added: number;
  merged: number;
  /** Cards or rows without a name and an address */
  unreadable: number;
  /** The first few, to look at */
  sample: { name: string; address: string }[];
};

export const maxFileBytes = 10 * 1024 * 1024;
const sampleSize = 5;
const stepSize = 250;

/** What a file holds. `owner` names whose rows of a SquirrelMail database are wanted. Refusal 'too-big', 'invalid'. */
export function readBookFile(bytes: Uint8Array, fileName: string, owner: string): ReadBookFile {
  if (bytes.length > maxFileBytes) throw new Refusal('too-big', 'The file is larger than 10 MB.');
  const text = decodeFile(bytes);
  const none = { groups: [], unreadable: 0 };
  if (/^BEGIN[ \t]*:[ \t]*VCARD/im.test(text)) return { format: 'card', ...readCards(text) };
  if (/^\s*(?:INSERT\s+INTO|COPY)\s/im.test(text)) {
    const books = readAddressTable(text);
    const own = books.get(owner) ?? books.get(owner.replace(/@.*/, ''));
    const only = books.size === 1 ? [...books.values()][0] : undefined;
    return { format: 'squirrelmail', contacts: [], ...none, ...(own ?? only) };
  }
  if (/\.abook$/i.test(fileName) || isAbook(text)) {
    return { format: 'squirrelmail', ...none, ...readAbook(text) };
  }
  return { format: 'table', ...none, ...readTable(text) };
}

/** UTF-16 by its mark, else UTF-8, else Windows-1252. */
function decodeFile(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return guessText(bytes).replace(/^\ufeff/, '');
}

/** How a file would come in; nothing is written. */
export async function previewImport(accountId: string, file: ReadBookFile): Promise<ImportResult> {
  const { fresh, known } = await sortOut(accountId, file.contacts);
  const sample = file.contacts.slice(0, sampleSize).map(({ fields }) => ({
    name: fields.name,
    address: fields.addresses[0]?.address ?? '',
  }));
  const found = file.contacts.length;
  const { format, unreadable } = file;
  return { format, found, known: known.length, added: fresh.length, merged: 0, unreadable, sample };
}

/** Brings a file into the book. Refusal 'limit' where it would not fit. */
export async function importContacts(
  accountId: string,
  file: ReadBookFile,
  mode: KnownContacts,
): Promise<ImportResult> {
  const result = await previewImport(accountId, file);
  const { fresh, known } = await sortOut(accountId, file.contacts);
  const added = mode === 'add' ? file.contacts : fresh;
  const { entries } = await readBook(accountId);
  if (entries.length + added.length > maxContacts) {
    throw new Refusal('limit', `At most ${maxContacts} contacts fit into a book.`);
  }
  const ids = new Map<ReadContact, string>();
  try {
    await addAll(accountId, added, ids);
    if (mode === 'merge') await mergeAll(accountId, known);
    for (const { contact, id } of known) if (!ids.has(contact)) ids.set(contact, id);
    await putIntoGroups(accountId, file, ids);
  } finally {
    forgetBook(accountId);
  }
  return { ...result, added: added.length, merged: mode === 'merge' ? known.length : 0 };
}

type Sorted = { fresh: ReadContact[]; known: { contact: ReadContact; id: string }[] };

/** Which are in the book already, by address, by card, or by name where there is no address. */
async function sortOut(accountId: string, contacts: ReadContact[]): Promise<Sorted> {
  const { entries } = await readBook(accountId);
  const idOf = new Map<string, string>();
  for (const { id, name, addresses } of entries) {
    for (const address of addresses) idOf.set(address, id);
    if (addresses.length === 0) idOf.set(`name ${foldText(name)}`, id);
  }
  const sorted: Sorted = { fresh: [], known: [] };
  for (const contact of contacts) {
    const { addresses, name } = contact.fields;
    const keys =
      addresses.length > 0 ? addresses.map(({ address }) => address) : [`name ${foldText(name)}`];
    const id = keys.map((key) => idOf.get(key)).find((each) => each !== undefined);
    if (id !== undefined) sorted.known.push({ contact, id });
    else sorted.fresh.push(contact);
  }
  return sorted;
}

async function addAll(
  accountId: string,
  contacts: ReadContact[],
  ids: Map<ReadContact, string>,
): Promise<void> {
  for (let start = 0; start < contacts.length; start += stepSize) {
    const part = contacts.slice(start, start + stepSize);
    const added = await write((tx) =>
      addContactsIn(
        tx,
        accountId,
        part.map(({ fields, uid }) => ({ fields, uid })),
      ),
    );
    for (const [i, contact] of part.entries()) ids.set(contact, added[i] ?? '');
  }
}

async function mergeAll(accountId: string, known: Sorted['known']): Promise<void> {
  const byId = Map.groupBy(known, ({ id }) => id);
  const current = await readContacts(accountId, [...byId.keys()]);
  for (let start = 0; start < current.length; start += stepSize) {
    await write(async (tx) => {
      for (const contact of current.slice(start, start + stepSize)) {
        const more = (byId.get(contact.id) ?? []).map((each) => each.contact.fields);
        const merged = more.reduce(mergeFields, contact);
        await updateContactIn(tx, accountId, contact.id, merged);
      }
    });
  }
}

/** CATEGORIES of cards, group columns of tables, and cards of kind "group". */
async function putIntoGroups(
  accountId: string,
  file: ReadBookFile,
  ids: Map<ReadContact, string>,
): Promise<void> {
  const wanted = new Map<string, Set<string>>();
  const put = (name: string, id: string | undefined) => {
    if (name === '' || id === undefined || (!wanted.has(name) && wanted.size >= 100)) return;
    wanted.set(name, (wanted.get(name) ?? new Set()).add(id));
  };
  const byUid = new Map(file.contacts.map((contact) => [contact.uid, ids.get(contact)]));
  for (const contact of file.contacts) {
    for (const group of contact.groups) put(group, ids.get(contact));
  }
  for (const { name, members } of file.groups) {
    for (const uid of members.filter((each) => each !== '')) put(name, byUid.get(uid));
  }
  if (wanted.size === 0) return;
  await write(async (tx) => {
    const rows = await tx.contactGroup.findMany({ where: { accountId } });
    const known = new Map(rows.map(({ id, name }) => [foldText(name), id]));
    for (const [name, members] of wanted) {
      const id = known.get(foldText(name)) ?? (await addGroupIn(tx, accountId, name));
      known.set(foldText(name), id);
      await addMembersIn(tx, accountId, id, [...members]);
    }
  });
}
