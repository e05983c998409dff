// Files for a message that is being written: the raw body is the file, its name stands in the query.
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { Refusal } from '#lib/errors.ts';
import { removeUpload, storeUpload } from '#lib/webmail/compose/uploads.ts';
import { changeRoute } from '../answer.ts';

export const POST = changeRoute(async (account, request) => {
  const fileName = new URL(request.url).searchParams.get('name') ?? 'attachment';
  const type = request.headers.get('content-type') ?? '';
  const content = request.body
    ? Readable.fromWeb(request.body as WebStream<Uint8Array>)
    : Readable.from([]);
  return { upload: await storeUpload(account.id, { fileName, type }, content) };
});

export const DELETE = changeRoute(async (account, request) => {
  const id = new URL(request.url).searchParams.get('id');
  if (!id) throw new Refusal('invalid', 'Which file?', 'id');
  await removeUpload(account.id, id);
  return undefined;
});
