// STORE (RFC 3501 §6.4.6) with UNCHANGEDSINCE (RFC 7162 §3.1.3).
import { refuseRight } from '#lib/accounts/rights.ts';
import type { Entry } from '#server/store/entry.ts';
import { changeFlags, type FlagChange, type FlagOutcome } from '#server/store/flags.ts';
import { readMessages } from '#server/store/read.ts';
import { startLoop } from '#server/store/turn.ts';
import { type FlagMask, keywordLimitPerMailbox, readFlags } from '../flags.ts';
import { maskOf } from '../grant.ts';
import type { Selection } from '../selection.ts';
import type { View } from '../view.ts';
import { Bad } from '../wire/bad.ts';
import type { Cursor } from '../wire/cursor.ts';
import { bad, no, ok, untagged } from '../wire/encode.ts';
import { formatSet, type SequenceSet } from '../wire/sequence-set.ts';
import { defineCommand, onlySelected } from './command.ts';
import { findUids } from './message-set.ts';

type Args = {
  set: SequenceSet;
  unchangedSince: number | null;
  change: FlagChange;
  isSilent: boolean;
};

/** Replies that go out together. */
const linesTogether = 500;

const modes = { '+': 'add', '-': 'remove', '': 'set' } as const;

export const store = defineCommand<Args>({
  name: 'STORE',
  states: onlySelected,
  hasUidForm: true,
  hidesExpunge: true,
  // Flags from before it would look to the client like what came of it (.SILENT).
  holdsFlagNews: true,
  parse(cursor) {
    cursor.space();
    const set = cursor.sequenceSet();
    cursor.space();
    const unchangedSince = parseModifier(cursor);
    const sign = cursor.tryWord('+') ? '+' : cursor.tryWord('-') ? '-' : '';
    cursor.expect('FLAGS');
    const isSilent = cursor.tryWord('.SILENT');
    cursor.space();
    const written = cursor.peek() === '(' ? cursor.flagList() : parseBareFlags(cursor);
    cursor.expectEnd();
    return { set, unchangedSince, change: { mode: modes[sign], ...readFlags(written) }, isSilent };
  },
  async *run(session, args, { isUid }) {
    const selection = session.selected;
    const { accountId, mailboxId, view } = selection;
    if (selection.isReadOnly) return no('The mailbox is selected read-only', 'READ-ONLY');
    const mask = maskOf(selection.grant.rights);
    const change = mask ? restrict(args.change, mask) : args.change;
    const uids = findUids(session, args.set, isUid);
    if (uids === null) return bad('There is no such message');
    if (args.unchangedSince !== null) session.isCondstore = true;
    if (change.mode !== 'remove' && isKeywordFlood(selection, change.keywords)) {
      return no(`A mailbox has at most ${keywordLimitPerMailbox} keywords`, 'LIMIT');
    }
    const { unchangedSince, isSilent } = args;
    const outcome = await changeFlags(
      accountId,
      mailboxId,
      uids,
      change,
      unchangedSince ?? undefined,
    );
    const { changed, modified } = outcome;
    // Of what has come of it: a change that was refused brings no keyword.
    selection.addKeywords(changed.map(({ keywords }) => keywords));
    yield selection.tellKeywords();
    selection.noteStored(outcome, isSilent);
    if (!isSilent) {
      const answers = await completeAnswers(selection, uids, outcome);
      yield* tellEach(answers, view, (number, entry) => {
        return selection.formatEntry(number, entry, session.isCondstore);
      });
    } else if (session.isCondstore) {
      // RFC 7162 §3.1.3: the new MODSEQ is told even then.
      yield* tellEach(changed, view, (number, { uid, modseq }) => {
        return untagged(`${number} FETCH (UID ${uid} MODSEQ (${modseq}))`);
      });
    }
    if (modified.length === 0) return ok('Store completed');
    const names = isUid ? modified : modified.map((uid) => view.numberOf(uid));
    return ok('Some messages were changed meanwhile', `MODIFIED ${formatSet(names)}`);
  },
});

/** What is answered: what the change did, and what it left as it was. */
async function completeAnswers(
  { accountId, mailboxId }: Selection,
  uids: number[],
  { changed, modified }: FlagOutcome,
): Promise<Entry[]> {
  if (changed.length + modified.length === uids.length) return changed;
  const told = new Set([...changed.map(({ uid }) => uid), ...modified]);
  const others = uids.filter((uid) => !told.has(uid));
  const same = await readMessages(accountId, mailboxId, others);
  return [...changed, ...same].sort((one, other) => one.uid - other.uid);
}

async function* tellEach(
  entries: readonly Entry[],
  view: View,
  format: (number: number, entry: Entry) => string,
): AsyncGenerator<string> {
  const numbers = view.numbersOf(entries.map(({ uid }) => uid));
  const loop = startLoop();
  for (let start = 0; start < entries.length; start += linesTogether) {
    let lines = '';
    const end = Math.min(start + linesTogether, entries.length);
    for (let at = start; at < end; at++) lines += format(numbers[at]!, entries[at]!);
    yield lines;
    await loop.pause();
  }
}

function parseModifier(cursor: Cursor): number | null {
  if (cursor.peek() !== '(') return null;
  let modseq: number | null = null;
  cursor.list(() => {
    if (cursor.keyword() !== 'UNCHANGEDSINCE') throw new Bad('Unknown STORE modifier');
    cursor.space();
    modseq = cursor.modseq();
  });
  cursor.space();
  return modseq;
}

function parseBareFlags(cursor: Cursor): string[] {
  const flags: string[] = [];
  do flags.push(cursor.flag());
  while (cursor.trySpace());
  return flags;
}

/**
 * What of the change these rights allow (RFC 4314 §4 STORE: it must not fail while one flag may be changed).
 * Refusal 'forbidden' where none may.
 */
function restrict(change: FlagChange, mask: FlagMask): FlagChange {
  const flags = change.flags & mask.flags;
  const keywords = mask.keywords ? change.keywords : [];
  const asksForSome = change.flags !== 0 || change.keywords.length > 0;
  const isAllowed = flags !== 0 || keywords.length > 0;
  const mayAny = mask.flags !== 0 || mask.keywords;
  if (!mayAny || (asksForSome && !isAllowed)) throw refuseRight();
  return { ...change, flags, keywords, mask };
}

function isKeywordFlood({ keywords }: Selection, added: readonly string[]): boolean {
  const known = new Set([...keywords].map((word) => word.toLowerCase()));
  const fresh = added.filter((word) => !known.has(word.toLowerCase()));
  return fresh.length > 0 && known.size + fresh.length > keywordLimitPerMailbox;
}
