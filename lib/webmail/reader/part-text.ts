// The text of an attachment, for cards, invitations and the viewer: bounded and decoded, never more than text.
import { Refusal } from '../../errors.ts';
import { decodeCharset } from '../../mail/charset.ts';
import type { MailAccount } from '../imap/pool.ts';
import { openPart } from './part.ts';

export type PartText = { text: string; type: string; fileName: string; isCut: boolean };

/** At most `maxBytes` of a part. Refusal 'not-found', 'invalid' for what is no text. */
export async function readPartText(
  account: MailAccount,
  folder: string,
  uid: number,
  part: string,
  maxBytes = 512 * 1024,
): Promise<PartText> {
  const { content, type, fileName } = await openPart(account, folder, uid, part);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  let isCut = false;
  for await (const chunk of content) {
    const left = maxBytes - sizeBytes;
    chunks.push((chunk as Buffer).subarray(0, left));
    sizeBytes += (chunk as Buffer).length;
    if (sizeBytes > maxBytes) {
      isCut = true;
      content.destroy();
      break;
    }
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.subarray(0, 8192).includes(0)) throw new Refusal('invalid', 'This file is no text.');
  return { text: decodeCharset(bytes, 'utf-8'), type, fileName, isCut };
}
