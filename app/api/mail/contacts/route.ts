// The personal book: a part of the list, adding, changing and removing.
import { z } from 'zod';
import { readBook } from '#lib/contacts/book.ts';
import {
  addContact,
  addContacts,
  addPeople,
  readContacts,
  removeContacts,
  updateContact,
} from '#lib/contacts/contact.ts';
import { type ContactInput, checkContact } from '#lib/contacts/contact-fields.ts';
import { foldWords, rankWord } from '#lib/contacts/fold.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';
import { readBody } from './read-body.ts';

const id = z.string().min(1).max(64);
const ids = z.array(id).min(1).max(10_000);
/** What comes back after a removal that is taken back: bounded by the size of a request. */
const restorable = 200;
const record = z.record(z.string(), z.unknown());
const added = z.union([
  z.object({ people: z.array(record).min(1).max(500), groupId: id.optional() }),
  z.object({ contact: record, groupIds: z.array(id).max(200).default([]) }),
  z.object({ restore: z.array(record).min(1).max(restorable) }),
]);

/** GET ?q=&group=&start=&count= → {total, start, rows, groups} */
export const GET = readRoute(async (account, request) => {
  const query = new URL(request.url).searchParams;
  const { entries, groups } = await readBook(account.id);
  const words = foldWords(query.get('q') ?? '');
  const groupId = query.get('group');
  const group = groups.find((each) => each.id === groupId);
  const members = groupId ? new Set(group?.contactIds) : null;
  const fitting = entries.filter(
    (each) =>
      (!members || members.has(each.id)) && words.every((word) => rankWord(each.text, word) > 0),
  );
  const start = numberOf(query.get('start'), 0, 10_000);
  const count = numberOf(query.get('count'), 100, 200);
  const rows = fitting.slice(start, start + count).map(({ text: _t, sortKey: _s, ...row }) => row);
  const listed = groups.map(({ id: own, name, contactIds }) => ({
    id: own,
    name,
    count: contactIds.length,
  }));
  return { total: fitting.length, all: entries.length, start, rows, groups: listed };
});

/**
 * POST {people: [{name, address}], groupId?} from a message → {added, known}; {contact, groupIds} → {contact};
 * {restore: contacts} what DELETE gave → {restored}.
 */
export const POST = changeRoute(async (account, request) => {
  const input = readBody(added, await readJson(request));
  if ('people' in input) {
    // Of a message one is a recipient oneself.
    const others = input.people.filter(({ address }) => address !== account.address);
    const wanted = input.people.length > 1 ? others : input.people;
    return addPeople(account.id, wanted, input.groupId);
  }
  if ('contact' in input) {
    return { contact: await addContact(account.id, input.contact as ContactInput, input.groupIds) };
  }
  const restored = input.restore.map((each) => {
    const { uid, groupIds } = each as { uid?: unknown; groupIds?: unknown };
    const groups = z.array(id).max(200).safeParse(groupIds);
    return {
      fields: checkContact(each as ContactInput),
      uid: typeof uid === 'string' ? uid.slice(0, 200) : '',
      groupIds: groups.success ? groups.data : [],
    };
  });
  return { restored: await addContacts(account.id, restored) };
});

/** PATCH {id, contact} → {contact} */
export const PATCH = changeRoute(async (account, request) => {
  const input = readBody(z.object({ id, contact: record }), await readJson(request));
  return { contact: await updateContact(account.id, input.id, input.contact as ContactInput) };
});

/** PUT {remove: ids} → {removed}: the contacts themselves where they may be put back by POST, else none. */
export const PUT = changeRoute(async (account, request) => {
  const { remove } = readBody(z.object({ remove: ids }), await readJson(request));
  const removed = remove.length <= restorable ? await readContacts(account.id, remove) : [];
  await removeContacts(account.id, remove);
  return { removed };
});

function numberOf(text: string | null, otherwise: number, most: number): number {
  const number = Number(text ?? otherwise);
  return Number.isInteger(number) && number >= 0 ? Math.min(number, most) : otherwise;
}
