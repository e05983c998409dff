// What SEARCH and SORT ask back, and how the answer is written: the plain list, or ESEARCH (RFC 4731, for SORT
// RFC 5267 §3) with pages (RFC 9394), and what "$" means from then on (RFC 5182).
import { formatString } from '#lib/mail/imap-string.ts';
import { readView } from '#server/store/journal.ts';
import { startLoop } from '#server/store/turn.ts';
import { type FetchItem, parseItems } from './fetch-item.ts';
import { cutPage, type PartialRange, parsePartialRange } from './partial-range.ts';
import type { Selection } from './selection.ts';
import type { View } from './view.ts';
import { Bad } from './wire/bad.ts';
import type { Cursor } from './wire/cursor.ts';
import { formatName, untagged } from './wire/encode.ts';
import { ReplyBuffer } from './wire/reply-buffer.ts';
import { formatSet } from './wire/sequence-set.ts';

export type ReturnOption = 'MIN' | 'MAX' | 'ALL' | 'COUNT' | 'SAVE' | 'CONTEXT' | 'UPDATE';

export type Returning = {
  options: ReadonlySet<ReturnOption>;
  partial: PartialRange | null;
  /** What UPDATE is to tell of new messages (RFC 5465 §7). */
  items?: readonly FetchItem[];
};

const known: readonly string[] = ['MIN', 'MAX', 'ALL', 'COUNT', 'SAVE', 'CONTEXT', 'UPDATE'];
const uidsPerLook = 5000;
const space = Buffer.from(' ');
/** CONTEXT=SORT (RFC 5267) is not offered. */
const onlyForSearch: readonly string[] = ['CONTEXT', 'UPDATE'];

