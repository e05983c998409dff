// FETCH of lists: answers in which no octets of a body stand, for a hundred thousand messages at once. They
// are written into one buffer a portion; flags come from the roll of the mailbox, the rest from the columns that
// are asked for.
import { formatInternalDate } from '#lib/mail/date.ts';
import { pickFields } from '#lib/mail/section.ts';
import { toBuffer } from '#server/store/bodies/blobs.ts';
import { type Roll, readView } from '#server/store/journal.ts';
import { type Column, type ColumnRow, readColumns } from '#server/store/read-columns.ts';
import { nextTurn, startLoop } from '#server/store/turn.ts';
import type { FetchItem, PlainItem, SectionItem } from './fetch-item.ts';
import { formatFlags } from './flags.ts';
import { isHeaderOnly } from './message-source.ts';
import type { Selection } from './selection.ts';
import { ReplyBuffer } from './wire/reply-buffer.ts';

/** From here on flags come from the roll of the mailbox. */
const rollFrom = 500;
/** Messages of the roll that are written at a time. */
const rollPortion = 5000;
/** Messages that are read at a time; fewer where headers are, which may be large. */
const rowPortion = 250;
const headerPortion = 100;

const columnOf: Partial<Record<PlainItem, Column>> = {
  INTERNALDATE: 'internalDate',
  SAVEDATE: 'savedAt',
  'RFC822.SIZE': 'sizeBytes',
  EMAILID: 'emailId',
  THREADID: 'threadId',
  ENVELOPE: 'envelope',
  BODY: 'body',
  BODYSTRUCTURE: 'bodyStructure',
};
const entryItems: readonly PlainItem[] = ['UID', 'FLAGS', 'MODSEQ'];

/** What is rendered again for a client that takes UTF-8 (RFC 9755 §3). */
const renderedItems: readonly PlainItem[] = ['ENVELOPE', 'BODY', 'BODYSTRUCTURE'];

/** Whether `answerPlain` knows all of the items. A header is known only where nothing marks the message as seen. */
export function isPlain(items: readonly FetchItem[], isUtf8: boolean, marksSeen: boolean): boolean {
  return items.every((item) => {
    if (item.kind === 'section') {
      if (marksSeen || item.form !== 'raw' || item.partial) return false;
      return isHeaderOnly(item.section) && /^[ -~]+$/.test(item.label);
    }
    if (isUtf8 && renderedItems.includes(item.name)) return false;
    return entryItems.includes(item.name) || item.name in columnOf;
  });
}

function listColumns(items: readonly FetchItem[]): Column[] {
  const columns = items.flatMap((item): Column[] => {
    if (item.kind === 'section') return ['prefix', 'header'];
    const column = columnOf[item.name];
    return column ? [column] : [];
  });
  return [...new Set(columns)];
}

/** The answers for `uids`, which ascend; returns how many there were. */
export async function* answerPlain(
  selection: Selection,
  uids: number[],
  items: readonly FetchItem[],
): AsyncGenerator<Buffer[], number> {
  const columns = listColumns(items);
  const writer = new Writer(selection, items);
  let answered = 0;
  if (columns.length === 0 && uids.length >= rollFrom) {
    const { roll } = await readView(selection.accountId, selection.mailboxId);
    for (let at = 0; at < uids.length; at += rollPortion) {
      const asked = uids.slice(at, at + rollPortion);
      const missing = writer.writeRoll(roll, asked);
      answered += asked.length - missing.length;
      yield [writer.take()];
      await nextTurn();
      if (missing.length > 0) answered += yield* answerRows(writer, selection, missing, columns);
    }
    return answered;
  }
  return yield* answerRows(writer, selection, uids, columns);
}

async function* answerRows(
  writer: Writer,
  { accountId, mailboxId }: Selection,
  uids: number[],
  columns: readonly Column[],
): AsyncGenerator<Buffer[], number> {
  let answered = 0;
  const loop = startLoop();
  const portion = columns.includes('header') ? headerPortion : rowPortion;
  for (let at = 0; at < uids.length; at += portion) {
    const asked = uids.slice(at, at + portion);
    const rows = await readColumns(accountId, mailboxId, asked, columns);
    for (const row of rows) writer.writeRow(row);
    answered += rows.length;
    if (rows.length > 0) yield [writer.take()];
    await loop.pause();
  }
  return answered;
}

const words = {
  star: Buffer.from('* '),
  fetch: Buffer.from(' FETCH ('),
  space: Buffer.from(' '),
  uid: Buffer.from('UID '),
  modseq: Buffer.from('MODSEQ ('),
  close: Buffer.from(')'),
  end: Buffer.from(')\r\n'),
};

class Writer {
  readonly #selection: Selection;
  readonly #items: readonly FetchItem[];
  readonly #flags = new FlagTexts();
  readonly #buffer = new ReplyBuffer();

