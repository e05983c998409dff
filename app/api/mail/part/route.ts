// An attachment of one's own message: shown where that is harmless and asked for (`view=1`), else a download.
import { Readable } from 'node:stream';
import { openPart } from '#lib/webmail/reader/part.ts';
import { partHeaders } from '#lib/webmail/reader/part-headers.ts';
import { checkPart, readPlace, readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const { folder, uid, query } = readPlace(request);
  const part = await openPart(account, folder, uid, checkPart(query.get('part')));
  const isView = query.get('view') === '1';
  return new Response(Readable.toWeb(part.content) as ReadableStream, {
    headers: partHeaders({ type: part.type, fileName: part.fileName, isView }),
  });
});
