// Groups of the personal book.
import { z } from 'zod';
import { addGroup, removeGroup, updateGroup } from '#lib/contacts/group.ts';
import { changeRoute, readJson } from '../../answer.ts';
import { readBody } from '../read-body.ts';

const id = z.string().min(1).max(64);
const ids = z.array(id).max(10_000);
const name = z.string().max(400);

/** POST {name, contactIds} → {id} */
export const POST = changeRoute(async (account, request) => {
  const schema = z.object({ name, contactIds: ids.default([]) });
  const input = readBody(schema, await readJson(request));
  return { id: await addGroup(account.id, input.name, input.contactIds) };
});

/** PATCH {id, name?, add?, remove?} */
export const PATCH = changeRoute(async (account, request) => {
  const schema = z.object({
    id,
    name: name.optional(),
    add: ids.default([]),
    remove: ids.max(500).default([]),
  });
  const { id: groupId, ...change } = readBody(schema, await readJson(request));
  await updateGroup(account.id, groupId, change);
});

/** DELETE ?id= */
export const DELETE = changeRoute(async (account, request) => {
  await removeGroup(account.id, (new URL(request.url).searchParams.get('id') ?? '').slice(0, 64));
});
