// Where the messages of an mbox file begin and end (RFC 4155). A message begins with a line "From … date" at
// the start of the file or behind an empty line; what merely looks like one inside a body was quoted with ">",
// or, in the mboxcl variants, is covered by a Content-Length.
//
// Content-Length is believed only where the file shows from its first message on that it means it: the number
// must end exactly where the next message begins, or the file ends. Anybody can put the field into his mail.
import type { FileHandle } from 'node:fs/promises';
import { findHeaderEnd } from '#lib/mail/header.ts';
import { readFields } from './mbox-fields.ts';

const blockBytes = 1024 * 1024;
/** Longest From_ line, and how much of the next one is looked at. */
const fromLineBytes = 1000;
const lookBytes = 2 * fromLineBytes;
const headerBytes = 256 * 1024;
const LF = 0x0a;
const CR = 0x0d;

/** `start` is behind the From_ line, `end` before the empty line that stands before the next one. */
export type MboxSpan = { fromLine: string; start: number; end: number; isCounted: boolean };

/** The messages of an open file, in order; bytes before the first From_ line are passed over. */
export async function* scanMbox(
  file: FileHandle,
  sizeBytes: number,
  mayCount: boolean,
): AsyncGenerator<MboxSpan> {
  const window = new Window(file, sizeBytes);
  let isCounting: boolean | null = mayCount ? null : false;
  let from: FromLine | null = await findFrom(window, 0);
  while (from) {
    const start = from.end;
    const counted: CountedEnd | null =
      isCounting === false ? null : await findCountedEnd(window, start);
    isCounting ??= counted !== null;
    const next: FromLine | null = counted ? counted.next : await findFrom(window, start);
    const last = next?.at ?? sizeBytes;
    const end = counted ? counted.end : cutEmptyLine(await window.before(last), start, last);
    yield { fromLine: from.text, start, end: Math.max(start, end), isCounted: counted !== null };
    from = next;
  }
}

/** A part of the file in memory, moved as needed. */
class Window {
  readonly sizeBytes: number;
  private readonly file: FileHandle;
  private block: Buffer = Buffer.alloc(0);
  private at = 0;

  constructor(file: FileHandle, sizeBytes: number) {
    this.file = file;
    this.sizeBytes = sizeBytes;
  }

  /** Bytes from `from` on, at least `length` where the file has them. */
  async read(from: number, length: number): Promise<Buffer> {
    const end = Math.min(from + length, this.sizeBytes);
    if (from < this.at || end > this.at + this.block.length) {
      const wanted = Math.min(Math.max(length, blockBytes), this.sizeBytes - from);
      const { bytesRead, buffer } = await this.file.read(
        Buffer.allocUnsafe(wanted),
        0,
        wanted,
        from,
      );
      this.block = buffer.subarray(0, bytesRead);
      this.at = from;
    }
    return this.block.subarray(from - this.at);
  }

  /** Up to four bytes before `position`. */
  async before(position: number): Promise<Buffer> {
    const from = Math.max(0, position - 4);
    return (await this.read(from, position - from)).subarray(0, position - from);
  }
}

type CountedEnd = { end: number; next: FromLine | null };
type FromLine = { at: number; end: number; text: string };

/** The first From_ line at or behind `from`. */
async function findFrom(window: Window, from: number): Promise<FromLine | null> {
  for (let at = from; at < window.sizeBytes; ) {
    // A few bytes back: an empty line has to stand before.
    const back = Math.min(4, at);
    const bytes = await window.read(at - back, 2 * lookBytes);
    // The file has become shorter.
    if (bytes.length <= back) return null;
    let candidate = bytes.indexOf('From ', back, 'latin1');
    for (; candidate >= 0; candidate = bytes.indexOf('From ', candidate + 1, 'latin1')) {
      const position = at - back + candidate;
      // Too near to the end of the block to be judged.
      if (candidate + lookBytes > bytes.length && at - back + bytes.length < window.sizeBytes)
        break;
      const line =
        isAfterEmptyLine(bytes, candidate, position) && readFromLine(bytes, candidate, position);
      if (line) return line;
    }
    // The next look begins before what was not judged.
    const seen = candidate >= 0 ? candidate : Math.max(back + 1, bytes.length - 8);
    const next = at - back + seen;
    if (at - back + bytes.length >= window.sizeBytes && candidate < 0) return null;
    at = Math.max(at + 1, next);
  }
  return null;
}

function isAfterEmptyLine(bytes: Buffer, at: number, position: number): boolean {
  if (position === 0) return true;
  if (bytes[at - 1] !== LF) return false;
  const before = bytes[at - 2] === CR ? at - 3 : at - 2;
  // Nothing but the line end stands before: an empty first line.
  return position - (at - before) < 0 || bytes[before] === LF;
}

function readFromLine(bytes: Buffer, at: number, position: number): FromLine | null {
  const newline = bytes.indexOf(LF, at);
  if (newline < 0 || newline - at > fromLineBytes) return null;
  const text = bytes.toString('latin1', at, newline).replace(/\r$/, '');
  // A time and a year; Thunderbird also writes "From -" and a bare "From ", before a header.
  const hasDate = /\d{1,2}:\d\d/.test(text) && /\b\d{4}\b/.test(text);
  const isBare = /^From (?:- ?.*)?$/.test(text);
  const isBeforeField = /^[!-9;-~]+[ \t]*:/.test(
    bytes.toString('latin1', newline + 1, newline + 200),
  );
  if (!hasDate && !(isBare && isBeforeField)) return null;
  return { at: position, end: position + newline + 1 - at, text };
}

/** Where a message ends whose Content-Length is honest; null where there is none or it lies. */
async function findCountedEnd(window: Window, start: number): Promise<CountedEnd | null> {
  const bytes = await window.read(start, headerBytes);
  const header = bytes.subarray(0, findHeaderEnd(bytes, 0, Math.min(bytes.length, headerBytes)));
  const field = readFields(header).findLast(({ key }) => key === 'content-length');
  if (!field || !/^\d{1,15}$/.test(field.value)) return null;
  const end = start + header.length + Number(field.value);
  if (end > window.sizeBytes) return null;
  const tail = await window.read(end, lookBytes);
  // An empty line may stand between, and often more than one at the end of the file.
  const gap = /^(?:\r?\n){0,3}/.exec(tail.toString('latin1', 0, 8))?.[0].length ?? 0;
  if (end + gap >= window.sizeBytes) return { end, next: null };
  if (tail.toString('latin1', gap, gap + 5) !== 'From ') return null;
  const next = readFromLine(tail, gap, end + gap);
  return next ? { end, next } : null;
}

/** The end of a message without the empty line that the format puts behind it. */
function cutEmptyLine(before: Buffer, start: number, end: number): number {
  const text = before.toString('latin1');
  const empty = /(?<=^|\n)\r?\n$/.exec(text);
  // The whole tail is looked at only where it belongs to the message.
  return empty && end - empty[0].length >= start ? end - empty[0].length : end;
}
