// The QRESYNC parameter of SELECT and EXAMINE (RFC 7162 §3.2.5): what the client knew of the mailbox, and what
// it has to hear. Everything is bounded by the command line and by the messages that are there, never by how
// far a range spans.
import type { Roll } from '#server/store/journal.ts';
import { nextTurn } from '#server/store/turn.ts';
import type { Range } from '#server/store/uid-range.ts';
import type { Selection } from './selection.ts';
import { findVanished, formatVanished, readKnown } from './vanished.ts';
import type { View } from './view.ts';
import { Bad } from './wire/bad.ts';
import type { Cursor } from './wire/cursor.ts';
import { countNamed, type SequenceSet } from './wire/sequence-set.ts';

export type Resync = {
  uidValidity: number;
  modseq: number;
  /** UIDs that the client has; null for all that the mailbox ever had. */
  known: SequenceSet | null;
  /** Numbers, and the UIDs that had them (RFC 7162 §3.2.5.2). */
  matches: { numbers: SequenceSet; uids: SequenceSet } | null;
};

const entriesPerTurn = 1000;

/** "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")" */
export function parseResync(cursor: Cursor): Resync {
  cursor.expect('(');
  const uidValidity = cursor.nonZeroNumber();
  cursor.space();
  const resync: Resync = { uidValidity, modseq: cursor.modseq(), known: null, matches: null };
  if (cursor.trySpace() && cursor.peek() !== '(') {
    resync.known = readClosedSet(cursor);
    cursor.trySpace();
  }
  if (cursor.tryWord('(')) {
    const numbers = readClosedSet(cursor);
    cursor.space();
    const uids = readClosedSet(cursor);
    cursor.expect(')');
    if (countNamed(numbers) !== countNamed(uids)) throw new Bad('The sets differ in length');
    resync.matches = { numbers, uids };
  }
  cursor.expect(')');
  return resync;
}

/** RFC 7162 §7: neither "*" nor "$" may stand here. */
function readClosedSet(cursor: Cursor): SequenceSet {
  const set = cursor.sequenceSet();
  if (set.length === 0 || set.flat().includes(Number.POSITIVE_INFINITY)) {
    throw new Bad('Expected numbers without "*"');
  }
  return set;
}

/** VANISHED (EARLIER) and then FETCH of what is news to the client; nothing where UIDs mean others now. */
export async function* tellResync(
  selection: Selection,
  roll: Roll,
  resync: Resync,
): AsyncGenerator<string, void> {
  const { mailbox, view } = selection;
  if (resync.uidValidity !== mailbox.uidValidity) return;
  const known = readKnown(resync.known ?? [[1, Number.POSITIVE_INFINITY]], selection);
  const unchangedUpTo = resync.matches ? findLastMatch(resync.matches, view) : 0;
  const vanished = await findVanished(selection, resync.modseq, known, unchangedUpTo);
  yield formatVanished(vanished, true);
  let text = '';
  for (const [step, index] of listChanged(roll, known, resync.modseq).entries()) {
    text += selection.formatEntry(index + 1, roll.entryAt(index), true);
    if (step % entriesPerTurn !== entriesPerTurn - 1) continue;
    yield text;
    text = '';
    await nextTurn();
  }
  yield text;
}

/** Indexes of messages among `known` with a greater MODSEQ. */
function listChanged(roll: Roll, known: readonly Range[], sinceModseq: number): number[] {
  const changed: number[] = [];
  let at = 0;
  for (let index = 0; index < roll.size && at < known.length; index++) {
    const uid = roll.uids[index]!;
    while (at < known.length && known[at]![1] < uid) at++;
    const range = known[at];
    if (range && range[0] <= uid && roll.modseqs[index]! > sinceModseq) changed.push(index);
  }
  return changed;
}

/** The last UID that still has the number which the client knows; nothing below it can have gone. */
function findLastMatch({ numbers, uids }: NonNullable<Resync['matches']>, view: View): number {
  let last = 0;
  const pairs = eachNumber(uids);
  for (const number of eachNumber(numbers)) {
    const uid = pairs.next().value as number;
    if (number > view.count) break;
    if (view.uidOf(number) === uid) last = Math.max(last, uid);
  }
  return last;
}

function* eachNumber(set: SequenceSet): Generator<number, void> {
  for (const [from, to] of set) {
    for (let number = Math.min(from, to); number <= Math.max(from, to); number++) yield number;
  }
}
