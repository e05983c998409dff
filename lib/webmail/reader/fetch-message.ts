// Fetching one message and its texts for the reader: a header and a structure first, then only the parts that are shown.
import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { Refusal } from '../../errors.ts';
import { decodeCharset } from '../../mail/charset.ts';
import { decodeTransfer } from '../../mail/transfer.ts';
import { isUid } from '../imap/uid-set.ts';
import { isRasterImage } from './part-headers.ts';
import type { Attachment, TextPart } from './structure.ts';

export const maxTextBytes = 1024 * 1024;
const maxInlineBytes = 10 * 1024 * 1024;

/** Fields the reader looks at beside the envelope. */
const wantedFields = (
  'references list-id list-unsubscribe list-unsubscribe-post list-subscribe list-post list-archive list-owner ' +
  'list-help disposition-notification-to disposition-notification-options return-path received ' +
  'authentication-results dkim-signature auto-submitted x-mailer user-agent importance x-priority priority'
).split(' ');

/** Refusal 'not-found' where the UID is none of this folder. */
export async function fetchMessage(client: ImapFlow, uid: number): Promise<FetchMessageObject> {
  const message = isUid(uid)
    ? await client.fetchOne(
        `${uid}`,
        {
          uid: true,
          flags: true,
          envelope: true,
          bodyStructure: true,
          internalDate: true,
          size: true,
          threadId: true,
          headers: wantedFields,
        },
        { uid: true },
      )
    : false;
  if (!message) throw new Refusal('not-found', 'This message is no longer here.');
  return message;
}

/** The decoded text of a part, at most `limit` encoded bytes of it. */
export async function fetchText(
  client: ImapFlow,
  uid: number,
  part: TextPart,
  limit: number,
): Promise<{ text: string; isCut: boolean }> {
  const bytes = await fetchPart(client, uid, part.part, limit);
  const decoded = decodeTransfer(bytes, part.encoding);
  return { text: decodeCharset(decoded, part.charset), isCut: bytes.length >= limit };
}

/** The bytes of a section as they stand in the message. */
export async function fetchPart(
  client: ImapFlow,
  uid: number,
  part: string,
  limit: number,
): Promise<Buffer> {
  const query = { bodyParts: [{ key: part, start: 0, maxLength: limit }] };
  const message = await client.fetchOne(`${uid}`, query, { uid: true });
  if (!message) throw new Refusal('not-found', 'This message is no longer here.');
  return [...(message.bodyParts?.values() ?? [])][0] ?? Buffer.alloc(0);
}

/**
 * The frame has no cookies, so its images come along as data: URLs: only raster images of this very message
 * that the text refers to, ten megabytes in all.
 */
export async function readInlineImages(
  client: ImapFlow,
  uid: number,
  html: string,
  images: Attachment[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (!/cid:/i.test(html)) return found;
  let left = maxInlineBytes;
  for (const image of images.slice(0, 100)) {
    if (!image.contentId || image.sizeBytes > left) continue;
    const { content } = await client.download(`${uid}`, image.part, { uid: true, maxBytes: left });
    if (!content) continue;
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    left -= bytes.length;
    if (!isRasterImage(image.type, bytes)) continue;
    const type = image.type === 'image/jpg' ? 'image/jpeg' : image.type;
    found.set(image.contentId, `data:${type};base64,${bytes.toString('base64')}`);
  }
  return found;
}
