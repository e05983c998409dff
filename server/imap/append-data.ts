// What APPEND and REPLACE say of a message: append-message (RFC 3501 §9; literal8 RFC 3516 §4.3; CATENATE RFC 4469
// §5; the UTF8 form of RFC 6855 §4, which RFC 9755 took away and clients still send). Pure.
//
// Invariant: the bytes of messages never stand in the command; they are streams, told apart by their index.
import { parseInternalDate } from '#lib/mail/date.ts';
import { type FlagSet, readFlags } from './flags.ts';
import { Bad } from './wire/bad.ts';
import type { Cursor } from './wire/cursor.ts';
import type { Literal, Segment } from './wire/frame.ts';

/** A piece of a message: bytes that came with the command, or part of a message that is here already. */
export type Piece = { kind: 'text'; index: number } | { kind: 'url'; url: string };

export type MessageToAppend = {
  flags: FlagSet;
  date: Date | null;
  /** Exactly one text, unless it was CATENATE. */
  pieces: Piece[];
  isCatenated: boolean;
};

/** Pieces of one CATENATE. */
const pieceLimit = 500;
/** Stands for a stream that has been announced and has not come yet. */
const pendingIndex = -1;

/** The segments as if the literal announced behind them stood there. */
export function withPending(segments: readonly Segment[], literal: Literal): Segment[] {
  const { sizeBytes, isBinary } = literal;
  const pending: Segment = { kind: 'stream', index: pendingIndex, sizeBytes, isBinary };
  return [...segments, pending, { kind: 'text', text: '' }];
}

/** True where the message ends with what has not come yet: nothing may be read behind it. */
export function isPending({ pieces }: MessageToAppend): boolean {
  const last = pieces.at(-1);
  return last?.kind === 'text' && last.index === pendingIndex;
}

/** [flag-list SP] [date-time SP] append-data */
export function parseMessage(cursor: Cursor): MessageToAppend {
  const { flags, date } = parseBefore(cursor);
  if (cursor.tryWord('CATENATE (')) {
    return { flags, date, pieces: parsePieces(cursor), isCatenated: true };
  }
  return { flags, date, pieces: [parseText(cursor)], isCatenated: false };
}

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

/** cat-part *(SP cat-part) ")" */
function parsePieces(cursor: Cursor): Piece[] {
  const pieces: Piece[] = [];
  do {
    if (pieces.length >= pieceLimit) throw new Bad('Too many parts to catenate');
    const piece = parsePiece(cursor);
    pieces.push(piece);
    if (piece.kind === 'text' && piece.index === pendingIndex) return pieces;
  } while (cursor.trySpace());
  cursor.expect(')');
  return pieces;
}

function parsePiece(cursor: Cursor): Piece {
  if (cursor.tryWord('URL ')) return { kind: 'url', url: cursor.astring().toString('latin1') };
  if (cursor.tryWord('TEXT ')) return parseLiteral(cursor);
  return parseText(cursor);
}

/** literal / literal8 / "UTF8 (" literal8 ")" */
function parseText(cursor: Cursor): Piece {
  if (!cursor.tryWord('UTF8 (')) return parseLiteral(cursor);
  const piece = parseLiteral(cursor, true);
  if (piece.index !== pendingIndex) cursor.expect(')');
  return piece;
}

function parseLiteral(cursor: Cursor, isBinaryOnly = false): { kind: 'text'; index: number } {
  const stream = cursor.tryStream();
  if (!stream || (isBinaryOnly && !stream.isBinary)) throw new Bad('Expected a message literal');
  return { kind: 'text', index: stream.index };
}
