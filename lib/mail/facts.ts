// Everything about a message that is computed once, on its arrival: finished IMAP answers, the part tree,
// decoded text for lists and search, ids for threads. Stored with FACTS_VERSION, so it can be made anew.
import { describeAddress, parseAddressList } from './address.ts';
import { parseDate } from './date.ts';
import { formatEnvelope } from './envelope.ts';
import {
  findField,
  findFields,
  type HeaderField,
  parseHeaderFields,
  readFieldText,
  readRawText,
  unfold,
} from './header.ts';
import { isInLineForm } from './line-form.ts';
import { eachPart, type Part, parseMime, partName } from './mime.ts';
import { renderBody, renderBodyStructure } from './structure.ts';
import { baseSubject } from './subject.ts';
import { extractText, makePreview } from './text.ts';

/** Raise it when any of the facts is computed differently. */
export const FACTS_VERSION = 5;

const MAX_SUBJECT = 4_000;
const MAX_ADDRESS_FIELD = 64 * 1024;
const MAX_ADDRESS_TEXT = 64 * 1024;
const MAX_ID = 500;
const MAX_REFERENCES = 200;
const MAX_REFERENCES_TEXT = 256 * 1024;

/**
 * Facts of a message. `header` ends with its empty line; `envelope`, `bodyStructure` and `body` are finished
 * IMAP; the texts are decoded and well-formed; `messageId` and `references` keep their angle brackets.
 */
export type MessageFacts = {
  header: Buffer;
  envelope: Buffer;
  bodyStructure: Buffer;
  body: Buffer;
  parts: Part;
  subject: string;
  baseSubject: string;
  fromText: string;
  toText: string;
  ccText: string;
  sentAt: Date | null;
  messageId: string;
  references: string[];
  preview: string;
  hasAttachments: boolean;
  headerText: string;
  bodyText: string;
  receivedCount: number;
  /** POP3 may send it as it is (lib/mail/line-form.ts); kept with the message, not with its rendering */
  isInLineForm: boolean;
};

/** The facts of any bytes whatever; never throws, linear in their number. */
export function computeFacts(bytes: Buffer): MessageFacts {
  const parts = parseMime(bytes);
  const header = bytes.subarray(0, parts.headerEnd);
  const fields = parseHeaderFields(header);
  const { headerText, bodyText, leadText } = extractText(bytes, parts);
  const subject = cutText(readFieldText(fields, 'subject'), MAX_SUBJECT);
  return {
    header,
    envelope: Buffer.from(formatEnvelope(fields), 'utf8'),
    bodyStructure: renderBodyStructure(parts),
    body: renderBody(parts),
    parts,
    subject,
    baseSubject: baseSubject(subject),
    fromText: readAddresses(fields, 'from'),
    toText: readAddresses(fields, 'to'),
    ccText: readAddresses(fields, 'cc'),
    sentAt: parseDate(readFieldText(fields, 'date')),
    messageId: readMessageId(fields),
    references: readReferences(fields),
    preview: makePreview(leadText),
    hasAttachments: findAttachment(parts),
    headerText,
    bodyText,
    receivedCount: findFields(fields, 'received').length,
    isInLineForm: isInLineForm(bytes),
  };
}

function cutText(text: string, limit: number): string {
  return text.slice(0, limit).toWellFormed();
}

/** Addresses as text that `parseAddressList` reads back: names decoded, quoted where they would mislead. */
function readAddresses(fields: HeaderField[], name: string): string {
  const pieces: string[] = [];
  let length = 0;
  for (const field of findFields(fields, name)) {
    if (length > MAX_ADDRESS_TEXT) break;
    for (const address of parseAddressList(
      readRawText(field.rawValue.slice(0, MAX_ADDRESS_FIELD)),
    )) {
      const text = describeAddress(address);
      length += text.length + 2;
      if (length > MAX_ADDRESS_TEXT) break;
      if (text !== '') pieces.push(text);
    }
  }
  return cutText(pieces.join(', '), MAX_ADDRESS_TEXT);
}

function readMessageId(fields: HeaderField[]): string {
  const field = findField(fields, 'message-id');
  if (!field) return '';
  const text = unfold(field.rawValue.slice(0, MAX_REFERENCES_TEXT));
  const id = listIds(text)[0];
  if (id) return id;
  // Some senders forget the brackets.
  return /^[!-~]{1,490}$/.test(text) && !/[<>]/.test(text) ? `<${text}>` : '';
}

/** Ids of References, then of In-Reply-To, each once; of more than 200 the first and the last ones. */
function readReferences(fields: HeaderField[]): string[] {
  const found = new Set<string>();
  for (const name of ['references', 'in-reply-to']) {
    for (const field of findFields(fields, name).slice(0, 20)) {
      const raw = field.rawValue;
      // The nearest ancestors stand at the end.
      const text = raw.length > MAX_REFERENCES_TEXT ? raw.slice(-MAX_REFERENCES_TEXT) : raw;
      for (const id of listIds(unfold(text))) found.add(id);
    }
  }
  const ids = [...found];
  return ids.length <= MAX_REFERENCES
    ? ids
    : [ids[0]!, ...ids.slice(ids.length - MAX_REFERENCES + 1)];
}

/** The `<...>` ids of a text in order; what is too long or holds blanks is passed over. */
function listIds(text: string): string[] {
  const ids: string[] = [];
  let open = text.indexOf('<');
  while (open >= 0) {
    const close = text.indexOf('>', open);
    if (close < 0) break;
    // `<a <b@c>`: the last bracket before the end counts.
    const start = text.lastIndexOf('<', close);
    const id = text.slice(start, close + 1).replace(/[ \t]+/g, '');
    if (id.length > 2 && id.length <= MAX_ID && /^<[!-~\u0080-\u00ff]+>$/.test(id)) ids.push(id);
    open = text.indexOf('<', close);
  }
  return ids;
}

/** True when a person would say that something is attached: not for inline pictures and signatures. */
function findAttachment(root: Part): boolean {
  let isFound = false;
  eachPart(root, (part) => {
    if (!isFound && part.type !== 'multipart') isFound = isAttachment(part);
  });
  return isFound;
}

function isAttachment(part: Part): boolean {
  const type = `${part.type}/${part.subtype}`;
  if (/^application\/(?:pgp-signature|(?:x-)?pkcs7-signature|pgp-encrypted)$/.test(type))
    return false;
  if (part.disposition === 'attachment') return true;
  if (type === 'message/rfc822' || type === 'message/global') return true;
  if (part.type === 'text' || part.type === 'message') return false;
  if (part.disposition === 'inline' || part.id !== null) return false;
  return part.type === 'application' || partName(part) !== '';
}
