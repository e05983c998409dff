// People to suggest while a recipient is typed.
import { listPeople } from '#lib/webmail/compose/addresses.ts';
import { readRoute } from '../answer.ts';

export const GET = readRoute(async (account) => ({ people: await listPeople(account) }));
