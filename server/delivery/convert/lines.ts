// The lines of a message that leaves: CR and LF only together and no NUL (RFC 5321 §2.3.8), and at most 998 octets
// (§4.5.3.1.6). Here is what needs no look at the content; long lines of a body are for short-lines.ts.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LineChecker, normalizeNewlines, replaceNul } from '#lib/mail/line-check.ts';

/** Without CR LF. */
const maxLine = 998;
const sliceBytes = 256 * 1024;
const LF = 0x0a;
const SP = 0x20;
const TAB = 0x09;

/** The message with whole line ends and without NUL; the same buffer where nothing is to be done. */
export async function mendNewlines(message: Buffer): Promise<Buffer> {
  const isBare = await hasBareNewline(message);
  return replaceNul(isBare ? normalizeNewlines(message) : message);
}

/** Almost no message has one, and every message is looked through: a large one with turns for others. */
async function hasBareNewline(bytes: Buffer): Promise<boolean> {
  const checker = new LineChecker();
  for (let start = 0; start < bytes.length; start += sliceBytes) {
    if (start > 0) await nextTurn();
    if (checker.push(bytes.subarray(start, start + sliceBytes))) return true;
  }
  return checker.finish();
}

/** Whether a line has more than 998 octets. */
export function hasLongLine(bytes: Buffer): boolean {
  let start = 0;
  // Most messages are seen in steps of 1000 octets: a line end in each is enough.
  while (start + maxLine < bytes.length) {
    const last = bytes.lastIndexOf(LF, start + maxLine + 1);
    if (last < start) return true;
    start = last + 1;
  }
  return false;
}

/** Long lines broken with a blank after each break, as a header folds; at blanks where there are some. */
export function breakLines(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(LF, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const textEnd = newline < 0 ? end : newline - 1;
    let isFirst = true;
    while (textEnd - start > (isFirst ? maxLine : maxLine - 1)) {
      const cut = findCut(bytes, start, start + maxLine - 1);
      parts.push(bytes.subarray(start, cut), breakOf(bytes[cut]!));
      start = cut;
      isFirst = false;
    }
    parts.push(bytes.subarray(start, end));
    start = end;
  }
  return Buffer.concat(parts);
}

const bareBreak = Buffer.from('\r\n');
const break_ = Buffer.from('\r\n ');

/** In a header the next line has to begin with a blank. */
function breakOf(next: number): Buffer {
  return next === SP || next === TAB ? bareBreak : break_;
}

/** Before the last blank that stands behind some text, or before a whole character of UTF-8, at or below `limit`. */
function findCut(bytes: Buffer, start: number, limit: number): number {
  for (let at = limit; at > start + maxLine / 2; at--) {
    const isBlank = bytes[at] === SP || bytes[at] === TAB;
    const isFollowed = bytes[at + 1] !== SP && bytes[at + 1] !== TAB;
    // A line of blanks alone would end a folded field for some (RFC 5322 §3.2.2).
    if (isBlank && isFollowed && bytes[at - 1] !== SP && bytes[at - 1] !== TAB) return at;
  }
  let cut = limit;
  while (cut > limit - 3 && (bytes[cut]! & 0xc0) === 0x80) cut--;
  return cut;
}
