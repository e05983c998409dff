// The document of one HTML part for the reader's frame: its own answer, so that its CSP makes its origin opaque.

import { isRefusal, Refusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { readPreferences } from '#lib/preferences/index.ts';
import { frameDocument, frameHeaders } from '#lib/webmail/html/frame-document.ts';
import { readCleanHtml } from '#lib/webmail/reader/message.ts';
import { requireForRoute } from '../../../session.ts';
import { checkPart, readPlace } from '../answer.ts';
import { imageSourceOf } from '../image-source.ts';

const statusOf: Record<string, number> = {
  'not-found': 404,
  forbidden: 403,
  invalid: 400,
  limit: 422,
};

/**
 * A sender must not lead people to this address: a message would stand alone under our name, with its images
 * loaded unasked. It is harmless there too (frame-document.ts), but it belongs into the reader.
 */
function refuseOutsideFrame(request: Request): void {
  const place = request.headers.get('sec-fetch-dest');
  if (place !== null && place !== 'iframe') throw new Refusal('forbidden', 'Only in the reader.');
}

export async function GET(request: Request): Promise<Response> {
  const account = await requireForRoute();
  if (account instanceof Response) return account;
  try {
    refuseOutsideFrame(request);
    const { folder, uid, query } = readPlace(request);
    const mayLoadRemote = query.get('images') === '1';
    const isDark = query.get('theme') === 'dark';
    const part = checkPart(query.get('part'));
    const habits = await readPreferences(account.id);
    const clean = await readCleanHtml(account, folder, uid, part, {
      mayLoadRemote,
      isDark,
      hasPlainLinks: habits['reading.unwrapLinks'],
    });
    const { html, headers } = frameDocument(clean, {
      mayLoadRemote,
      isDark,
      mayRecolor: isDark,
      imageSource: imageSourceOf(request),
    });
    return new Response(html, { headers });
  } catch (error) {
    if (!isRefusal(error)) logOf('web').error({ err: error }, 'frame failed');
    const text = isRefusal(error, 'not-found')
      ? 'This message is no longer here.'
      : 'The message could not be loaded.';
    return new Response(`<!doctype html><meta charset="utf-8"><p>${text}</p>`, {
      status: statusOf[isRefusal(error) ? error.reason : ''] ?? 500,
      headers: frameHeaders(false),
    });
  }
}
