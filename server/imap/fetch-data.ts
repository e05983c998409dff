// One FETCH answer from what the store holds. Finished texts (ENVELOPE, BODYSTRUCTURE) pass through as
// bytes; sections are cut from the message's own octets, never rebuilt.
import { quoteOrLiteral } from '#lib/mail/imap-string.ts';
import type { Entry } from '#server/store/journal.ts';
import type { RenderedMessage, StoredMessage } from '#server/store/read.ts';
import { formatColumn } from './fetch-column.ts';
import type { FetchItem, PlainItem, SectionItem } from './fetch-item.ts';
import { formatFlags } from './flags.ts';
import { isHeaderOnly, type MessageSources } from './message-source.ts';
import { renderUtf8 } from './utf8-rendering.ts';

/** How much of a message must be read: its row, its rendering. */
export type Depth = 'row' | 'rendering';
export type Fetched = Entry | StoredMessage | RenderedMessage;

export type Piece = string | Buffer;

const renderedItems: readonly PlainItem[] = ['ENVELOPE', 'BODY', 'BODYSTRUCTURE', 'PREVIEW'];

/** The least that answers all of `items`. */
export function depthOf(items: readonly FetchItem[]): Depth {
  const isRendered = items.some((item) =>
    item.kind === 'plain' ? renderedItems.includes(item.name) : isHeaderOnly(item.section),
  );
  return isRendered ? 'rendering' : 'row';
}

/** So much of one answer is held; a client may ask for one large message two hundred times in it. */
const portionBytes = 1024 * 1024;

export type Reading = {
  isRecent: boolean;
  sources: MessageSources;
  /** The client takes UTF-8 in quoted strings (RFC 9755 §3). */
  isUtf8: boolean;
};

/**
 * `* n FETCH (…)` with its line end, in portions of pieces. `message` must be of the depth that `items` need. False
 * when a part could not be decoded (RFC 3516 §4.3 UNKNOWN-CTE): its items are left out.
 */
export async function* formatMessage(
  number: number,
  message: Fetched,
  items: readonly FetchItem[],
  reading: Reading,
): AsyncGenerator<Piece[], boolean> {
  const start = `* ${number} FETCH (`;
  let pieces: Piece[] = [];
  let heldBytes = 0;
  let text = start;
  let left = 0;
  for (const item of items) {
    let values: Piece[] | null;
    if (item.kind === 'plain') {
      const value = readPlain(item.name, message, reading);
      // Nearly always at hand: thousands of messages must not wait for nothing.
      values = [`${item.name} `, value instanceof Promise ? await value : value];
    } else values = await readItem(item, message as RenderedMessage, reading.sources);
    if (values === null) {
      left++;
      continue;
    }
    if (text !== start) text += ' ';
    for (const value of values) {
      if (typeof value === 'string') text += value;
      else {
        pieces.push(text, value);
        text = '';
        heldBytes += value.length;
      }
    }
    if (heldBytes < portionBytes) continue;
    yield pieces;
    pieces = [];
    heldBytes = 0;
  }
  pieces.push(`${text})\r\n`);
  if (left < items.length) yield pieces;
  return left === 0;
}

/** Values of a message that depend on what the client takes. */
function readPlain(
  name: PlainItem,
  message: Fetched,
  { isRecent, isUtf8, sources }: Reading,
): Piece | Promise<Piece> {
  if (isUtf8 && (name === 'ENVELOPE' || name === 'BODY' || name === 'BODYSTRUCTURE')) {
    return renderUtf8(name, message as RenderedMessage, sources);
  }
  return formatPlain(name, message, isRecent);
}

/** null where the part cannot be decoded. */
async function readItem(
  item: SectionItem,
  message: RenderedMessage,
  sources: MessageSources,
): Promise<Piece[] | null> {
  if (item.form === 'raw')
    return formatSectionData(item, await sources.read(message, item.section));
  const bytes = await sources.decode(message, item.section.path);
  if (bytes === 'unknown-encoding') return null;
  if (item.form === 'decoded-size') return [`${item.label} ${bytes?.length ?? 0}`];
  return formatSectionData(item, bytes);
}

function formatPlain(name: PlainItem, message: Fetched, isRecent: boolean): Piece {
  const rendered = message as RenderedMessage;
  switch (name) {
    case 'FLAGS':
      return formatFlags(message.flags, message.keywords, isRecent);
    case 'MODSEQ':
      return `(${message.modseq})`;
    case 'ENVELOPE':
      return requireText(rendered.envelope);
    case 'BODY':
      return requireText(rendered.body);
    case 'BODYSTRUCTURE':
      return requireText(rendered.bodyStructure);
    case 'PREVIEW':
      return quoteOrLiteral(rendered.preview);
    default:
      return formatColumn(name, message as StoredMessage) ?? '';
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
  // RFC 3516 §4.3: a literal8 where there are NULs, and only for who asked for BINARY. BODY[] is told as it is
  // (octets that are no CHAR8 too), like everybody does.
  const mark = item.form === 'decoded' && data.includes(0) ? '~' : '';
  return [`${item.label}${origin} ${mark}{${data.length}}\r\n`, data];
}
