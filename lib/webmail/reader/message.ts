// One message as the reader shows it: headers, the shown text parts, the list of attachments. Only what is
// shown is fetched; HTML is cleaned once and kept for the frame that asks for it next.
import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { isRefusal, Refusal } from '../../errors.ts';
import { decodeCharset } from '../../mail/charset.ts';
import { findFields, parseHeaderFields, readFieldText } from '../../mail/header.ts';
import { htmlToText } from '../../mail/text.ts';
import { decodeTransfer } from '../../mail/transfer.ts';
import { cleanHtmlApart } from '../html/clean-apart.ts';
import { type CleanHtml, maxHtmlLength } from '../html/clean-html.ts';
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { isUid } from '../imap/uid-set.ts';
import { cleanLine, type MessageRow, type Person, toPeople, toRow } from '../list/message-list.ts';
import { type RecentMap, recentMap } from '../recent-map.ts';
import { isRasterImage } from './part-headers.ts';
import { type Attachment, readStructure, type Structure, type TextPart } from './structure.ts';
import { joinFlowed, type TextBlock, toTextBlocks } from './text-blocks.ts';

export type BodyView =
  | { kind: 'text'; part: string; blocks: TextBlock[]; isCut: boolean }
  | {
      kind: 'html';
      part: string;
      remoteImages: number;
      hasColors: boolean;
      plainPart: string | null;
    };

export type MessageView = Omit<MessageRow, 'preview' | 'to'> & {
  folder: string;
  to: Person[];
  cc: Person[];
  bcc: Person[];
  replyTo: Person[];
  sender: Person[];
  /** ISO, from the Date field; null where it has none */
  sentAt: string | null;
  messageId: string;
  references: string[];
  isMailingList: boolean;
  bodies: BodyView[];
  attachments: Attachment[];
};

const maxTextBytes = 1024 * 1024;
const maxInlineBytes = 10 * 1024 * 1024;

const shared = globalThis as { dreyCleanBodies?: RecentMap<CleanHtml> };
function cleanBodies(): RecentMap<CleanHtml> {
  shared.dreyCleanBodies ??= recentMap(300, 40 * 1024 * 1024);
  return shared.dreyCleanBodies;
}

/** Reads a message. Refusal 'not-found' where the folder or UID does not exist in this account. */
export async function readMessage(
  account: MailAccount,
  folder: string,
  uid: number,
): Promise<MessageView> {
  return withMailbox(account, folder, async (client) => {
    const message = await fetchMessage(client, uid);
    const structure = readStructure(message.bodyStructure);
    const fields = parseHeaderFields(message.headers ?? Buffer.alloc(0));
    const bodies: BodyView[] = [];
    for (const body of structure.bodies.slice(0, 10)) {
      const { shown, alternative } = body;
      bodies.push(
        shown.isHtml
          ? await viewHtml(client, account, message, structure, shown, alternative)
          : await viewText(client, uid, shown),
      );
    }
    const { preview: _preview, to: _to, ...row } = toRow(message, '');
    const { envelope } = message;
    return {
      ...row,
      folder,
      to: toPeople(envelope?.to),
      cc: toPeople(envelope?.cc),
      bcc: toPeople(envelope?.bcc),
      replyTo: toPeople(envelope?.replyTo),
      sender: toPeople(envelope?.sender),
      sentAt: readDate(envelope?.date),
      messageId: cleanLine(envelope?.messageId ?? '').slice(0, 998),
      references: readReferences(readFieldText(fields, 'references')),
      isMailingList: findFields(fields, 'list-id').length > 0,
      bodies,
      attachments: structure.attachments.filter((each) => !isShownInline(each, bodies)),
    };
  });
}

/** Message-IDs of a References field, the last fifty. */
export function readReferences(text: string): string[] {
  return (text.match(/<[^<>\s]{1,500}>/g) ?? []).slice(-50);
}

/** The plain text a reply quotes: the text alternative, or the text of the HTML. */
export async function readQuotableText(
  account: MailAccount,
  folder: string,
  uid: number,
): Promise<string> {
  return withMailbox(account, folder, async (client) => {
    const message = await fetchMessage(client, uid);
    const texts: string[] = [];
    for (const body of readStructure(message.bodyStructure).bodies.slice(0, 5)) {
      const part = body.alternative ?? body.shown;
      const { text } = await fetchText(client, uid, part, maxTextBytes);
      texts.push(part.isHtml ? htmlToText(text) : unflow(text, part));
    }
    return texts.join('\n\n');
  });
}

