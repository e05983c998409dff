// One message as the reader shows it: headers, the shown text parts, the list of attachments, what is known of its
// sender. Only what is shown is fetched; HTML is cleaned once and kept for the frame that asks for it next. The same for
// a message inside a message, which is named by its part.
import type { FetchMessageObject, ImapFlow, MessageStructureObject } from 'imapflow';
import { isRefusal, Refusal } from '../../errors.ts';
import { findFields, parseHeaderFields, readFieldText } from '../../mail/header.ts';
import { htmlToText } from '../../mail/text.ts';
import { readPreferences } from '../../preferences/index.ts';
import { cleanHtmlApart } from '../html/clean-apart.ts';
import { type CleanHtml, maxHtmlLength } from '../html/clean-html.ts';
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { cleanLine, type MessageRow, type Person, toPeople, toRow } from '../list/message-list.ts';
import { type RecentMap, recentMap } from '../recent-map.ts';
import { openImageGate } from '../remote/image-address.ts';
import { type MessageFacts, readFacts } from './facts.ts';
import { fetchMessage, fetchText, maxTextBytes, readInlineImages } from './fetch-message.ts';
import { findNested, structureAround } from './nested.ts';
import { type Attachment, readStructure, type Structure, type TextPart } from './structure.ts';
import { joinFlowed, type TextBlock, toTextBlocks } from './text-blocks.ts';
import { openTnefs } from './tnef.ts';

export type HtmlView = {
  kind: 'html';
  part: string;
  plainPart: string | null;
} & Pick<
  CleanHtml,
  'remoteImages' | 'trackers' | 'hasColors' | 'hasDarkColors' | 'isLaidOut' | 'oddLinks' | 'lines'
>;
export type BodyView =
  | { kind: 'text'; part: string; blocks: TextBlock[]; isCut: boolean }
  | HtmlView;

export type MessageView = Omit<MessageRow, 'preview' | 'to' | 'cc' | 'sentAt'> & {
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
  facts: MessageFacts;
};

/** A message inside another one: nothing is known of how it came. */
export type NestedView = Pick<
  MessageView,
  'from' | 'to' | 'cc' | 'subject' | 'sentAt' | 'bodies' | 'attachments'
> & { part: string };

export type CleanWish = {
  mayLoadRemote: boolean;
  isDark: boolean;
  hasPlainLinks: boolean;
};

/** Counts up when the cleaner gives something else for the same message. */
const cleanerVersion = 4;
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
  const { 'reading.unwrapLinks': hasPlainLinks } = await readPreferences(account.id);
  const [message, bodies, structure] = await withMailbox(account, folder, async (client) => {
    const fetched = await fetchMessage(client, uid);
    const found = readStructure(fetched.bodyStructure);
    found.attachments = await openTnefs(client, uid, found.attachments);
    return [
      fetched,
      await viewBodies({ client, account, message: fetched, structure: found, hasPlainLinks }),
      found,
    ] as const;
  });
  const fields = parseHeaderFields(message.headers ?? Buffer.alloc(0));
  const { preview: _preview, ...row } = toRow(message, '');
  const { envelope } = message;
  const replyTo = toPeople(envelope?.replyTo);
  const keywords = message.flags ?? new Set<string>();
  return {
    ...row,
    folder,
    cc: toPeople(envelope?.cc),
    bcc: toPeople(envelope?.bcc),
    replyTo,
    sender: toPeople(envelope?.sender),
    sentAt: readDate(envelope?.date),
    messageId: cleanLine(envelope?.messageId ?? '').slice(0, 998),
    references: readReferences(readFieldText(fields, 'references')),
    isMailingList: findFields(fields, 'list-id').length > 0,
    bodies,
    attachments: structure.attachments.filter((each) => !isShownInline(each, bodies)),
    facts: await readFacts(account.id, { from: row.from, replyTo, fields, keywords }),
  };
}