/** "RETURN (…) " behind the command's name, or null; an empty list means ALL (RFC 4731 §3.1). */
export function parseReturn(cursor: Cursor, name: 'SEARCH' | 'SORT'): Returning | null {
  if (!cursor.tryWord('RETURN ')) return null;
  const options = new Set<ReturnOption>();
  let partial: PartialRange | null = null;
  let items: readonly FetchItem[] = [];
  cursor.list(() => {
    const word = cursor.keyword();
    if (word === 'PARTIAL' && !partial) {
      cursor.space();
      partial = parsePartialRange(cursor);
      return;
    }
    if (!known.includes(word) || (name === 'SORT' && onlyForSearch.includes(word))) {
      throw new Bad(`Unknown RETURN option ${word}`);
    }
    options.add(word as ReturnOption);
    if (word === 'UPDATE' && cursor.tryPattern(/ (?=\()/y) !== null) items = parseItems(cursor);
  });
  cursor.space();
  // RFC 9394 §3.1
  if (partial && options.has('ALL')) throw new Bad('PARTIAL and ALL exclude each other');
  if (!partial && options.size === 0) options.add('ALL');
  return { options, partial, items };
}

export type Result = {
  name: 'SEARCH' | 'SORT';
  tag: string;
  isUid: boolean;
  returning: Returning | null;
  /** The program used MODSEQ, so the highest one of the result is told (RFC 7162 §3.1.5). */
  usesModseq: boolean;
  /** In the order of the answer; all in the view. */
  uids: readonly number[];
};

/** The untagged answer; also an empty result has one. Nothing where only SAVE was asked for. */
export async function formatResult(result: Result, selection: Selection): Promise<Buffer[]> {
  const { uids, isUid, returning, tag } = result;
  const told = returning ? pickTold(returning, uids) : uids;
  const modseq = result.usesModseq ? await highestModseq(told, selection) : 0;
  if (returning && isSilent(returning)) return [];
  const names = isUid ? uids : await readNumbers(selection.view, uids);
  if (!returning) {
    const end = modseq > 0 ? ` (MODSEQ ${modseq})\r\n` : '\r\n';
    return [await formatList(`* ${result.name}`, names, end)];
  }
  // The new Outlook reads the tag only as a quoted string.
  const data = formatData(returning, names);
  const text = `ESEARCH (TAG ${formatString(tag)})${isUid ? ' UID' : ''}${data}`;
  return [Buffer.from(untagged(modseq > 0 ? `${text} MODSEQ ${modseq}` : text))];
}

/** A hundred thousand numbers, too, are written without a text of each. */
async function formatList(start: string, names: readonly number[], end: string): Promise<Buffer> {
  const line = new ReplyBuffer();
  const loop = startLoop();
  line.addText(start);
  for (let at = 0; at < names.length; at++) {
    line.addShort(space);
    line.addNumber(names[at]!);
    if (at % uidsPerLook === uidsPerLook - 1) await loop.pause();
  }
  line.addText(end);
  return line.take();
}

/** In the order of a SORT each has to be looked for. */
async function readNumbers(view: View, uids: readonly number[]): Promise<number[]> {
  const numbers: number[] = [];
  const loop = startLoop();
  for (let at = 0; at < uids.length; at += uidsPerLook) {
    for (const number of view.numbersOf(uids.slice(at, at + uidsPerLook))) numbers.push(number);
    await loop.pause();
  }
  return numbers;
}

/** The answer for one mailbox of several (RFC 7377 §2.1): always UIDs. */
export function formatMailboxResult(
  tag: string,
  mailbox: { name: string; uidValidity: number; isUtf8: boolean },
  returning: Returning,
  uids: readonly number[],
  modseq: number,
): string {
  const where = `MAILBOX ${formatName(mailbox.name, mailbox.isUtf8)} UIDVALIDITY ${mailbox.uidValidity}`;
  const text = `ESEARCH (TAG ${formatString(tag)} ${where}) UID${formatData(returning, uids)}`;
  return untagged(modseq > 0 ? `${text} MODSEQ ${modseq}` : text);
}

/** RFC 5182 §2.4: SAVE alone is answered by the tagged line. */
export function isSilent({ options, partial }: Returning): boolean {
  const data: readonly ReturnOption[] = ['MIN', 'MAX', 'ALL', 'COUNT'];
  return options.has('SAVE') && partial === null && !data.some((word) => options.has(word));
}

// RFC 4731 §3.1: MIN, MAX and ALL are left out when nothing was found, COUNT is not.
function formatData({ options, partial }: Returning, names: readonly number[]): string {
  let text = '';
  if (names.length > 0) {
    if (options.has('MIN')) text += ` MIN ${names[0]}`;
    if (options.has('MAX')) text += ` MAX ${names.at(-1)}`;
    if (options.has('ALL')) text += ` ALL ${formatSet(names)}`;
  }
  if (options.has('COUNT')) text += ` COUNT ${names.length}`;
  if (partial) text += ` PARTIAL (${partial.text} ${formatSet(cutPage(names, partial)) || 'NIL'})`;
  return text;
}

/**
 * The messages that the answer is about, in its order: MIN, MAX and the page alone mean themselves, whatever
 * else is asked for means all (RFC 5182 §2.4, RFC 9394 §3.2 for SAVE; RFC 7162 §3.1.10 for MODSEQ).
 */
export function pickTold({ options, partial }: Returning, uids: readonly number[]): number[] {
  const isSome = partial !== null || options.has('MIN') || options.has('MAX');
  if (!isSome || options.has('ALL') || options.has('COUNT')) return [...uids];
  const picked = new Set<number>(partial ? cutPage(uids, partial) : []);
  const [first] = uids;
  const last = uids.at(-1);
  if (options.has('MIN') && first !== undefined) picked.add(first);
  if (options.has('MAX') && last !== undefined) picked.add(last);
  return [...picked];
}

/** The highest MODSEQ of messages of a mailbox, 0 for none. */
export async function highestModseq(
  uids: readonly number[],
  { accountId, mailboxId }: { accountId: string; mailboxId: string },
): Promise<number> {
  if (uids.length === 0) return 0;
  const { roll } = await readView(accountId, mailboxId);
  let highest = 0;
  for (const uid of uids) highest = Math.max(highest, roll.modseqs[roll.indexOf(uid)] ?? 0);
  return highest;
}
