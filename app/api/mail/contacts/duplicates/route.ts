// Contacts that seem to be one person: listed, and made one.
import { z } from 'zod';
import { readBook } from '#lib/contacts/book.ts';
import { findDuplicates, mergeContacts } from '#lib/contacts/merge.ts';
import { changeRoute, readJson, readRoute } from '../../answer.ts';
import { readBody } from '../read-body.ts';

/** GET → {sets: [[{id, name, addresses}]]} */
export const GET = readRoute(async (account) => {
  const { byId } = await readBook(account.id);
  const sets = (await findDuplicates(account.id)).map((set) =>
    set.flatMap((id) => {
      const entry = byId.get(id);
      return entry ? [{ id, name: entry.name, addresses: entry.addresses }] : [];
    }),
  );
  return { sets };
});

/** POST {merge: ids}: the first stays → {contact} */
export const POST = changeRoute(async (account, request) => {
  const schema = z.object({ merge: z.array(z.string().min(1).max(64)).min(2).max(20) });
  const { merge } = readBody(schema, await readJson(request));
  return { contact: await mergeContacts(account.id, merge) };
});