/** Reads a message inside a message. Refusal 'not-found' where the part is none. */
export async function readNestedMessage(
  account: MailAccount,
  folder: string,
  uid: number,
  part: string,
): Promise<NestedView> {
  const { 'reading.unwrapLinks': hasPlainLinks } = await readPreferences(account.id);
  return withMailbox(account, folder, async (client) => {
    const message = await fetchMessage(client, uid);
    const found = findNested(message.bodyStructure, part);
    if (!found) throw new Refusal('not-found', 'This part is no message.');
    const structure = readStructure(found.root);
    structure.attachments = await openTnefs(client, uid, structure.attachments);
    const bodies = await viewBodies({ client, account, message, structure, hasPlainLinks });
    const { envelope } = found;
    return {
      part,
      from: toPeople(envelope?.from),
      to: toPeople(envelope?.to),
      cc: toPeople(envelope?.cc),
      subject: cleanLine(envelope?.subject ?? ''),
      sentAt: readDate(envelope?.date),
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
    const { bodies } = findStructure(message.bodyStructure, part);
    const texts = bodies.flatMap(({ shown, alternative }) =>
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
  wish: CleanWish,
): Promise<CleanHtml> {
  return withMailbox(account, folder, async (client) => {
    const message = await fetchMessage(client, uid);
    const structure = findStructure(message.bodyStructure, part);
    const body = structure.bodies.find((each) => each.shown.part === part && each.shown.isHtml);
    if (!body) throw new Refusal('not-found', 'This part does not exist.');
    const reading = { client, account, message, structure, hasPlainLinks: wish.hasPlainLinks };
    const plain = await cleanPart(reading, body.shown, { ...wish, isDark: false });
    // Few messages know the dark; all others are the same in it.
    return wish.isDark && plain.hasDarkColors ? cleanPart(reading, body.shown, wish) : plain;
  });
}

type Reading = {
  client: ImapFlow;
  account: MailAccount;
  message: FetchMessageObject;
  structure: Structure;
  hasPlainLinks: boolean;
};

function findStructure(root: MessageStructureObject | undefined, part: string): Structure {
  return readStructure(structureAround(root, part));
}

async function viewBodies(reading: Reading): Promise<BodyView[]> {
  const bodies: BodyView[] = [];
  for (const { shown, alternative } of reading.structure.bodies.slice(0, 10)) {
    bodies.push(
      shown.isHtml
        ? await viewHtml(reading, shown, alternative)
        : await viewText(reading.client, reading.message.uid, shown),
    );
  }
  return bodies;
}

async function viewText(client: ImapFlow, uid: number, part: TextPart): Promise<BodyView> {
  const { text, isCut } = await fetchText(client, uid, part, maxTextBytes);
  const flowed = part.isFlowed ? { isDelSp: part.isDelSp } : undefined;
  const plain = part.isHtml ? htmlToText(text) : text;
  return { kind: 'text', part: part.part, blocks: toTextBlocks(plain, flowed), isCut };
}

async function viewHtml(
  reading: Reading,
  part: TextPart,
  alternative: TextPart | null,
): Promise<BodyView> {
  const { hasPlainLinks } = reading;
  const wish = { mayLoadRemote: false, isDark: false, hasPlainLinks };
  const clean = await cleanPart(reading, part, wish).catch((error: unknown) => {
    if (isRefusal(error, 'limit')) return null;
    throw error;
  });
  // Markup made to keep a parser busy is shown by its words.
  if (!clean) return viewText(reading.client, reading.message.uid, alternative ?? part);
  const { html: _html, css: _css, ...known } = clean;
  return { kind: 'html', part: part.part, plainPart: alternative?.part ?? null, ...known };
}

/** The clean HTML of a part. A body never changes, so what was made of it once holds. */
async function cleanPart(reading: Reading, part: TextPart, wish: CleanWish): Promise<CleanHtml> {
  const { account, message, client, structure } = reading;
  const name = `${message.emailId ?? message.uid}`;
  const gate = wish.mayLoadRemote ? openImageGate(account.id, name) : null;
  const { isDark, hasPlainLinks } = wish;
  const key = [
    ...[cleanerVersion, account.id, message.emailId, message.size, part.part],
    ...[gate?.prefix ?? '', isDark, hasPlainLinks],
  ].join(' ');
  const known = message.emailId ? cleanBodies().get(key) : undefined;
  if (known) return known;
  const { text } = await fetchText(client, message.uid, part, maxHtmlLength);
  const inlineImages = await readInlineImages(client, message.uid, text, structure.inlineImages);
  const { mayLoadRemote } = wish;
  const options = { mayLoadRemote, gate, isDark, hasPlainLinks, inlineImages };
  const clean = await cleanHtmlApart(text, options);
  if (message.emailId) cleanBodies().set(key, clean, (clean.html.length + clean.css.length) * 2);
  return clean;
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
