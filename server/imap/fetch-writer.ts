// Writes the answers of a FETCH of lists into one buffer, item by item, for as many messages as the caller likes.
// Items come in two sorts: those that change (FLAGS, MODSEQ) and those that never do for a UID, which stand in
// runs and may be written from what was written before (fetch-memory.ts).
import { pickFields } from '#lib/mail/section.ts';
import { toBuffer } from '#server/store/bodies/blobs.ts';
import type { Entry, Roll } from '#server/store/journal.ts';
import type { ColumnRow } from '#server/store/read-columns.ts';
import { formatColumn } from './fetch-column.ts';
import type { FetchItem, PlainItem, SectionItem } from './fetch-item.ts';
import { formatFlags } from './flags.ts';
import type { View } from './view.ts';
import { ReplyBuffer } from './wire/reply-buffer.ts';

const words = {
  star: Buffer.from('* '),
  fetch: Buffer.from(' FETCH ('),
  space: Buffer.from(' '),
  uid: Buffer.from('UID '),
  modseq: Buffer.from('MODSEQ ('),
  close: Buffer.from(')'),
  end: Buffer.from(')\r\n'),
};

/** Bytes that are handed on as they are instead of being copied. */
const largeBytes = 64 * 1024;

/** Lasting items that follow each other, or one that changes. */
type Run = { changing: 'FLAGS' | 'MODSEQ' } | { lasting: FetchItem[] };

/** What a message's lasting runs were written as. */
export type Lasting = readonly Uint8Array[];

export class FetchWriter {
  readonly #view: View;
  readonly #runs: readonly Run[];
  readonly #flags = new FlagTexts();
  readonly #buffer = new ReplyBuffer();
  #pieces: Buffer[] = [];

  constructor(view: View, items: readonly FetchItem[]) {
    this.#view = view;
    this.#runs = cutRuns(items);
  }

  /** Bytes that wait in the buffer. */
  get length(): number {
    return this.#buffer.length;
  }

  /** Whole answers, as they were written since the last time. */
  take(): Buffer[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    if (this.#buffer.length > 0) pieces.push(this.#buffer.take());
    return pieces;
  }

  /** Writes what the roll has of `uids`, where items are of the entry alone; returns those that it has not. */
  writeRoll(roll: Roll, uids: readonly number[]): number[] {
    const view = this.#view;
    const missing: number[] = [];
    let number = view.numberOf(uids[0] ?? 0);
    let index = Math.max(0, roll.indexOf(uids[0] ?? 0));
    for (const uid of uids) {
      // Mostly the next one, in both.
      if (view.uidOf(number) !== uid) number = view.numberOf(uid);
      if (roll.uids[index] !== uid) index = roll.indexOf(uid);
      if (index < 0) missing.push(uid);
      else this.#writeRollEntry(number, roll, index);
      number++;
      index++;
    }
    return missing;
  }

  #writeRollEntry(number: number, roll: Roll, index: number): void {
    const buffer = this.#buffer;
    const uid = roll.uids[index]!;
    this.#begin(number);
    for (let at = 0; at < this.#runs.length; at++) {
      const run = this.#runs[at]!;
      if (at > 0) buffer.addShort(words.space);
      if ('lasting' in run) {
        buffer.addShort(words.uid);
        buffer.addNumber(uid);
      } else if (run.changing === 'MODSEQ') this.#writeModseq(roll.modseqs[index]!);
      else this.#writeFlags(uid, roll.flags[index]!, roll.keywordsAt(index));
    }
    buffer.addShort(words.end);
  }

  /** Writes the answer for a message from its columns. */
  writeRow(row: ColumnRow): void {
    this.#write(row, (run) => this.#writeLasting(run, row));
  }

