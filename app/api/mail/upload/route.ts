// Files for a message that is being written: the raw body is the file, its name stands in the query.
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { Refusal } from '#lib/errors.ts';
import {
  findUpload,
  readUpload,
  removeUpload,
  renameUpload,
  storeUpload,
} from '#lib/webmail/compose/uploads.ts';
import { partHeaders } from '#lib/webmail/reader/part-headers.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

/** A file again: images of the text are shown, anything that could be more is a download. */
export const GET = readRoute(async (account, request) => {
  const upload = await findUpload(account.id, idOf(request));
  const { type, fileName } = upload;
  const content = readUpload(account.id, upload);
  return new Response(Readable.toWeb(content) as ReadableStream, {
    headers: partHeaders({ type, fileName, isView: true }),
  });
});

export const POST = changeRoute(async (account, request) => {
  const fileName = new URL(request.url).searchParams.get('name') ?? 'attachment';
  const type = request.headers.get('content-type') ?? '';
  const content = request.body
    ? Readable.fromWeb(request.body as WebStream<Uint8Array>)
    : Readable.from([]);
  return { upload: await storeUpload(account.id, { fileName, type }, content) };
});

/** PATCH ?id= {name} → {upload}: another name. */
export const PATCH = changeRoute(async (account, request) => {
  const { name } = await readJson(request);
  const upload = await renameUpload(
    account.id,
    idOf(request),
    typeof name === 'string' ? name : '',
  );
  return { upload };
});

export const DELETE = changeRoute(async (account, request) => {
  await removeUpload(account.id, idOf(request));
  return undefined;
});

function idOf(request: Request): string {
  const id = new URL(request.url).searchParams.get('id');
  if (!id) throw new Refusal('invalid', 'Which file?', 'id');
  return id;
}
