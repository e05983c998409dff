// Originals that are quoted as HTML: cleaned, with copies of their images, kept beside the uploads of the message
// being written, and shown in a frame of their own (never inside the page).

import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { isRefusal, Refusal } from '../../errors.ts';
import { cleanHtmlApart } from '../html/clean-apart.ts';
import { type FrameDocument, frameDocument } from '../html/frame-document.ts';
import type { MailAccount } from '../imap/pool.ts';
import { openPart } from '../reader/part.ts';
import { isRasterImage } from '../reader/part-headers.ts';
import { listImageIds } from './body.ts';
import type { Original } from './original.ts';
import { cleanQuote } from './outgoing-apart.ts';
import { findUpload, readUpload, storeUpload, type Upload } from './uploads.ts';

const quoteType = 'text/x-drey-quote';
const maxShownBytes = 10 * 1024 * 1024;

/** HTML of an original, cleaned for passing on, its images as uploads. Refusal 'limit' where that takes too long. */
export async function prepareQuote(account: MailAccount, original: Original): Promise<string> {
  const source = original.html ?? '';
  const images = new Map<string, string>();
  if (/cid:/i.test(source)) {
    for (const image of original.inlineImages.slice(0, 100)) {
      if (!image.contentId) continue;
      const { id } = await copyPart(account, original, image.part);
      images.set(image.contentId, id);
    }
  }
  return cleanQuote({ source, images });
}

/** A copy of a part of the original as an upload. */
export async function copyPart(
  account: MailAccount,
  { folder, uid }: { folder: string; uid: number },
  part: string,
): Promise<Upload> {
  const { fileName, type, content } = await openPart(account, folder, uid, part);
  return storeUpload(account.id, { fileName, type }, content);
}

/** Keeps the markup of a quote; gives the id under which it is found again. */
export async function storeQuote(accountId: string, html: string): Promise<string> {
  const file = { fileName: 'quote.html', type: quoteType };
  return (await storeUpload(accountId, file, Readable.from([Buffer.from(html)]))).id;
}

/** Markup of a kept quote. Refusal 'not-found'. */
export async function readQuote(accountId: string, id: string): Promise<string> {
  const upload = await findUpload(accountId, id);
  if (upload.type !== quoteType) throw new Refusal('not-found', 'This quote does not exist.');
  return (await buffer(readUpload(accountId, upload))).toString('utf8');
}

/** A kept quote as the document of a frame; nothing is loaded from other servers. */
export async function showQuote(
  accountId: string,
  id: string,
  isDark: boolean,
): Promise<FrameDocument> {
  const html = await readQuote(accountId, id);
  const inlineImages = await readImages(accountId, html);
  const options = { mayLoadRemote: false, inlineImages };
  const clean = await cleanHtmlApart(html, options);
  return frameDocument(clean, { mayLoadRemote: false, isDark });
}

async function readImages(accountId: string, html: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let left = maxShownBytes;
  for (const id of listImageIds(html)) {
    const upload = await findUpload(accountId, id).catch((error: unknown) => {
      if (isRefusal(error)) return null;
      throw error;
    });
    if (!upload || upload.sizeBytes > left) continue;
    const bytes = await buffer(readUpload(accountId, upload));
    left -= bytes.length;
    if (!isRasterImage(upload.type, bytes)) continue;
    const type = upload.type === 'image/jpg' ? 'image/jpeg' : upload.type;
    found.set(id, `data:${type};base64,${bytes.toString('base64')}`);
  }
  return found;
}
