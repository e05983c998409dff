// Builds replies (RFC 3501 §7). Everything that comes from a message, a name or a person passes
// through a function here or in lib/mail/imap-string.ts, so no value can split a response.
import { formatString } from '#lib/mail/imap-string.ts';
import { encodeMailboxName } from '#lib/mail/mutf7.ts';

/** How a command ends; `code` without its brackets. */
export type Ending = {
  status: 'OK' | 'NO' | 'BAD';
  code?: string;
  text: string;
  /** What the connection does after the tagged line. */
  next?: 'close' | 'starttls' | 'compress' | 'unauthenticate';
};

/** `* text` with its line end. */
export function untagged(text: string): string {
  return `* ${text}\r\n`;
}

/** Tagged state response. */
export function tagged(tag: string, ending: Ending): string {
  return `${tag} ${formatState(ending.status, ending.text, ending.code)}\r\n`;
}

/** Untagged state response: OK, NO, BAD, BYE. */
export function untaggedState(
  status: 'OK' | 'NO' | 'BAD' | 'BYE',
  text: string,
  code?: string,
): string {
  return `* ${formatState(status, text, code)}\r\n`;
}

/** Continuation request; always with a space after "+" (the Gmail app insists). */
export function continuation(text: string): string {
  return `+ ${cleanText(text)}\r\n`;
}

export function ok(text: string, code?: string): Ending {
  return code === undefined ? { status: 'OK', text } : { status: 'OK', text, code };
}

export function no(text: string, code?: string): Ending {
  return code === undefined ? { status: 'NO', text } : { status: 'NO', text, code };
}

export function bad(text: string, code?: string): Ending {
  return code === undefined ? { status: 'BAD', text } : { status: 'BAD', text, code };
}

// RFC 3501 §9 resp-text: the text must not be empty, old clients stumble also after a code.
function formatState(status: string, text: string, code?: string): string {
  return `${status} ${code ? `[${code}] ` : ''}${cleanText(text) || 'Done'}`;
}

/** Text for a person as resp-text may carry it: printable US-ASCII, bounded. */
export function cleanText(text: string): string {
  return text.replace(/[^\u0020-\u007e]+/g, '?').slice(0, 400);
}

/**
 * Mailbox name for a reply: an atom where it may be, else quoted; modified UTF-7, or UTF-8 with `isUtf8`. Commands
 * ask `session.formatName`, which knows what the client has enabled.
 */
export function formatName(name: string, isUtf8: boolean): string {
  const wire = isUtf8 ? name.toWellFormed().normalize('NFC') : encodeMailboxName(name);
  const isAtom = /^[A-Za-z0-9&,+./:;<>=@^_`|~!#$'?-]+$/.test(wire) && wire.toUpperCase() !== 'NIL';
  return isAtom ? wire : formatString(wire, isUtf8);
}
