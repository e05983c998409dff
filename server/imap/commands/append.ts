// APPEND (RFC 3501 §6.3.11), several messages at once (MULTIAPPEND, RFC 3502), APPENDUID (RFC 4315 §3).
// The messages themselves never stand in memory as part of the command: the connection asks admitMessage
// before each one, and hands its bytes to a stage of the store.

import { now } from '#lib/clock.ts';
import { Refusal } from '#lib/errors.ts';
import { parseInternalDate } from '#lib/mail/date.ts';
import { appendMessages } from '#server/store/append.ts';
import { readView } from '#server/store/journal.ts';
import type { Mailbox } from '#server/store/mailboxes.ts';
import { findExcess, readQuota } from '#server/store/quota.ts';
import { type FlagSet, keywordLimitPerMailbox, readFlags } from '../flags.ts';
import { refuse } from '../refusal.ts';
import type { Session } from '../session.ts';
import { findTarget, restrictFlags } from '../target.ts';
import { Bad } from '../wire/bad.ts';
import { Cursor } from '../wire/cursor.ts';
import { type Ending, no, ok } from '../wire/encode.ts';
import type { Literal, Segment } from '../wire/frame.ts';
import { formatSet } from '../wire/sequence-set.ts';
import { defineCommand, signedIn } from './command.ts';

type Message = { flags: FlagSet; date: Date | null; index: number };
type Args = { name: string; messages: Message[] };

/** Messages of one MULTIAPPEND. */
const messageLimit = 1000;

export const append = defineCommand<Args>({
  name: 'APPEND',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    const name = cursor.mailbox();
    const messages: Message[] = [];
    do {
      cursor.space();
      const { flags, date } = parseBefore(cursor);
      const stream = cursor.tryStream();
      if (!stream) throw new Bad('Expected a message literal');
      messages.push({ flags, date, index: stream.index });
    } while (!cursor.isAtEnd());
    return { name, messages };
  },
  async *run(session, { name, messages }, { uploads }) {
    const target = await findTarget(session, name);
    if ('status' in target) return target;
    const { accountId, mailbox } = target;
    if (await isKeywordFlood(mailbox, messages)) {
      return no(`A mailbox has at most ${keywordLimitPerMailbox} keywords`, 'LIMIT');
    }
    const appended = await appendMessages(
      accountId,
      mailbox.id,
      messages.map(({ flags, date, index }) => ({
        body: uploads[index]!,
        prefix: Buffer.alloc(0),
        ...restrictFlags(flags, target),
        internalDate: date ?? now(),
      })),
    );
    return ok('Append completed', `APPENDUID ${appended.uidValidity} ${formatSet(appended.uids)}`);
  },
});

/** [flag-list SP] [date-time SP], what stands before each message. */
function parseBefore(cursor: Cursor): { flags: FlagSet; date: Date | null } {
  let flags: FlagSet = { flags: 0, keywords: [] };
  let date: Date | null = null;
  if (cursor.peek() === '(') {
    flags = readFlags(cursor.flagList());
    cursor.space();
  }
  if (cursor.peek() === '"') {
    date = parseInternalDate(cursor.string().toString('latin1'));
    if (!date) throw new Bad('Expected a date-time like "21-Nov-2026 10:00:00 +0000"');
    cursor.space();
  }
  return { flags, date };
}

/** True where the literal announced behind `segments` is a message of an APPEND (and not its mailbox name). */
export function isMessageLiteral(segments: readonly Segment[]): boolean {
  const first = segments[0];
  if (first?.kind !== 'text' || !/^[^ ]+ APPEND /i.test(first.text)) return false;
  return segments.length > 1 || !/^[^ ]+ APPEND $/i.test(first.text);
}

/**
 * Decides about a message before its bytes are sent: the grammar so far, the mailbox, the size, the quota.
 * null = it may come; else how the command ends.
 */
export async function admitMessage(
  session: Session,
  segments: readonly Segment[],
  literal: Literal,
): Promise<Ending | null> {
  const name = readSoFar(segments);
  // RFC 3502 §6.3.11: an empty literal takes the whole APPEND back.
  if (literal.sizeBytes === 0) return no('An empty message is not stored', 'CANNOT');
  const limitBytes = await session.appendLimitBytes();
  if (literal.sizeBytes > limitBytes) {
    return no(`A message has at most ${limitBytes} bytes here`, 'TOOBIG'); // RFC 7889 §4
  }
  const target = await findTarget(session, name);
  if ('status' in target) return target;
  const streams = segments.filter((part) => part.kind === 'stream');
  const coming = streams.reduce((sum, part) => sum + part.sizeBytes, literal.sizeBytes);
  const excess = findExcess(await readQuota(target.accountId), coming, streams.length + 1);
  if (excess) return refuse(new Refusal('over-quota', excess));
  return null;
}

/** Reads the command up to the message, for its errors; returns the mailbox name. */
function readSoFar(segments: readonly Segment[]): string {
  const cursor = new Cursor(segments);
  cursor.tag();
  cursor.space();
  cursor.keyword();
  cursor.space();
  const name = cursor.mailbox();
  for (let count = 1; ; count++) {
    if (count > messageLimit)
      throw new Refusal('limit', `At most ${messageLimit} messages at once`);
    cursor.space();
    parseBefore(cursor);
    if (cursor.isAtEnd()) return name;
    if (!cursor.tryStream()) throw new Bad('Expected a message literal');
  }
}

async function isKeywordFlood(mailbox: Mailbox, messages: readonly Message[]): Promise<boolean> {
  const added = new Set(
    messages.flatMap(({ flags }) => flags.keywords.map((word) => word.toLowerCase())),
  );
  if (added.size === 0) return false;
  const { roll } = await readView(mailbox.accountId, mailbox.id);
  const known = new Set(roll.listKeywords().flatMap((text) => text.toLowerCase().split(' ')));
  const before = known.size;
  for (const word of added) known.add(word);
  return known.size > before && known.size > keywordLimitPerMailbox;
}
