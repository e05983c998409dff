// The timeline of a message of the account, by its Message-ID.
import { readStory } from '#lib/trail/story.ts';
import { readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const messageId = new URL(request.url).searchParams.get('id') ?? '';
  return { events: await readStory(account.id, messageId) };
});
