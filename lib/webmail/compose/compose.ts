// What a person wrote into RFC 5322 bytes, through nodemailer's composer. Text is sent as format=flowed
// (RFC 3676) so that phones can wrap it; HTML goes out with its text beside it (RFC 2046 §5.1.4), its images
// inside (RFC 2387).
import { randomUUID } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { formatAddress } from '../../mail/address.ts';
import { removeFields } from '../../mail/header.ts';
import { readSetting } from '../../settings/index.ts';
import { cleanWritten, isPlain, joinBody, listImageIds, textOf } from './body.ts';
import { draftFields } from './draft-fields.ts';
import { toFlowed } from './flowed.ts';
import { listRecipients, type Outgoing } from './outgoing.ts';
import { readQuote } from './quotes.ts';
import { findUpload, readUpload, type Upload } from './uploads.ts';

export type Composed = { bytes: Buffer; messageId: string; recipients: string[] };
export type ComposeOptions = {
  isDraft: boolean;
  /** Keeps the fields of a draft although it is sent: it may still be taken back. */
  isHeld?: boolean;
  /** Date of the message; default now */
  date?: Date;
  /** CSS of what is written; empty = the reader's */
  font?: string;
  /** What has no formats goes as text alone. */
  isPlainPreferred?: boolean;
};
type Body = { text: string; html: string | null };

/**
 * The bytes of the message with its Bcc field: as it is kept in Sent or Drafts. A draft also remembers what
 * the composer knew. Refusal 'not-found' where an attached file is gone.
 */
export async function composeMessage(
  accountId: string,
  outgoing: Outgoing,
  options: ComposeOptions,
): Promise<Composed> {
  const body = await composeBody(accountId, outgoing, options);
  const uploads: Upload[] = [];
  for (const id of outgoing.attachments) uploads.push(await findUpload(accountId, id));
  const images: Upload[] = [];
  for (const id of listImageIds(body.html ?? '')) images.push(await findUpload(accountId, id));
  await refuseTooBig([...uploads, ...images]);
  const domain = outgoing.from.address.split('@').pop();
  const messageId = `<${randomUUID()}@${domain}>`;
  const composer = new MailComposer({
    from: outgoing.from,
    to: outgoing.to,
    cc: outgoing.cc,
    bcc: outgoing.bcc,
    ...(outgoing.replyTo.length > 0 ? { replyTo: outgoing.replyTo } : {}),
    subject: outgoing.subject,
    messageId,
    date: options.date ?? now(),
    ...(outgoing.inReplyTo ? { inReplyTo: outgoing.inReplyTo } : {}),
    ...(outgoing.references.length > 0 ? { references: outgoing.references } : {}),
    // Without any text the composer would leave the part out.
    text: (options.isDraft && !body.html ? toCrlf(body.text) : toFlowed(body.text)) || '\r\n',
    ...(body.html === null ? {} : { html: nameImages(body.html, domain ?? '') }),
    headers: { ...listHeaders(outgoing), ...(keepsFields(options) ? draftFields(outgoing) : {}) },
    attachments: [
      ...images.map((image) => ({
        ...toAttachment(accountId, image),
        cid: `${image.id}@${domain}`,
        contentDisposition: 'inline' as const,
      })),
      ...uploads.map((upload) => toAttachment(accountId, upload)),
    ],
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const message = composer.compile();
  markFlowed(message, options.isDraft && !body.html);
  message.keepBcc = true;
  return { bytes: await message.build(), messageId, recipients: listRecipients(outgoing) };
}

function keepsFields({ isDraft, isHeld }: ComposeOptions): boolean {
  return isDraft || isHeld === true;
}

async function composeBody(
  accountId: string,
  outgoing: Outgoing,
  { isDraft, font = '', isPlainPreferred = false }: ComposeOptions,
): Promise<Body> {
  if (!outgoing.isHtml) return { text: outgoing.text, html: null };
  const written = cleanWritten(outgoing.html);
  if (!isDraft && isPlainPreferred && isPlain(written, outgoing.quote !== null)) {
    return { text: textOf(written), html: null };
  }
  const { quote } = outgoing;
  const sealed = quote ? { html: await readQuote(accountId, quote.id), place: quote.place } : null;
  const html = joinBody(written, sealed, isDraft ? '' : font);
  return { text: textOf(html), html };
}

/** Images are named by what they are here and get a Content-ID that is unique in the world (RFC 2392). */
function nameImages(html: string, domain: string): string {
  return html.replace(/(\ssrc="cid:)([\w-]{24})"/gi, `$1$2@${domain}"`);
}

function toAttachment(accountId: string, upload: Upload) {
  return {
    filename: upload.fileName,
    content: readUpload(accountId, upload),
    contentType: upload.type,
    contentDisposition: 'attachment' as const,
  };
}

function listHeaders(outgoing: Outgoing): Record<string, string> {
  const headers: Record<string, string> = {};
  const { priority, identity } = outgoing;
  if (identity.organization) headers.Organization = identity.organization;
  if (priority !== 'normal') {
    const isHigh = priority === 'high';
    // RFC 2156 §5.3.6 for Importance; the other is what most programs still look at.
    headers['X-Priority'] = isHigh ? '1 (Highest)' : '5 (Lowest)';
    headers.Importance = isHigh ? 'high' : 'low';
  }
  if (outgoing.wantsReadReceipt) {
    // RFC 8098 §2.1
    headers['Disposition-Notification-To'] = formatAddress(outgoing.from);
  }
  return headers;
}

type Node = ReturnType<MailComposer['compile']>;

/** The composer has no option for it; without it the soft breaks would be hard ones. */
function markFlowed(message: Node, isFixed: boolean): void {
  if (isFixed) return;
  const find = (node: Node): Node | null => {
    if (node.childNodes.length === 0) return node;
    return find(node.childNodes[0] as Node);
  };
  find(message)?.setHeader('Content-Type', 'text/plain; charset=utf-8; format=flowed');
}

/** Before anything is read: the message is built in memory, and one file may be named a hundred times. */
async function refuseTooBig(uploads: readonly Upload[]): Promise<void> {
  const limit = await readSetting('smtp.messageSizeBytes');
  const sizeBytes = uploads.reduce((sum, upload) => sum + upload.sizeBytes, 0);
  if (limit > 0 && (sizeBytes * 4) / 3 > limit) {
    throw new Refusal('too-big', 'The attached files are too large together.', 'files');
  }
}

/** The same message as it may leave: no recipient learns of Bcc (RFC 5322 §3.6.3) or of what a draft remembers. */
export function withoutBcc(bytes: Buffer): Buffer {
  return removeFields(bytes, ['bcc', 'resent-bcc', 'x-drey-origin', 'x-drey-draft']);
}

function toCrlf(text: string): string {
  return text.replace(/\r\n?|\n/g, '\r\n');
}
