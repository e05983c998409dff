// What SEARCH and SORT ask back, and how the answer is written: the plain list, or ESEARCH (RFC 4731,
// for SORT RFC 5267 §3).
import { formatString } from '#lib/mail/imap-string.ts';
import { readView } from '#server/store/journal.ts';
import type { Selection } from './selection.ts';
import { Bad } from './wire/bad.ts';
import type { Cursor } from './wire/cursor.ts';
import { untagged } from './wire/encode.ts';
import { formatSet } from './wire/sequence-set.ts';

export type ReturnOption = 'MIN' | 'MAX' | 'ALL' | 'COUNT';
const options: readonly string[] = ['MIN', 'MAX', 'ALL', 'COUNT'];

/** "RETURN (…) " behind the command's name, or null; an empty list means ALL (RFC 4731 §3.1). */
export function parseReturn(cursor: Cursor): ReturnOption[] | null {
  if (!cursor.tryWord('RETURN ')) return null;
  const asked: ReturnOption[] = [];
  cursor.list(() => {
    const word = cursor.keyword();
    if (!options.includes(word)) throw new Bad(`Unknown RETURN option ${word}`);
    asked.push(word as ReturnOption);
  });
  cursor.space();
  return asked.length > 0 ? asked : ['ALL'];
}

export type Result = {
  name: 'SEARCH' | 'SORT';
  tag: string;
  isUid: boolean;
  asked: ReturnOption[] | null;
  /** The program used MODSEQ, so the highest one of the result is told (RFC 7162 §3.1.5). */
  usesModseq: boolean;
  /** In the order of the answer; all in the view. */
  uids: number[];
};

/** The untagged answer; also an empty result has one. */
export async function formatResult(result: Result, selection: Selection): Promise<string> {
  const { view } = selection;
  const names = result.isUid ? result.uids : result.uids.map((uid) => view.numberOf(uid));
  const isPlain = result.asked === null;
  const modseq = result.usesModseq ? await highestModseq(result.uids, selection) : 0;
  if (isPlain) {
    const words = names.map((name) => ` ${name}`).join('');
    return untagged(`${result.name}${words}${modseq > 0 ? ` (MODSEQ ${modseq})` : ''}`);
  }
  // The new Outlook reads the tag only as a quoted string.
  let text = `ESEARCH (TAG ${formatString(result.tag)})${result.isUid ? ' UID' : ''}`;
  for (const option of options) {
    if (result.asked?.includes(option as ReturnOption)) text += formatOption(option, names);
  }
  return untagged(modseq > 0 ? `${text} MODSEQ ${modseq}` : text);
}

// RFC 4731 §3.1: MIN, MAX and ALL are left out when nothing was found, COUNT is not.
function formatOption(option: string, names: readonly number[]): string {
  if (option === 'COUNT') return ` COUNT ${names.length}`;
  if (names.length === 0) return '';
  if (option === 'MIN') return ` MIN ${names[0]}`;
  return option === 'MAX' ? ` MAX ${names.at(-1)}` : ` ALL ${formatSet(names)}`;
}

async function highestModseq(uids: readonly number[], selection: Selection): Promise<number> {
  if (uids.length === 0) return 0;
  const { roll } = await readView(selection.accountId, selection.mailboxId);
  let highest = 0;
  for (const uid of uids) highest = Math.max(highest, roll.modseqs[roll.indexOf(uid)] ?? 0);
  return highest;
}
