// What stands behind the items of FETCH: CHANGEDSINCE and VANISHED (RFC 7162 §3.1.4.1, §3.2.6), PARTIAL (RFC
// 9394 §3.3); and which messages are left by it.
import { readView } from '#server/store/journal.ts';
import { cutPage, type PartialRange, parsePartialRange } from './partial-range.ts';
import type { Selection } from './selection.ts';
import { Bad } from './wire/bad.ts';
import type { Cursor } from './wire/cursor.ts';

export type FetchModifiers = {
  changedSince: number | null;
  vanished: boolean;
  partial: PartialRange | null;
};

/** [SP "(" fetch-modifier *(SP fetch-modifier) ")"], each at most once. */
export function parseFetchModifiers(cursor: Cursor, isUid: boolean): FetchModifiers {
  const modifiers: FetchModifiers = { changedSince: null, vanished: false, partial: null };
  if (!cursor.trySpace()) return modifiers;
  cursor.list(() => {
    const word = cursor.keyword();
    if (word === 'CHANGEDSINCE' && modifiers.changedSince === null) {
      cursor.space();
      modifiers.changedSince = cursor.modseq();
    } else if (word === 'VANISHED' && !modifiers.vanished) {
      modifiers.vanished = true;
    } else if (word === 'PARTIAL' && !modifiers.partial) {
      cursor.space();
      modifiers.partial = parsePartialRange(cursor);
    } else throw new Bad('Unknown FETCH modifier');
  });
  // RFC 7162 §3.2.6, RFC 9394 §3.3: both speak of UIDs.
  if (!isUid && (modifiers.vanished || modifiers.partial)) throw new Bad('Only for UID FETCH');
  if (modifiers.vanished && modifiers.changedSince === null) {
    throw new Bad('VANISHED needs CHANGEDSINCE');
  }
  return modifiers;
}

/** The UIDs that are left; RFC 9394 §3.4: pages are cut of what CHANGEDSINCE leaves. */
export async function narrowUids(
  { accountId, mailboxId }: Selection,
  uids: number[],
  { changedSince, partial }: FetchModifiers,
): Promise<number[]> {
  let left = uids;
  if (changedSince !== null && uids.length > 0) {
    const { roll } = await readView(accountId, mailboxId);
    left = uids.filter((uid) => (roll.modseqs[roll.indexOf(uid)] ?? 0) > changedSince);
  }
  return partial ? cutPage(left, partial) : left;
}
