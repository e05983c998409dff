// The message that is answered, passed on, edited or resumed: what writing needs of it, its text parts undecorated.
import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { Refusal } from '../../errors.ts';
import { joinAddress, parseAddressList } from '../../mail/address.ts';
import { decodeCharset } from '../../mail/charset.ts';
import {
  findFields,
  type HeaderField,
  parseHeaderFields,
  readFieldText,
} from '../../mail/header.ts';
import { htmlToText } from '../../mail/text.ts';
import { decodeTransfer } from '../../mail/transfer.ts';
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { isUid } from '../imap/uid-set.ts';
import { cleanLine, type Person, toPeople } from '../list/message-list.ts';
import { type Attachment, readStructure, type TextPart } from '../reader/structure.ts';
import { joinFlowed } from '../reader/text-blocks.ts';

export type Original = {
  folder: string;
  uid: number;
  from: Person[];
  to: Person[];
  cc: Person[];
  bcc: Person[];
  replyTo: Person[];
  /** Mail-Followup-To: where answers to all shall go */
  followUpTo: Person[];
  /** RFC 2369 §3.4; null where the list takes none */
  listPost: Person | null;
  /** Addresses it was delivered to: Delivered-To, X-Original-To, Envelope-To */
  deliveredTo: string[];
  subject: string;
  /** ISO */
  date: string;
  messageId: string;
  inReplyTo: string;
  references: string[];
  /** Plain text: that of the message, or of its HTML */
  text: string;
  /** HTML as it came, hostile; null where there is none */
  html: string | null;
  attachments: Attachment[];
  inlineImages: Attachment[];
  fields: HeaderField[];
};

const maxTextBytes = 1024 * 1024;
const maxHtmlBytes = 4 * 1024 * 1024;
const deliveryFields = ['delivered-to', 'x-original-to', 'envelope-to'];
const wanted = [
  ...['references', 'in-reply-to', 'list-post', 'mail-followup-to', 'reply-to'],
  ...['x-drey-origin', 'x-drey-draft', ...deliveryFields],
];

/** Reads it. Refusal 'not-found'. */
export async function readOriginal(
  account: MailAccount,
  folder: string,
  uid: number,
): Promise<Original> {
  return withMailbox(account, folder, async (client) => {
    const message = await fetchOriginal(client, uid);
    const { envelope } = message;
    const fields = parseHeaderFields(message.headers ?? Buffer.alloc(0));
    const structure = readStructure(message.bodyStructure);
    const texts: string[] = [];
    let html: string | null = null;
    for (const body of structure.bodies.slice(0, 5)) {
      const { shown, alternative } = body;
      if (shown.isHtml && html === null) html = await fetchText(client, uid, shown, maxHtmlBytes);
      const part = alternative ?? shown;
      const text = await fetchText(client, uid, part, maxTextBytes);
      texts.push(part.isHtml ? htmlToText(text) : unflow(text, part));
    }
    return {
      folder,
      uid,
      from: toPeople(envelope?.from),
      to: toPeople(envelope?.to),
      cc: toPeople(envelope?.cc),
      bcc: toPeople(envelope?.bcc),
      replyTo: findFields(fields, 'reply-to').length > 0 ? toPeople(envelope?.replyTo) : [],
      followUpTo: readPeople(readFieldText(fields, 'mail-followup-to')),
      listPost: readListPost(readFieldText(fields, 'list-post')),
      deliveredTo: deliveryFields.flatMap((name) =>
        findFields(fields, name)
          .slice(0, 5)
          .flatMap((field) => readPeople(field.rawValue).map(({ address }) => address)),
      ),
      subject: cleanLine(envelope?.subject ?? ''),
      date: readDate(envelope?.date ?? message.internalDate),
      messageId: cleanLine(envelope?.messageId ?? '').slice(0, 998),
      inReplyTo: readIds(readFieldText(fields, 'in-reply-to'))[0] ?? '',
      references: readIds(readFieldText(fields, 'references')).slice(-50),
      text: texts.join('\n\n'),
      html,
      attachments: structure.attachments,
      inlineImages: structure.inlineImages,
      fields,
    };
  });
}

async function fetchOriginal(client: ImapFlow, uid: number): Promise<FetchMessageObject> {
  const query = {
    uid: true,
    envelope: true,
    bodyStructure: true,
    internalDate: true,
    headers: wanted,
  };
  const message = isUid(uid) ? await client.fetchOne(`${uid}`, query, { uid: true }) : false;
  if (!message) throw new Refusal('not-found', 'This message is no longer here.');
  return message;
}

async function fetchText(
  client: ImapFlow,
  uid: number,
  part: TextPart,
  limit: number,
): Promise<string> {
  const query = { bodyParts: [{ key: part.part, start: 0, maxLength: limit }] };
  const message = await client.fetchOne(`${uid}`, query, { uid: true });
  if (!message) throw new Refusal('not-found', 'This message is no longer here.');
  const bytes = [...(message.bodyParts?.values() ?? [])][0] ?? Buffer.alloc(0);
  return decodeCharset(decodeTransfer(bytes, part.encoding), part.charset);
}

function unflow(text: string, part: TextPart): string {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  return part.isFlowed ? joinFlowed(lines, part.isDelSp).join('\n') : lines.join('\n');
}

function readIds(text: string): string[] {
  return text.match(/<[^<>\s]{1,500}>/g) ?? [];
}

function readPeople(text: string): Person[] {
  return parseAddressList(text.slice(0, 20_000))
    .slice(0, 100)
    .map(({ name, local, domain }) => ({
      name: cleanLine(name).slice(0, 200),
      address: cleanLine(joinAddress(local, domain)).slice(0, 320),
    }))
    .filter(({ address }) => address.includes('@'));
}

/** RFC 2369 §2: the first address that can be used; "NO" where the list takes no mail. */
function readListPost(text: string): Person | null {
  const address = /<\s*mailto:([^<>?\s]{3,320})/i.exec(text)?.[1];
  if (!address) return null;
  try {
    return readPeople(decodeURIComponent(address))[0] ?? null;
  } catch {
    return null;
  }
}

function readDate(date: Date | string | undefined): string {
  const value = date instanceof Date ? date : new Date(date ?? 0);
  return Number.isNaN(value.getTime()) ? new Date(0).toISOString() : value.toISOString();
}
