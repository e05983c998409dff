// Recipients to suggest for typed text, and forgetting one of them.
import { forgetCorrespondent } from '#lib/contacts/correspondent.ts';
import { suggestRecipients } from '#lib/contacts/suggest.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

/** GET ?q=text → {suggestions: Suggestion[]} */
export const GET = readRoute(async (account, request) => {
  const text = new URL(request.url).searchParams.get('q') ?? '';
  return { suggestions: await suggestRecipients(account, text) };
});

/** POST {forget: "address"}: not suggested again as somebody written to. */
export const POST = changeRoute(async ({ id }, request) => {
  const { forget } = await readJson(request);
  await forgetCorrespondent(id, typeof forget === 'string' ? forget.slice(0, 400) : '');
});
