// Accounts elsewhere whose mail the signed-in user has brought here. Passwords come in and never go out.
import {
  collectNow,
  listCollections,
  removeCollection,
  saveCollection,
} from '#lib/collections/collection.ts';
import { Refusal } from '#lib/errors.ts';
import { currentActor } from '../../../session.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

export const GET = readRoute(async ({ id }) => ({ collections: await listCollections(id) }));

export const POST = changeRoute(async ({ id }, request) => {
  const { collection, id: own } = await readJson(request);
  const known = typeof own === 'string' ? own : null;
  await saveCollection(id, collection, known, await currentActor());
  return { collections: await listCollections(id) };
});

export const PATCH = changeRoute(async ({ id }, request) => {
  const { id: own } = await readJson(request);
  await collectNow(id, String(own));
  return { collections: await listCollections(id) };
});

export const DELETE = changeRoute(async ({ id }, request) => {
  const own = new URL(request.url).searchParams.get('id');
  if (!own) throw new Refusal('invalid', 'Which account?', 'id');
  await removeCollection(id, own, await currentActor());
  return { collections: await listCollections(id) };
});
