// One FETCH answer from what the store holds. Finished texts (ENVELOPE, BODYSTRUCTURE) pass through as
// bytes; sections are cut from the message's own octets, never rebuilt.
import { formatInternalDate } from '#lib/mail/date.ts';
import { quoteOrLiteral } from '#lib/mail/imap-string.ts';
import { pickFields, readSection } from '#lib/mail/section.ts';
import type { Entry } from '#server/store/journal.ts';
import {
  type RenderedMessage,
  readBytes,
  readParts,
  type StoredMessage,
} from '#server/store/read.ts';
import type { FetchItem, PlainItem, SectionItem } from './fetch-item.ts';
import { formatFlags } from './flags.ts';

/** How much of a message must be read: flags alone, its row, its rendering. */
export type Depth = 'entry' | 'row' | 'rendering';
export type Fetched = Entry | StoredMessage | RenderedMessage;

type Piece = string | Buffer;

const rowItems: readonly PlainItem[] = [
  'INTERNALDATE',
  'SAVEDATE',
  'RFC822.SIZE',
  'EMAILID',
  'THREADID',
];
const renderedItems: readonly PlainItem[] = ['ENVELOPE', 'BODY', 'BODYSTRUCTURE', 'PREVIEW'];

/** The least that answers all of `items`. */
export function depthOf(items: readonly FetchItem[]): Depth {
  let depth: Depth = 'entry';
  for (const item of items) {
    const isRendered =
      item.kind === 'plain' ? renderedItems.includes(item.name) : isHeaderOnly(item);
    if (isRendered) return 'rendering';
    if (item.kind === 'section' || rowItems.includes(item.name)) depth = 'row';
  }
  return depth;
}

/** Header sections of the message itself need no body. */
function isHeaderOnly({ section }: SectionItem): boolean {
  return section.path.length === 0 && ['HEADER', 'FIELDS', 'FIELDS.NOT'].includes(section.kind);
}

/** `* n FETCH (…)` with its line end. `message` must be of the depth that `items` need. */
export async function formatMessage(
  number: number,
  message: Fetched,
  items: readonly FetchItem[],
  isRecent: boolean,
): Promise<Buffer> {
  const pieces: Piece[] = [`* ${number} FETCH (`];
  let source: Source | null = null;
  for (const [index, item] of items.entries()) {
    if (index > 0) pieces.push(' ');
    if (item.kind === 'plain')
      pieces.push(`${item.name} `, formatPlain(item.name, message, isRecent));
    else {
      source ??= new Source(message as RenderedMessage);
      pieces.push(...formatSectionData(item, await source.read(item)));
    }
  }
  pieces.push(')\r\n');
  return Buffer.concat(
    pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)),
  );
}

/** The bytes of one message, read at most once for all sections of an answer. */
class Source {
  #message: RenderedMessage;
  #bytes: Promise<Buffer> | null = null;
  #parts: ReturnType<typeof readParts> | null = null;

  constructor(message: RenderedMessage) {
    this.#message = message;
  }

  async read(item: SectionItem): Promise<Buffer | null> {
    const { section } = item;
    if (isHeaderOnly(item)) {
      const header = Buffer.concat([this.#message.prefix, this.#message.header]);
      if (section.kind === 'HEADER') return header;
      return pickFields(header, section.fields, section.kind === 'FIELDS.NOT');
    }
    this.#bytes ??= readBytes(this.#message);
    if (section.path.length === 0 && section.kind === 'ALL') return this.#bytes;
    this.#parts ??= readParts(this.#message);
    return readSection(await this.#bytes, await this.#parts, section);
  }
}

function formatPlain(name: PlainItem, message: Fetched, isRecent: boolean): Piece {
  const row = message as StoredMessage;
  const rendered = message as RenderedMessage;
  switch (name) {
    case 'UID':
      return `${message.uid}`;
    case 'FLAGS':
      return formatFlags(message.flags, message.keywords, isRecent);
    case 'MODSEQ':
      return `(${message.modseq})`;
    case 'INTERNALDATE':
      return `"${formatInternalDate(row.internalDate)}"`;
    case 'SAVEDATE':
      return `"${formatInternalDate(row.savedAt)}"`;
    case 'RFC822.SIZE':
      return `${row.sizeBytes}`;
    case 'EMAILID':
      return `(${row.emailId})`;
    case 'THREADID':
      return `(${row.threadId})`;
    case 'ENVELOPE':
      return requireText(rendered.envelope);
    case 'BODY':
      return requireText(rendered.body);
    case 'BODYSTRUCTURE':
      return requireText(rendered.bodyStructure);
    case 'PREVIEW':
      return quoteOrLiteral(rendered.preview);
  }
}

/** A missing rendering is our fault; half an answer would desynchronize the client. */
function requireText(text: Buffer): Buffer {
  if (text.length === 0) throw new Error('the message has no rendering');
  return text;
}

function formatSectionData(item: SectionItem, bytes: Buffer | null): Piece[] {
  if (bytes === null) return [`${item.label} NIL`];
  const { partial } = item;
  const origin = partial ? `<${partial.start}>` : '';
  // RFC 3501 §6.4.5: at or past the end there is an empty string; Thunderbird reads up to it.
  const data = partial ? bytes.subarray(partial.start, partial.start + partial.count) : bytes;
  if (data.length === 0) return [`${item.label}${origin} ""`];
  return [`${item.label}${origin} {${data.length}}\r\n`, data];
}
