// VANISHED (RFC 7162 §3.2.10): UIDs that are no more, as compact sets; and what of a mailbox is gone since the
// client knew it (§3.2.5.2).
//
// Invariant: a UID that exists, or that has not been given yet, is never named: a client would drop a message
// that is there (Nextcloud lost an inbox that way).
import { listVanished } from '#server/store/journal.ts';
import type { Mailbox } from '#server/store/mailboxes.ts';
import { listMissing, type Range, sortRanges } from '#server/store/uid-range.ts';
import type { View } from './view.ts';
import { untagged } from './wire/encode.ts';
import type { SequenceSet } from './wire/sequence-set.ts';

/** What this file needs to know of the selected mailbox. */
type Selected = { accountId: string; mailboxId: string; mailbox: Mailbox; view: View };

/** Ranges of one response; RFC 7162 §4 lets lines be longer than they used to be, yet not endless. */
const rangesPerLine = 2000;

/** `* VANISHED [(EARLIER)] set`, or '' for nothing. `ranges` ascend and are disjoint. */
export function formatVanished(ranges: readonly Range[], isEarlier: boolean): string {
  let lines = '';
  for (let at = 0; at < ranges.length; at += rangesPerLine) {
    const pieces = ranges
      .slice(at, at + rangesPerLine)
      .map(([first, last]) => (first === last ? `${first}` : `${first}:${last}`));
    lines += untagged(`VANISHED ${isEarlier ? '(EARLIER) ' : ''}${pieces.join(',')}`);
  }
  return lines;
}

/**
 * The response code of a command that expunged (RFC 7162 §3.2.7, MOVE: RFC 6851 §4.4, REPLACE: RFC 8508 §4.5), of
 * the mailbox that lost something. Whatever has a lower MODSEQ is told behind the command, before its line.
 */
export function formatHighest(
  { isCondstore, isStill }: { isCondstore: boolean; isStill: boolean },
  highestModseq?: number,
): string | undefined {
  if (highestModseq === undefined || !isCondstore || isStill) return undefined;
  return `HIGHESTMODSEQ ${highestModseq}`;
}

/** A UID set as ranges; "*" is the highest UID that the mailbox has ever given. */
export function readKnown(set: SequenceSet, { mailbox }: Selected): Range[] {
  const last = mailbox.uidNext - 1;
  const read = (edge: number) => (edge === Number.POSITIVE_INFINITY ? last : edge);
  return sortRanges(
    set.map(([from, to]): Range => [read(from), read(to)]),
    last,
  );
}

/**
 * What of `known` vanished after `sinceModseq`, without what the session has not been told yet: that comes as
 * any other news. Of UIDs up to `unchangedUpTo` nothing has vanished.
 */
export async function findVanished(
  { accountId, mailboxId, mailbox, view }: Selected,
  sinceModseq: number,
  known: readonly Range[],
  unchangedUpTo = 0,
): Promise<Range[]> {
  const gone = await listVanished(accountId, mailboxId, sinceModseq, known, unchangedUpTo);
  return listMissing(sortRanges(gone, mailbox.uidNext - 1), view.uids);
}
