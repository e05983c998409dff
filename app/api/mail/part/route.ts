// An attachment of one's own message: shown where that is harmless and asked for (`view=1`), else a download.
import { Readable } from 'node:stream';
import { peekStream } from '#lib/webmail/reader/first-bytes.ts';
import { openPart } from '#lib/webmail/reader/part.ts';
import { isRasterImage, partHeaders } from '#lib/webmail/reader/part-headers.ts';
import { checkPart, readPlace, readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const { folder, uid, query } = readPlace(request);
  const { type, fileName, content } = await openPart(
    account,
    folder,
    uid,
    checkPart(query.get('part')),
  );
  const peeked = await peekStream(content);
  // What a picture is, its bytes say, not its sender.
  const isFalse = type.startsWith('image/') && !isRasterImage(type, peeked.first);
  const isView = query.get('view') === '1' && !isFalse;
  return new Response(Readable.toWeb(peeked.content) as ReadableStream, {
    headers: partHeaders({ type, fileName, isView }),
  });
});
