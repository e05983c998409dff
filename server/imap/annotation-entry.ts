// METADATA on the wire (RFC 5464 §5): entry names, values, and the answer that holds both.

import { quoteOrLiteral } from '#lib/mail/imap-string.ts';
import { isPrivate } from '#server/store/sharing/annotations.ts';
import type { Session } from './session.ts';
import { Bad } from './wire/bad.ts';
import type { Cursor } from './wire/cursor.ts';

const nameLimit = 255;
/** Entries that one command may name. */
const entriesLimit = 100;

/** RFC 6154 §5.4: the special use of a mailbox, as an annotation. */
export const specialUseEntry = '/private/specialuse';

/** An entry name in lower case (RFC 5464 §3.2); `mayBeRoot`: "/private" and "/shared" themselves will do. */
export function parseEntry(cursor: Cursor, mayBeRoot = false): string {
  const name = cursor.astringText().toLowerCase();
  if (name.length > nameLimit || !/^(\/[^\u0000-\u001f\u007f-\uffff*%/]+)+$/.test(name)) {
    throw new Bad('This is no name of an annotation');
  }
  const isRoot = name === '/private' || name === '/shared';
  if (isRoot ? !mayBeRoot : !isPrivate(name) && !name.startsWith('/shared/')) {
    throw new Bad('Names of annotations begin with /private/ or /shared/');
  }
  return name;
}

/** entries: one, or several in parentheses. */
export function parseEntries(cursor: Cursor): string[] {
  const entries: string[] = [];
  const parseOne = () => {
    if (entries.length >= entriesLimit) throw new Bad('Too many annotations');
    entries.push(parseEntry(cursor, true));
  };
  if (cursor.peek() === '(') cursor.list(parseOne);
  else {
    parseOne();
    // RFC 5464 §4.4.1 shows several without parentheses.
    while (cursor.trySpace()) parseOne();
  }
  if (entries.length === 0) throw new Bad('Name an annotation');
  return [...new Set(entries)];
}

/** value: nstring or literal8. */
export function parseValue(cursor: Cursor): Buffer | null {
  return cursor.tryLiteral8() ?? cursor.nstring();
}

/** `* METADATA mailbox (entry value …)`; null as a value is NIL. */
export function formatAnnotations(
  session: Session,
  name: string,
  values: readonly { entry: string; value: Buffer | null }[],
): (string | Buffer)[] {
  const pieces: (string | Buffer)[] = [`* METADATA ${formatHolder(session, name)} (`];
  for (const [index, { entry, value }] of values.entries()) {
    pieces.push(`${index > 0 ? ' ' : ''}${formatEntryName(entry)} `, formatValue(value));
  }
  pieces.push(')\r\n');
  return pieces;
}

/** The name of an annotation in a reply. */
export function formatEntryName(entry: string): string {
  return /^[A-Za-z0-9/.:_+-]+$/.test(entry) ? entry : quoteOrLiteral(entry).toString();
}

/** "" stands for the server. */
function formatHolder(session: Session, name: string): string {
  return name === '' ? '""' : session.formatName(name);
}

function formatValue(value: Buffer | null): Buffer {
  // RFC 4466 §2.3: what holds NUL is a literal8.
  if (value?.includes(0)) return Buffer.concat([Buffer.from(`~{${value.length}}\r\n`), value]);
  return quoteOrLiteral(value);
}
