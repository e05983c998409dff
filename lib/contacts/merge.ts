// Two contacts of one person: found by a common address or the same name, and made one. Nothing is lost but what both
// say differently in a field that holds one value; then the first one's counts, and the note keeps the other.
import { write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { forgetBook, readBook } from './book.ts';
import { type Contact, readContacts, removeContactsIn, updateContactIn } from './contact.ts';
import { type ContactFields, contactLimits } from './contact-fields.ts';
import { foldText } from './fold.ts';
import { addMembersIn } from './group.ts';

const maxSets = 200;
const maxOfOne = 20;

/** `one` with what `other` adds. */
export function mergeFields(one: ContactFields, other: ContactFields): ContactFields {
  const hasOwnName = one.name !== '' && one.name !== one.addresses[0]?.address;
  const filled = (key: 'nickname' | 'firstName' | 'lastName' | 'organization' | 'title') =>
    one[key] || other[key];
  return {
    name: hasOwnName ? one.name : other.name,
    nickname: filled('nickname'),
    firstName: filled('firstName'),
    lastName: filled('lastName'),
    organization: filled('organization'),
    title: filled('title'),
    note: mergeNotes(one, other),
    addresses: unite(one.addresses, other.addresses, ({ address }) => address).slice(
      0,
      contactLimits.addresses,
    ),
    phones: unite(one.phones, other.phones, ({ number }) => number.replace(/[^\d+]/g, '')).slice(
      0,
      contactLimits.phones,
    ),
    postal: unite(one.postal, other.postal, (each) =>
      foldText(`${each.street} ${each.city} ${each.code}`),
    ).slice(0, contactLimits.postal),
    birthday: one.birthday || other.birthday,
    website: one.website || other.website,
    photo: one.photo ?? other.photo,
  };
}

function mergeNotes(one: ContactFields, other: ContactFields): string {
  if (one.note.includes(other.note)) return one.note;
  if (other.note.includes(one.note)) return other.note;
  return `${one.note}\n\n${other.note}`.slice(0, contactLimits.note);
}

function unite<T>(own: T[], more: T[], keyOf: (item: T) => string): T[] {
  const known = new Set(own.map(keyOf));
  return [...own, ...more.filter((item) => !known.has(keyOf(item)))];
}

/** Ids of contacts that seem to be one person, at most 200 sets, in the order of the book. */
export async function findDuplicates(accountId: string): Promise<string[][]> {
  const { entries } = await readBook(accountId);
  const setOf = new Map<string, string[]>();
  const byKey = new Map<string, string>();
  for (const { id, name, addresses } of entries) {
    // One word is often only a first name.
    const whole = /\S\s+\S/.test(name) ? [`name ${foldText(name)}`] : [];
    const keys = [...addresses, ...whole];
    const others = new Set(keys.flatMap((key) => byKey.get(key) ?? []));
    const sets = new Set([...others].flatMap((other) => [setOf.get(other) ?? []]));
    const joined = [...[...sets].flat(), id];
    // Ten thousand of one name are no one person.
    if (joined.length > maxOfOne) continue;
    for (const each of joined) setOf.set(each, joined);
    for (const key of keys) byKey.set(key, id);
  }
  const sets = new Set([...setOf.values()].filter((set) => set.length > 1));
  return [...sets].slice(0, maxSets);
}

/** Makes one contact of several: the first stays, with what the others add. Refusal 'not-found', 'invalid'. */
export async function mergeContacts(accountId: string, ids: string[]): Promise<Contact> {
  const contacts = await readContacts(accountId, [...new Set(ids)].slice(0, maxOfOne));
  const [first, ...others] = contacts;
  if (!first || others.length === 0) {
    throw new Refusal('not-found', 'These contacts do not exist any more.');
  }
  const merged = others.reduce<ContactFields>((one, other) => mergeFields(one, other), first);
  await write(async (tx) => {
    await updateContactIn(tx, accountId, first.id, merged);
    for (const groupId of new Set(others.flatMap(({ groupIds }) => groupIds))) {
      await addMembersIn(tx, accountId, groupId, [first.id]);
    }
    const gone = others.map(({ id }) => id);
    await removeContactsIn(tx, accountId, gone);
  });
  forgetBook(accountId);
  const [contact] = await readContacts(accountId, [first.id]);
  return contact as Contact;
}
