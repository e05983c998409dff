// Mail that waits for its time: listed, taken back into Drafts, sent at another time or at once.
import { Refusal } from '#lib/errors.ts';
import { listWaiting, moveSending, takeBack } from '#lib/webmail/compose/scheduled.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

export const GET = readRoute(async (account) => ({ waiting: await listWaiting(account.id) }));

export const POST = changeRoute(async (account, request) => {
  const { kind, id, at } = await readJson(request);
  if (typeof id !== 'string') throw new Refusal('invalid', 'Which message?', 'id');
  if (kind === 'take-back') return { draft: await takeBack(account, id) };
  if (kind === 'send-now') return { waiting: await moveSending(account.id, id, new Date()) };
  if (kind === 'move') return { waiting: await moveSending(account.id, id, new Date(String(at))) };
  throw new Refusal('invalid', 'Unknown action.', 'kind');
});
