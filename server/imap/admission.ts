// Whether the bytes of a message may come, asked before they are sent: APPEND (RFC 3501 §6.3.11), its parts in
// CATENATE (RFC 4469), REPLACE (RFC 8508). They never stand in memory as part of the command: the connection hands
// them to a stage of the store.
import { Refusal } from '#lib/errors.ts';
import { findExcess, readQuota } from '#server/store/quota/quota.ts';
import { isPending, type MessageToAppend, parseMessage, withPending } from './append-data.ts';
import { refuse } from './refusal.ts';
import type { Session } from './session.ts';
import { findTarget } from './target.ts';
import { Bad } from './wire/bad.ts';
import { Cursor } from './wire/cursor.ts';
import { type Ending, no } from './wire/encode.ts';
import type { Literal, Segment } from './wire/frame.ts';

/** Messages of one MULTIAPPEND. */
const messageLimit = 1000;
/** Bytes that may come although there may be no room for them. */
const fewBytes = 64 * 1024;

/** mailbox 1*append-message, to the end of the command or to what has not come yet (RFC 3502 §6). */
export function parseAppend(cursor: Cursor): { name: string; messages: MessageToAppend[] } {
  const name = cursor.mailbox();
  const messages: MessageToAppend[] = [];
  do {
    if (messages.length >= messageLimit) {
      throw new Refusal('limit', `At most ${messageLimit} messages at once`);
    }
    cursor.space();
    const message = parseMessage(cursor);
    messages.push(message);
    if (isPending(message)) break;
  } while (!cursor.isAtEnd());
  return { name, messages };
}

// RFC 8508 §5: the number or UID of the message that is replaced stands before the mailbox.
const commandPattern = /^[^ ]+ (?:UID )?(?:APPEND|REPLACE (?:\d{1,10}|\*)) /i;

/** True where the literal announced behind `segments` is (part of) a message, and not a name or a URL. */
export function isMessageLiteral(segments: readonly Segment[]): boolean {
  const first = segments[0];
  const last = segments.at(-1);
  if (first?.kind !== 'text' || last?.kind !== 'text') return false;
  const command = commandPattern.exec(first.text)?.[0];
  if (command === undefined) return false;
  if (segments.length === 1 && first.text === command) return false;
  return !/[( ]URL $/i.test(last.text);
}

/**
 * Decides about bytes of a message before they are sent: the grammar so far, the mailbox, the size, the quota.
 * null = they may come; else how the command ends. Throws Bad, or a Refusal.
 */
export async function admitMessage(
  session: Session,
  segments: readonly Segment[],
  literal: Literal,
): Promise<Ending | null> {
  const { name, messages, isReplace } = readSoFar(session, segments, literal);
  if (isReplace && !session.selection) throw new Bad('The command is not allowed now');
  const message = messages.at(-1)!;
  // RFC 3502 §6.3.11: an empty literal takes the whole APPEND back.
  if (literal.sizeBytes === 0 && !message.isCatenated) {
    return no('An empty message is not stored', 'CANNOT');
  }
  const limitBytes = await session.appendLimitBytes();
  if (sumPieces(segments, message) + literal.sizeBytes > limitBytes) {
    return no(`A message has at most ${limitBytes} bytes here`, 'TOOBIG'); // RFC 7889 §4, RFC 4469 §4
  }
  const target = await findTarget(session, name);
  if ('status' in target) return target;
  // What is replaced may make the room; the store knows (replace.ts).
  if (isReplace) return null;
  // On their way already, and few: the store says what it would say here.
  if (!literal.isSynchronizing && literal.sizeBytes <= fewBytes) return null;
  const streams = segments.filter((part) => part.kind === 'stream');
  const coming = streams.reduce((sum, part) => sum + part.sizeBytes, literal.sizeBytes);
  const excess = findExcess(await readQuota(target.accountId), coming, messages.length);
  if (excess) return refuse(new Refusal('over-quota', excess));
  return null;
}

/** Bytes that came of a message already. */
function sumPieces(segments: readonly Segment[], { pieces }: MessageToAppend): number {
  const indexes = new Set(pieces.map((piece) => (piece.kind === 'text' ? piece.index : null)));
  let sum = 0;
  for (const part of segments) {
    if (part.kind === 'stream' && indexes.has(part.index)) sum += part.sizeBytes;
  }
  return sum;
}

function readSoFar(session: Session, segments: readonly Segment[], literal: Literal) {
  const cursor = new Cursor(withPending(segments, literal), session.isUtf8);
  cursor.tag();
  cursor.space();
  cursor.tryWord('UID ');
  const isReplace = cursor.keyword() === 'REPLACE';
  cursor.space();
  if (isReplace) {
    cursor.sequenceSet();
    cursor.space();
  }
  const read = parseAppend(cursor);
  return { ...read, isReplace };
}