  constructor(selection: Selection, items: readonly FetchItem[]) {
    this.#selection = selection;
    this.#items = items;
  }

  take(): Buffer {
    return this.#buffer.take();
  }

  /** Writes what the roll has of `uids`; returns those that it has not. */
  writeRoll(roll: Roll, uids: readonly number[]): number[] {
    const { view } = this.#selection;
    const missing: number[] = [];
    let number = view.numberOf(uids[0] ?? 0);
    let index = Math.max(0, roll.indexOf(uids[0] ?? 0));
    for (const uid of uids) {
      // Mostly the next one, in both.
      if (view.uidOf(number) !== uid) number = view.numberOf(uid);
      if (roll.uids[index] !== uid) index = roll.indexOf(uid);
      if (index < 0) missing.push(uid);
      else this.#writeEntry(number, roll, index);
      number++;
      index++;
    }
    return missing;
  }

  #writeEntry(number: number, roll: Roll, index: number): void {
    const buffer = this.#buffer;
    const uid = roll.uids[index]!;
    buffer.addShort(words.star);
    buffer.addNumber(number);
    buffer.addShort(words.fetch);
    for (let at = 0; at < this.#items.length; at++) {
      const item = this.#items[at]!;
      const name = item.kind === 'plain' ? item.name : null;
      if (at > 0) buffer.addShort(words.space);
      if (name === 'FLAGS') {
        const isRecent = this.#selection.view.isRecent(uid);
        const flags = this.#flags.of(roll.flags[index]!, roll.keywordsAt(index), isRecent);
        buffer.addShort(flags.item);
      } else if (name === 'UID') {
        buffer.addShort(words.uid);
        buffer.addNumber(uid);
      } else {
        buffer.addShort(words.modseq);
        buffer.addNumber(roll.modseqs[index]!);
        buffer.addShort(words.close);
      }
    }
    buffer.addShort(words.end);
  }

  #formatFlags(uid: number, flags: number, keywords: string): string {
    return this.#flags.of(flags, keywords, this.#selection.view.isRecent(uid)).text;
  }

  writeRow(row: ColumnRow): void {
    let text = `* ${this.#selection.view.numberOf(row.uid)} FETCH (`;
    for (let at = 0; at < this.#items.length; at++) {
      const item = this.#items[at]!;
      if (at > 0) text += ' ';
      const bytes = item.kind === 'section' ? pickHeader(item, row) : bytesOf(item.name, row);
      if (item.kind === 'section') text += `${item.label} {${bytes?.length ?? 0}}\r\n`;
      else text += `${item.name} `;
      if (bytes) {
        this.#buffer.addText(text);
        this.#buffer.addBytes(bytes);
        text = '';
      } else if (item.kind === 'plain') text += this.#formatValue(item.name, row);
    }
    this.#buffer.addText(`${text})\r\n`);
  }

  #formatValue(name: PlainItem, row: ColumnRow): string {
    switch (name) {
      case 'UID':
        return `${row.uid}`;
      case 'FLAGS':
        return this.#formatFlags(row.uid, row.flags, row.keywords);
      case 'MODSEQ':
        return `(${row.modseq})`;
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
      default:
        throw new Error(`${name} is no text`);
    }
  }
}

/** The header of the message, trace of this copy first, or the fields that are asked for. */
function pickHeader({ section }: SectionItem, row: ColumnRow): Uint8Array {
  const own = toBuffer(row.header);
  const header = row.prefix.length === 0 ? own : Buffer.concat([row.prefix, own]);
  if (section.kind === 'HEADER') return header;
  return pickFields(header, section.fields, section.kind === 'FIELDS.NOT');
}

/** The finished text of an item that has one. */
function bytesOf(name: PlainItem, row: ColumnRow): Uint8Array | null {
  if (name === 'ENVELOPE') return requireText(row.envelope);
  if (name === 'BODYSTRUCTURE') return requireText(row.bodyStructure);
  return name === 'BODY' ? requireText(row.body) : null;
}

/** A missing rendering is our fault; half an answer would desynchronize the client. */
function requireText(text: Uint8Array | null): Uint8Array {
  if (!text || text.length === 0) throw new Error('the message has no rendering');
  return text;
}

/** Lists of flags that were made already: a mailbox has few different ones. */
class FlagTexts {
  readonly #known = new Map<string, { text: string; item: Uint8Array }[]>();

  /** The list, and the whole item "FLAGS (…)". */
  of(flags: number, keywords: string, isRecent: boolean): { text: string; item: Uint8Array } {
    let lists = this.#known.get(keywords);
    if (!lists) {
      lists = [];
      this.#known.set(keywords, lists);
    }
    const at = 2 * flags + (isRecent ? 1 : 0);
    const known = lists[at];
    if (known) return known;
    const text = formatFlags(flags, keywords, isRecent);
    lists[at] = { text, item: Buffer.from(`FLAGS ${text}`, 'latin1') };
    return lists[at];
  }
}
