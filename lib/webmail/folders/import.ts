// A message from a file put into a folder by APPEND, with the date it says of itself.
import { Refusal } from '../../errors.ts';
import { parseHeaderFields, readFieldText } from '../../mail/header.ts';
import { type MailAccount, withConnection } from '../imap/pool.ts';

/** Of one file; the server's own limit (APPENDLIMIT, RFC 7889) may be lower. */
export const maxImportBytes = 50 * 1024 * 1024;
const headerBytes = 256 * 1024;

/** Puts the bytes of an .eml file into a folder; gives its UID. Refusal 'invalid' where it is no message, 'too-big'. */
export async function importMessage(
  account: MailAccount,
  folder: string,
  bytes: Buffer,
): Promise<{ uid: number | null }> {
  if (bytes.length > maxImportBytes) throw new Refusal('too-big', 'The file is too large.');
  const fields = parseHeaderFields(bytes.subarray(0, headerBytes));
  const isMessage = ['from', 'subject', 'date', 'received', 'message-id'].some(
    (name) => readFieldText(fields, name) !== '',
  );
  if (!isMessage || bytes.includes(0)) {
    throw new Refusal('invalid', 'This file is not a message.', 'file');
  }
  const date = new Date(readFieldText(fields, 'date'));
  const isPast = date.getTime() > 0 && date.getTime() < Date.now();
  const lines = toCrlf(bytes);
  const result = await withConnection(account, (client) =>
    client.append(folder, lines, ['\\Seen'], isPast ? date : undefined),
  );
  if (!result) throw new Refusal('not-found', 'This folder does not exist.');
  return { uid: result.uid ?? null };
}

/** RFC 5322 §2.3: lines end with CRLF; files of other systems have LF alone. */
function toCrlf(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  return /(?:^|[^\r])\n/.test(text) ? Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1') : bytes;
}

/** The body of a request, counted while it comes. Refusal 'too-big'. */
export async function readFile(body: ReadableStream<Uint8Array> | null): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxImportBytes) throw new Refusal('too-big', 'The file is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
