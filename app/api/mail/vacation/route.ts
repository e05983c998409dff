// What is answered while the signed-in user is away.
import { readVacation, saveVacation } from '#lib/filters/vacation.ts';
import { currentActor } from '../../../session.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

export const GET = readRoute(async ({ id }) => ({ vacation: await readVacation(id) }));

export const POST = changeRoute(async ({ id }, request) => ({
  vacation: await saveVacation(id, await readJson(request), await currentActor()),
}));
