// The original that is quoted in a message being written: as the document of a sealed frame, or with `edit=1` as cleaned
// markup for the editor, which cleans again.
import { Refusal } from '#lib/errors.ts';
import { toEditorHtml } from '#lib/webmail/compose/body.ts';
import { readQuote, showQuote } from '#lib/webmail/compose/quotes.ts';
import { readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const query = new URL(request.url).searchParams;
  const id = query.get('id') ?? '';
  if (query.get('edit') === '1') {
    return { html: toEditorHtml(await readQuote(account.id, id)) };
  }
  // A sender must not lead people to this address: it belongs into the composer's frame.
  const place = request.headers.get('sec-fetch-dest');
  if (place !== null && place !== 'iframe') throw new Refusal('forbidden', 'Only in the composer.');
  const { html, headers } = await showQuote(account.id, id, query.get('theme') === 'dark');
  return new Response(html, { headers });
});
