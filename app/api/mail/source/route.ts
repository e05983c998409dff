// A whole message as it was received: as plain text to look at, or as an .eml file.
import { Readable } from 'node:stream';
import { openSource } from '#lib/webmail/reader/part.ts';
import { partHeaders } from '#lib/webmail/reader/part-headers.ts';
import { readPlace, readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const { folder, uid, query } = readPlace(request);
  const source = await openSource(account, folder, uid);
  const isView = query.get('view') === '1';
  const headers = partHeaders({
    type: isView ? 'text/plain' : source.type,
    fileName: source.fileName,
    isView,
  });
  return new Response(Readable.toWeb(source.content) as ReadableStream, { headers });
});
