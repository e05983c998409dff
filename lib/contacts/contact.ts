// The personal book of addresses: reading, adding, changing and removing contacts. An id of another account is
// 'not-found'. Each change is one write, and the next look at the book (book.ts) sees it.
import { randomUUID } from 'node:crypto';
import { now } from '../clock.ts';
import { db, insertRows, join, sql, type Tx, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { newId } from '../id.ts';
import { canonicalAddress } from '../mail/address.ts';
import { forgetBook, readBook } from './book.ts';
import { cleanLine } from './clean.ts';
import {
  type ContactFields,
  type ContactInput,
  checkContact,
  type Kind,
} from './contact-fields.ts';
import { updateGroup } from './group.ts';

export type Contact = ContactFields & {
  id: string;
  /** Of its card (RFC 6350 §6.7.6) */
  uid: string;
  groupIds: string[];
};
/** A contact to store as it is: from a file, or one that was removed and comes back. */
export type NewContact = { fields: ContactFields; uid?: string; id?: string; groupIds?: string[] };

export const maxContacts = 10_000;
const maxIds = 10_000;

/** A contact. Refusal 'not-found'. */
export async function readContact(accountId: string, id: string): Promise<Contact> {
  const [contact] = await readContacts(accountId, [id]);
  if (!contact) throw missing();
  return contact;
}

/** Those of the ids that exist, in their order; all of the book without ids. */
export async function readContacts(accountId: string, ids?: string[]): Promise<Contact[]> {
  const wanted = ids ?? (await readBook(accountId)).entries.map(({ id }) => id);
  const contacts: Contact[] = [];
  for (let start = 0; start < wanted.length; start += 500) {
    contacts.push(...(await readSome(accountId, wanted.slice(start, start + 500))));
  }
  return contacts;
}

async function readSome(accountId: string, ids: string[]): Promise<Contact[]> {
  const where = { accountId, contactId: { in: ids } };
  const [rows, addresses, members] = await Promise.all([
    db.contact.findMany({ where: { accountId, id: { in: ids } } }),
    db.contactAddress.findMany({ where, orderBy: { position: 'asc' } }),
    db.contactGroupMember.findMany({ where }),
  ]);
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const addressesOf = Map.groupBy(addresses, ({ contactId }) => contactId);
  const membersOf = Map.groupBy(members, ({ contactId }) => contactId);
  return ids.flatMap((id): Contact[] => {
    const row = rowOf.get(id);
    if (!row) return [];
    const { uid, name, nickname, firstName, lastName, organization, note } = row;
    const detail = JSON.parse(row.detail) as Partial<Detail>;
    return [
      {
        ...emptyDetail,
        ...detail,
        ...{ id, uid, name, nickname, firstName, lastName, organization, note },
        addresses: (addressesOf.get(id) ?? []).map(({ address, kind }) => ({
          address,
          kind: kind as Kind,
        })),
        groupIds: (membersOf.get(id) ?? []).map(({ groupId }) => groupId),
      },
    ];
  });
}

type Detail = Pick<ContactFields, 'title' | 'phones' | 'postal' | 'birthday' | 'website' | 'photo'>;
const emptyDetail: Detail = {
  title: '',
  phones: [],
  postal: [],
  birthday: '',
  website: '',
  photo: null,
};

/** Adds a contact. Refusal 'invalid', 'limit'. */
export async function addContact(
  accountId: string,
  input: ContactInput,
  groupIds: string[] = [],
): Promise<Contact> {
  const [id] = await addContacts(accountId, [{ fields: checkContact(input, true), groupIds }]);
  return readContact(accountId, id ?? '');
}

/** Adds contacts as they are, all or none; groups that do not exist are left out. Their ids. Refusal 'limit'. */
export async function addContacts(accountId: string, added: NewContact[]): Promise<string[]> {
  const ids = await write((tx) => addContactsIn(tx, accountId, added));
  forgetBook(accountId);
  return ids;
}

/** The same as a part of a step; the caller calls forgetBook(). */
export async function addContactsIn(
  tx: Tx,
  accountId: string,
  added: NewContact[],
): Promise<string[]> {
  const count = await tx.contact.count({ where: { accountId } });
  if (count + added.length > maxContacts) {
    throw new Refusal('limit', `At most ${maxContacts} contacts fit into a book.`);
  }
  const at = now();
  const whole = added.map((one) => ({
    ...one,
    id: one.id ?? newId(),
    uid: one.uid || randomUUID(),
  }));
  await insertRows(
    tx,
    sql`INSERT INTO "Contact" ("accountId", "id", "uid", "name", "nickname", "firstName", "lastName",
      "organization", "note", "detail", "createdAt", "updatedAt")`,
    whole.map(
      ({ id, uid, fields: f }) => sql`(${accountId}, ${id}, ${uid}, ${f.name}, ${f.nickname},
        ${f.firstName}, ${f.lastName}, ${f.organization}, ${f.note}, ${detailOf(f)}, ${at}, ${at})`,
    ),
    sql`ON CONFLICT DO NOTHING`,
  );
  await insertAddresses(tx, accountId, whole);
  await insertMembers(tx, accountId, whole);
  return whole.map(({ id }) => id);
}

/** Changes a contact wholly. Refusal 'not-found', 'invalid'. */
export async function updateContact(
  accountId: string,
  id: string,
  input: ContactInput,
): Promise<Contact> {
  const fields = checkContact(input, true);
  await write((tx) => updateContactIn(tx, accountId, id, fields));
  forgetBook(accountId);
  return readContact(accountId, id);
}

/** The same as a part of a step; the caller calls forgetBook(). */
export async function updateContactIn(
  tx: Tx,
  accountId: string,
  id: string,
  fields: ContactFields,
): Promise<void> {
  const { name, nickname, firstName, lastName, organization, note } = fields;
  const texts = { name, nickname, firstName, lastName, organization, note };
  const { count } = await tx.contact.updateMany({
    where: { accountId, id },
    data: { ...texts, detail: detailOf(fields), updatedAt: now() },
  });
  if (count === 0) throw missing();
  await tx.contactAddress.deleteMany({ where: { accountId, contactId: id } });
  await insertAddresses(tx, accountId, [{ id, fields }]);
}

/** Removes contacts; ids that do not exist are nothing to remove. */
export async function removeContacts(accountId: string, ids: string[]): Promise<void> {
  await write((tx) => removeContactsIn(tx, accountId, ids));
  forgetBook(accountId);
}

/** The same as a part of a step; the caller calls forgetBook(). */
export async function removeContactsIn(tx: Tx, accountId: string, ids: string[]): Promise<void> {
  const wanted = ids.slice(0, maxIds);
  for (let start = 0; start < wanted.length; start += 500) {
    const part = join(wanted.slice(start, start + 500));
    await tx.$executeRaw`DELETE FROM "ContactAddress"
      WHERE "accountId" = ${accountId} AND "contactId" IN (${part})`;
    await tx.$executeRaw`DELETE FROM "ContactGroupMember"
      WHERE "accountId" = ${accountId} AND "contactId" IN (${part})`;
    await tx.$executeRaw`DELETE FROM "Contact"
      WHERE "accountId" = ${accountId} AND "id" IN (${part})`;
  }
}

/**
 * Adds people of a message, into a group where one is given; who is in the book already stays as she is. How many were
 * added. Refusal
 * 'limit', 'invalid' where none is an address.
 */
export async function addPeople(
  accountId: string,
  people: readonly { name?: unknown; address?: unknown }[],
  groupId?: string,
): Promise<{ added: number; known: number }> {
  const names = new Map<string, string>();
  for (const { name, address } of people.slice(0, 500)) {
    const canonical = typeof address === 'string' ? canonicalAddress(address.trim()) : null;
    if (canonical) names.set(canonical, typeof name === 'string' ? cleanLine(name, 200) : '');
  }
  if (names.size === 0) throw new Refusal('invalid', 'There is no address to add.', 'people');
  const rows = await db.contactAddress.findMany({
    where: { accountId, address: { in: [...names.keys()] } },
    select: { address: true, contactId: true },
  });
  const known = new Set(rows.map(({ address }) => address));
  const added = [...names]
    .filter(([address]) => !known.has(address))
    .map(([address, name]) => ({
      fields: checkContact({ name, addresses: [address] }),
      groupIds: groupId ? [groupId] : [],
    }));
  if (added.length > 0) await addContacts(accountId, added);
  if (groupId && rows.length > 0) {
    await updateGroup(accountId, groupId, { add: rows.map(({ contactId }) => contactId) });
  }
  return { added: added.length, known: known.size };
}

function detailOf({ title, phones, postal, birthday, website, photo }: ContactFields): string {
  const detail: Detail = { title, phones, postal, birthday, website, photo };
  const filled = Object.entries(detail).filter(
    ([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return JSON.stringify(Object.fromEntries(filled));
}

async function insertAddresses(
  tx: Tx,
  accountId: string,
  contacts: { id: string; fields: ContactFields }[],
): Promise<void> {
  await insertRows(
    tx,
    sql`INSERT INTO "ContactAddress" ("accountId", "contactId", "position", "address", "kind")`,
    contacts.flatMap(({ id, fields }) =>
      fields.addresses.map(
        ({ address, kind }, position) =>
          sql`(${accountId}, ${id}, ${position}, ${address}, ${kind})`,
      ),
    ),
    sql`ON CONFLICT DO NOTHING`,
  );
}

async function insertMembers(
  tx: Tx,
  accountId: string,
  added: { id: string; groupIds?: string[] }[],
): Promise<void> {
  const wanted = added.flatMap(({ id, groupIds = [] }) =>
    groupIds.map((groupId) => ({ id, groupId })),
  );
  if (wanted.length === 0) return;
  const groups = await tx.contactGroup.findMany({ where: { accountId }, select: { id: true } });
  const known = new Set(groups.map(({ id }) => id));
  await insertRows(
    tx,
    sql`INSERT INTO "ContactGroupMember" ("accountId", "groupId", "contactId")`,
    wanted
      .filter(({ groupId }) => known.has(groupId))
      .map(({ id, groupId }) => sql`(${accountId}, ${groupId}, ${id})`),
    sql`ON CONFLICT DO NOTHING`,
  );
}

function missing(): Refusal {
  return new Refusal('not-found', 'This contact does not exist.');
}
