// Protocols that the mail programs of a user may not use, kept with blanks between (Dovecot: a passdb that says no to a service).
// The webmail is always open: it comes to the mailbox with a token of its own.
import { Refusal } from '../errors.ts';

export const closableProtocols = ['imap', 'pop3', 'submission'] as const;
export type ClosableProtocol = (typeof closableProtocols)[number];

/** Of a row; what is no protocol is left out. */
export function readClosed(text: string): ClosableProtocol[] {
  const words = text.split(' ');
  return closableProtocols.filter((protocol) => words.includes(protocol));
}

/** For a row. Refusal 'invalid' for what is no protocol. */
export function writeClosed(protocols: readonly string[]): string {
  const unknown = protocols.find((one) => !closableProtocols.some((known) => known === one));
  if (unknown === undefined) return readClosed(protocols.join(' ')).join(' ');
  const text = `Protocols are ${closableProtocols.join(', ')}.`;
  throw new Refusal('invalid', text, 'closedProtocols');
}
