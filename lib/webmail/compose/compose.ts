// What a person wrote into RFC 5322 bytes, through nodemailer's composer. Text is sent as format=flowed
// (RFC 3676) so that phones can wrap it. Input comes from a browser: everything is checked here.

import { randomUUID } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { canonicalAddress, joinAddress, parseAddressList } from '../../mail/address.ts';
import { removeFields, safeHeaderText } from '../../mail/header.ts';
import { readSetting } from '../../settings/index.ts';
import { isUid } from '../imap/uid-set.ts';
import { checkFolderPath, type Person } from '../list/message-list.ts';
import { findUpload, readUpload, type Upload } from './uploads.ts';

/** What a message answers or passes on: marked when it is sent. */
export type Origin = { kind: 'reply' | 'forward'; folder: string; uid: number };

export type Outgoing = {
  from: Person;
  to: Person[];
  cc: Person[];
  bcc: Person[];
  subject: string;
  text: string;
  inReplyTo: string;
  references: string[];
  /** Ids of uploads */
  attachments: string[];
  origin: Origin | null;
};

export type Composed = { bytes: Buffer; messageId: string; recipients: string[] };

const maxRecipients = 500;
const maxTextLength = 2 * 1024 * 1024;
const messageIdPattern = /^<[^<>\s]{1,500}>$/;
const originField = 'X-Drey-Origin';

/** Checks what came from the browser. Refusal 'invalid' with the field. `own` are the sender's addresses. */
export function readOutgoing(input: unknown, own: { addresses: string[]; name: string }): Outgoing {
  const fields = (typeof input === 'object' && input !== null ? input : {}) as Record<
    string,
    unknown
  >;
  const text = typeof fields.text === 'string' ? fields.text : '';
  if (text.length > maxTextLength) throw new Refusal('too-big', 'The text is too long.', 'text');
  const wanted = typeof fields.from === 'string' ? canonicalAddress(fields.from) : null;
  const address = wanted ?? own.addresses[0]!;
  if (!own.addresses.includes(address)) {
    throw new Refusal('forbidden', 'You may not send from this address.', 'from');
  }
  const outgoing: Outgoing = {
    from: { name: own.name, address },
    to: readPeople(fields.to, 'to'),
    cc: readPeople(fields.cc, 'cc'),
    bcc: readPeople(fields.bcc, 'bcc'),
    subject: safeHeaderText(typeof fields.subject === 'string' ? fields.subject : '').slice(
      0,
      2000,
    ),
    text,
    inReplyTo: readMessageIds([fields.inReplyTo])[0] ?? '',
    references: readMessageIds(Array.isArray(fields.references) ? fields.references : []).slice(
      -50,
    ),
    attachments: (Array.isArray(fields.attachments) ? fields.attachments : [])
      .filter((id): id is string => typeof id === 'string')
      .slice(0, 100),
    origin: readOrigin(fields.origin),
  };
  const count = outgoing.to.length + outgoing.cc.length + outgoing.bcc.length;
  if (count > maxRecipients)
    throw new Refusal('limit', `At most ${maxRecipients} recipients.`, 'to');
  return outgoing;
}

/** Refusal 'invalid' where there is no recipient or one that cannot be an address. */
export function checkRecipients(outgoing: Outgoing): void {
  const all = [...outgoing.to, ...outgoing.cc, ...outgoing.bcc];
  if (all.length === 0) throw new Refusal('invalid', 'Add at least one recipient.', 'to');
  for (const person of all) {
    if (canonicalAddress(person.address) === null) {
      throw new Refusal('invalid', `“${person.address.slice(0, 100)}” is not an address.`, 'to');
    }
  }
}

function readPeople(value: unknown, field: string): Person[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, maxRecipients + 1).map((each) => {
    const person = (typeof each === 'object' && each !== null ? each : {}) as Record<
      string,
      unknown
    >;
    if (typeof person.address !== 'string' || person.address.length > 320) {
      throw new Refusal('invalid', 'A recipient is not an address.', field);
    }
    const name = typeof person.name === 'string' ? person.name : '';
    return {
      name: safeHeaderText(name).slice(0, 200),
      address: safeHeaderText(person.address).trim(),
    };
  });
}

function readMessageIds(values: unknown[]): string[] {
  return values.filter((id): id is string => typeof id === 'string' && messageIdPattern.test(id));
}

function readOrigin(value: unknown): Origin | null {
  const origin = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  const { kind, folder, uid } = origin;
  if ((kind !== 'reply' && kind !== 'forward') || !isUid(uid)) return null;
  return { kind, folder: checkFolderPath(folder), uid };
}

/**
 * The bytes of the message with its Bcc field: as it is kept in Sent or Drafts. A draft also remembers its
 * origin. Refusal 'not-found' where an attached file is gone.
 */
