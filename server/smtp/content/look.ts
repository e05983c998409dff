// Looks for what rules name in the texts and attachments of a message. Runs in the thread of
// trust/trust-thread.ts: taking a message apart and unpacking its texts takes too long for the event loop.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeCharset } from '#lib/mail/charset.ts';
import { readGlob, toMatchable } from '#lib/mail/glob.ts';
import { eachPart, type Part, parseMime, partName } from '#lib/mail/mime.ts';
import { readPartText } from '#lib/mail/text.ts';
import { decodeTransfer } from '#lib/mail/transfer.ts';
import { decodeParameters } from '#lib/mail/words.ts';
import { isZip, listZipNames } from './zip-names.ts';

/** Patterns of body rules, and of attachment names and types. */
export type Wanted = { lines: string[]; names: string[] };

/** Which of them were found, by their place; for names also what fitted. */
export type Looked = { lines: number[]; names: { index: number; name: string }[] };

/** Postfix: body_checks_size_limit is 51,200 of each part. */
const maxTextBytes = 1024 * 1024;
const maxTextParts = 1000;
const maxNames = 5000;
const maxZipBytes = 64 * 1024 * 1024;
/** Patterns between two turns of other messages. */
const patternsPerTurn = 8;

/** What of `wanted` is in the message. */
export async function look(bytes: Buffer, wanted: Wanted): Promise<Looked> {
  const root = parseMime(bytes);
  const lines = wanted.lines.length > 0 ? toMatchable(listTexts(bytes, root)).split('\n') : [];
  const names = wanted.names.length > 0 ? listNames(bytes, root) : [];
  const matchable = names.map(toMatchable);
  const found: Looked = { lines: [], names: [] };
  for (const [index, pattern] of wanted.lines.entries()) {
    if (index % patternsPerTurn === patternsPerTurn - 1) await nextTurn();
    const glob = readGlob(pattern);
    if (lines.some((line) => glob.isFoundIn(line))) found.lines.push(index);
  }
  for (const [index, pattern] of wanted.names.entries()) {
    if (index % patternsPerTurn === patternsPerTurn - 1) await nextTurn();
    const glob = readGlob(pattern);
    const at = matchable.findIndex((name) => glob.isFit(name));
    if (at >= 0) found.names.push({ index, name: names[at] ?? '' });
  }
  return found;
}

/** The text parts, decoded; those of HTML both as they are written, with their links, and as they are read. */
function listTexts(bytes: Buffer, root: Part): string {
  const texts: string[] = [];
  let left = maxTextBytes;
  let partsLeft = maxTextParts;
  const add = (text: string) => {
    texts.push(text.slice(0, left).replace(/\r\n?/g, '\n'));
    left -= Math.min(left, text.length);
  };
  eachPart(root, (part) => {
    if (part.type !== 'text' || left <= 0 || partsLeft-- <= 0) return;
    const raw = bytes.subarray(part.bodyStart, Math.min(part.bodyEnd, part.bodyStart + left * 3));
    const charset = decodeParameters(part.parameters).get('charset') ?? '';
    add(decodeCharset(decodeTransfer(raw, part.encoding), charset));
    if (part.subtype !== 'plain' && left > 0) add(readPartText(bytes, part, left));
  });
  return texts.join('\n');
}

/** File names, types, and the names in archives. */
function listNames(bytes: Buffer, root: Part): string[] {
  const names = new Set<string>();
  let zipLeft = maxZipBytes;
  const add = (name: string) => {
    // Windows drops blanks and dots at the end; only the last folder's name counts.
    const clean =
      name
        .split(/[\\/]/)
        .at(-1)
        ?.replace(/[\s.\0]+$/, '') ?? '';
    if (clean !== '' && names.size < maxNames) names.add(clean.slice(0, 1000));
  };
  eachPart(root, (part) => {
    if (part.type === 'multipart' || names.size >= maxNames) return;
    names.add(`${part.type}/${part.subtype}`);
    add(partName(part));
    // Programs disagree on which of the two they show.
    add(decodeParameters(part.parameters).get('name') ?? '');
    add(decodeParameters(part.dispositionParameters).get('filename') ?? '');
    if (part.type === 'text' || part.message || zipLeft <= 0) return;
    const raw = bytes.subarray(part.bodyStart, part.bodyEnd);
    if (!maybeZip(raw, part.encoding)) return;
    const decoded = decodeTransfer(raw.subarray(0, zipLeft), part.encoding);
    zipLeft -= raw.length;
    if (isZip(decoded)) for (const name of listZipNames(decoded)) add(name);
  });
  return [...names];
}

/** A look at the first octets spares decoding pictures. */
function maybeZip(raw: Buffer, encoding: string): boolean {
  if (encoding !== 'base64') return true;
  return isZip(decodeTransfer(raw.subarray(0, 200), encoding));
}