/** Blocks of the plain alternative, for "show as text". Refusal 'not-found' for a part that is no text. */
export async function readPlainBody(
  account: MailAccount,
  folder: string,
  uid: number,
  part: string,
): Promise<BodyView> {
  return withMailbox(account, folder, async (client) => {
    const message = await fetchMessage(client, uid);
    const texts = readStructure(message.bodyStructure).bodies.flatMap(({ shown, alternative }) =>
      alternative ? [shown, alternative] : [shown],
    );
    const found = texts.find((text) => text.part === part);
    if (!found) throw new Refusal('not-found', 'This part does not exist.');
    return viewText(client, uid, found);
  });
}

/** Cleaned HTML of a part for its frame. Refusal 'not-found' for a part that is not shown HTML. */
export async function readCleanHtml(
  account: MailAccount,
  folder: string,
  uid: number,
  part: string,
  mayLoadRemote: boolean,
): Promise<CleanHtml> {
  return withMailbox(account, folder, async (client) => {
    const message = await fetchMessage(client, uid);
    const structure = readStructure(message.bodyStructure);
    const body = structure.bodies.find((each) => each.shown.part === part && each.shown.isHtml);
    if (!body) throw new Refusal('not-found', 'This part does not exist.');
    return cleanPart(client, account, message, structure, body.shown, mayLoadRemote);
  });
}

async function fetchMessage(client: ImapFlow, uid: number): Promise<FetchMessageObject> {
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
          headers: ['references', 'list-id'],
        },
        { uid: true },
      )
    : false;
  if (!message) throw new Refusal('not-found', 'This message is no longer here.');
  return message;
}

async function fetchText(
  client: ImapFlow,
  uid: number,
  part: TextPart,
  limit: number,
): Promise<{ text: string; isCut: boolean }> {
  const bytes = await fetchPart(client, uid, part.part, limit);
  const decoded = decodeTransfer(bytes, part.encoding);
  return { text: decodeCharset(decoded, part.charset), isCut: bytes.length >= limit };
}

async function fetchPart(
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

async function viewText(client: ImapFlow, uid: number, part: TextPart): Promise<BodyView> {
  const { text, isCut } = await fetchText(client, uid, part, maxTextBytes);
  const flowed = part.isFlowed ? { isDelSp: part.isDelSp } : undefined;
  const plain = part.isHtml ? htmlToText(text) : text;
  return { kind: 'text', part: part.part, blocks: toTextBlocks(plain, flowed), isCut };
}

async function viewHtml(
  client: ImapFlow,
  account: MailAccount,
  message: FetchMessageObject,
  structure: Structure,
  part: TextPart,
  alternative: TextPart | null,
): Promise<BodyView> {
  const clean = await cleanPart(client, account, message, structure, part, false).catch(
    (error: unknown) => {
      if (isRefusal(error, 'limit')) return null;
      throw error;
    },
  );
  // Markup made to keep a parser busy is shown by its words.
  if (!clean) return viewText(client, message.uid, alternative ?? part);
  return {
    kind: 'html',
    part: part.part,
    remoteImages: clean.remoteImages,
    hasColors: clean.hasColors,
    plainPart: alternative?.part ?? null,
  };
}

async function cleanPart(
  client: ImapFlow,
  account: MailAccount,
  message: FetchMessageObject,
  structure: Structure,
  part: TextPart,
  mayLoadRemote: boolean,
): Promise<CleanHtml> {
  const key = [account.id, message.emailId, message.size, part.part, mayLoadRemote].join(' ');
  const known = message.emailId ? cleanBodies().get(key) : undefined;
  if (known) return known;
  const { text } = await fetchText(client, message.uid, part, maxHtmlLength);
  const inlineImages = await readInlineImages(client, message.uid, text, structure.inlineImages);
  const clean = await cleanHtmlApart(text, { mayLoadRemote, inlineImages });
  if (message.emailId) cleanBodies().set(key, clean, (clean.html.length + clean.css.length) * 2);
  return clean;
}

/**
 * The frame has no cookies, so its images come along as data: URLs: only raster images of this very message
 * that the text refers to, ten megabytes in all.
 */
async function readInlineImages(
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

function isShownInline(attachment: Attachment, bodies: BodyView[]): boolean {
  return attachment.isInline && bodies.some((body) => body.kind === 'html');
}

function unflow(text: string, part: TextPart): string {
  if (!part.isFlowed) return text;
  return joinFlowed(text.replace(/\r\n?/g, '\n').split('\n'), part.isDelSp).join('\n');
}

function readDate(date: Date | string | undefined): string | null {
  if (!date) return null;
  const value = date instanceof Date ? date : new Date(date);
  return Number.isNaN(value.getTime()) ? null : value.toISOString();
}
