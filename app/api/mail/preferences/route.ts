// The options of the signed-in user: all of them, or a change of some.
import { changePreferences, readPreferences } from '#lib/preferences/index.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

export const GET = readRoute(async ({ id }) => ({ preferences: await readPreferences(id) }));

export const PATCH = changeRoute(async ({ id }, request) => {
  await changePreferences(id, await readJson(request));
});
