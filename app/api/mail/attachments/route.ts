// All attachments of a message as one archive.
import { partHeaders } from '#lib/webmail/reader/part-headers.ts';
import { openZip } from '#lib/webmail/reader/zip.ts';
import { readPlace, readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const { folder, uid } = readPlace(request);
  const { fileName, content } = await openZip(account, folder, uid);
  const headers = partHeaders({ type: 'application/zip', fileName, isView: false });
  return new Response(content, { headers });
});