  /** The same; returns what its lasting runs were written as. */
  writeAndKeep(row: ColumnRow): Lasting {
    const kept: Uint8Array[] = [];
    this.#write(row, (run) => {
      const start = this.#buffer.length;
      this.#writeLasting(run, row);
      kept.push(this.#buffer.copyFrom(start));
    });
    return kept;
  }

  /** Writes the answer from what was kept of it. */
  writeKept(entry: Entry, kept: Lasting): void {
    let next = 0;
    this.#write(entry, () => this.#buffer.addBytes(kept[next++]!));
  }

  #write(entry: Entry, writeLasting: (items: FetchItem[]) => void): void {
    this.#begin(this.#view.numberOf(entry.uid));
    for (let at = 0; at < this.#runs.length; at++) {
      const run = this.#runs[at]!;
      if (at > 0) this.#buffer.addShort(words.space);
      if ('lasting' in run) writeLasting(run.lasting);
      else if (run.changing === 'MODSEQ') this.#writeModseq(entry.modseq);
      else this.#writeFlags(entry.uid, entry.flags, entry.keywords);
    }
    this.#buffer.addShort(words.end);
  }

  #begin(number: number): void {
    this.#buffer.addShort(words.star);
    this.#buffer.addNumber(number);
    this.#buffer.addShort(words.fetch);
  }

  #writeFlags(uid: number, flags: number, keywords: string): void {
    this.#buffer.addShort(this.#flags.of(flags, keywords, this.#view.isRecent(uid)));
  }

  #writeModseq(modseq: number): void {
    this.#buffer.addShort(words.modseq);
    this.#buffer.addNumber(modseq);
    this.#buffer.addShort(words.close);
  }

  #writeLasting(items: readonly FetchItem[], row: ColumnRow): void {
    let text = '';
    for (let at = 0; at < items.length; at++) {
      const item = items[at]!;
      if (at > 0) text += ' ';
      if (item.kind === 'plain') {
        text += `${item.name} `;
        const bytes = bytesOf(item.name, row);
        if (bytes) text = this.#writeBytes(text, bytes);
        else text += formatValue(item.name, row);
      } else text = this.#writeSection(text, item, row);
    }
    if (text !== '') this.#buffer.addText(text);
  }

  #writeBytes(text: string, bytes: Uint8Array): string {
    this.#buffer.addText(text);
    this.#buffer.addBytes(bytes);
    return '';
  }

  #writeSection(text: string, item: SectionItem, row: ColumnRow): string {
    if (item.section.kind !== 'ALL') {
      const picked = pickHeader(item, row);
      return this.#writeBytes(`${text}${item.label} {${picked.length}}\r\n`, picked);
    }
    const { prefix, smallBody } = row;
    if (!smallBody) throw new Error('the body was not read');
    const size = prefix.length + smallBody.length;
    // RFC 3501 §4.3: an empty string is either form; everybody reads this one.
    if (size === 0) return `${text}${item.label} ""`;
    this.#buffer.addText(`${text}${item.label} {${size}}\r\n`);
    if (prefix.length > 0) this.#buffer.addBytes(prefix);
    if (smallBody.length < largeBytes) this.#buffer.addBytes(smallBody);
    else this.#pieces.push(this.#buffer.take(), toBuffer(smallBody));
    return '';
  }
}

function cutRuns(items: readonly FetchItem[]): Run[] {
  const runs: Run[] = [];
  for (const item of items) {
    const last = runs.at(-1);
    const name = item.kind === 'plain' ? item.name : null;
    if (name === 'FLAGS' || name === 'MODSEQ') runs.push({ changing: name });
    else if (last && 'lasting' in last && !isAlone(last.lasting)) last.lasting.push(item);
    else runs.push({ lasting: [item] });
  }
  return runs;
}

/** A list without columns is written from the roll, where each UID is a run of its own. */
function isAlone(items: readonly FetchItem[]): boolean {
  return items.every((item) => item.kind === 'plain' && item.name === 'UID');
}

function formatValue(name: PlainItem, row: ColumnRow): string {
  const text = formatColumn(name, row);
  if (text === null) throw new Error(`${name} is no text`);
  return text;
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

/** Items "FLAGS (…)" that were made already: a mailbox has few different ones. */
class FlagTexts {
  readonly #known = new Map<string, Uint8Array[]>();

  of(flags: number, keywords: string, isRecent: boolean): Uint8Array {
    let items = this.#known.get(keywords);
    if (!items) {
      items = [];
      this.#known.set(keywords, items);
    }
    const at = 2 * flags + (isRecent ? 1 : 0);
    items[at] ??= Buffer.from(`FLAGS ${formatFlags(flags, keywords, isRecent)}`, 'latin1');
    return items[at];
  }
}