export async function composeMessage(
  accountId: string,
  outgoing: Outgoing,
  options: { isDraft: boolean },
): Promise<Composed> {
  const uploads: Upload[] = [];
  for (const id of outgoing.attachments) uploads.push(await findUpload(accountId, id));
  await refuseTooBig(uploads);
  const messageId = `<${randomUUID()}@${outgoing.from.address.split('@').pop()}>`;
  const headers: Record<string, string> = {};
  if (options.isDraft && outgoing.origin) headers[originField] = formatOrigin(outgoing.origin);
  const composer = new MailComposer({
    from: outgoing.from,
    to: outgoing.to,
    cc: outgoing.cc,
    bcc: outgoing.bcc,
    subject: outgoing.subject,
    messageId,
    date: now(),
    ...(outgoing.inReplyTo ? { inReplyTo: outgoing.inReplyTo } : {}),
    ...(outgoing.references.length > 0 ? { references: outgoing.references } : {}),
    // Without any text the composer would leave the part out.
    text: (options.isDraft ? toCrlf(outgoing.text) : toFlowed(outgoing.text)) || '\r\n',
    headers,
    attachments: uploads.map((upload) => ({
      filename: upload.fileName,
      content: readUpload(accountId, upload),
      contentType: upload.type,
      contentDisposition: 'attachment',
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const message = composer.compile();
  const textNode = message.childNodes[0] ?? message;
  // The composer has no option for it; without it the soft breaks would be hard ones.
  if (!options.isDraft) {
    textNode.setHeader('Content-Type', 'text/plain; charset=utf-8; format=flowed');
  }
  message.keepBcc = true;
  return { bytes: await message.build(), messageId, recipients: listRecipients(outgoing) };
}

/** Before anything is read: the message is built in memory, and one file may be named a hundred times. */
async function refuseTooBig(uploads: readonly Upload[]): Promise<void> {
  const limit = await readSetting('smtp.messageSizeBytes');
  const sizeBytes = uploads.reduce((sum, upload) => sum + upload.sizeBytes, 0);
  if (limit > 0 && (sizeBytes * 4) / 3 > limit) {
    throw new Refusal('too-big', 'The attached files are too large together.', 'files');
  }
}

/** The same message as it may leave: no recipient learns of Bcc (RFC 5322 §3.6.3). */
export function withoutBcc(bytes: Buffer): Buffer {
  return removeFields(bytes, ['bcc', 'resent-bcc']);
}

/** Envelope recipients, each once, canonical. */
export function listRecipients(outgoing: Outgoing): string[] {
  const all = [...outgoing.to, ...outgoing.cc, ...outgoing.bcc];
  return [
    ...new Set(all.map((each) => canonicalAddress(each.address)).filter((each) => each !== null)),
  ];
}

function toCrlf(text: string): string {
  return text.replace(/\r\n?|\n/g, '\r\n');
}

/** RFC 3676 §4.2: lines break softly at 76 columns; quotes and the signature mark keep their lines. */
export function toFlowed(text: string): string {
  const lines: string[] = [];
  for (const raw of text.replace(/\r\n?/g, '\n').split('\n')) {
    const line = raw === '-- ' ? raw : raw.replace(/ +$/, '');
    if (line.startsWith('>') || line === '-- ') lines.push(line);
    else lines.push(...wrapSoftly(line));
  }
  return lines.join('\r\n');
}

function wrapSoftly(line: string): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > 76) {
    const space = rest.lastIndexOf(' ', 75);
    const at = space > 0 ? space : rest.indexOf(' ', 76);
    if (at <= 0) break;
    lines.push(stuff(rest.slice(0, at + 1)));
    rest = rest.slice(at + 1);
  }
  lines.push(stuff(rest));
  return lines;
}

/** §4.4: a line that begins like a quote, a space or "From " gets a space in front. */
function stuff(line: string): string {
  return /^(?: |>|From )/.test(line) ? ` ${line}` : line;
}

function formatOrigin(origin: Origin): string {
  return `${origin.kind} ${origin.uid} ${encodeURIComponent(origin.folder)}`;
}

/** The origin a draft remembers, or null. */
export function parseOrigin(text: string): Origin | null {
  const match = /^(reply|forward) (\d{1,10}) (\S{1,3000})$/.exec(text.replace(/\s+/g, ' ').trim());
  if (!match) return null;
  try {
    const folder = decodeURIComponent(match[3]!);
    return readOrigin({ kind: match[1], uid: Number(match[2]), folder });
  } catch {
    return null;
  }
}

/** People out of typed or pasted text: "Ann <a@b.c>, d@e.f". */
export function parsePeople(text: string): Person[] {
  return parseAddressList(text.slice(0, 100_000)).map((each) => ({
    name: each.name,
    address: joinAddress(each.local, each.domain),
  }));
}
