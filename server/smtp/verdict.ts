// What a check says (docs/architecture.md, decision 9). The same values answer a real session and the
// page that asks what would happen to a mail, so a verdict knows nothing of sockets.

/** The closed list of reasons; server/smtp/replies.ts gives each its reply code, once. */
export type Reason =
  | 'too-many-connections'
  | 'bad-helo'
  | 'signed-out'
  | 'unknown-parameter'
  | 'bad-sender'
  | 'null-sender'
  | 'sender-not-owned'
  | 'utf8-not-declared'
  | 'too-many-recipients'
  | 'bad-recipient'
  | 'source-route'
  | 'relay-denied'
  | 'unknown-recipient'
  | 'recipient-disabled'
  | 'mailbox-full'
  | 'never-fits'
  | 'too-big'
  | 'header-too-big'
  | 'bare-newline'
  | 'too-many-hops'
  | 'mail-loop'
  | 'bad-from'
  | 'from-not-owned'
  | 'no-room'
  | 'unavailable';

export type Refused = { outcome: 'refuse'; reason: Reason; text: string };

export type Verdict =
  | { outcome: 'pass' }
  /** Goes on, with a finished header field (CRLF at its end) before the message. */
  | { outcome: 'tag'; reason: string; field: string }
  /** Goes on, into the Junk mailbox. */
  | { outcome: 'junk'; reason: string }
  /** Refused, for now or for good: the reason's code says which. The text is public. */
  | Refused;

export const pass: Verdict = { outcome: 'pass' };

/** A refusal with a text that the other side may read. */
export function refuse(reason: Reason, text: string): Refused {
  return { outcome: 'refuse', reason, text };
}

export const tooBig = refuse('too-big', 'The message is larger than this server takes');
export const neverFits = refuse(
  'never-fits',
  'The message is larger than the whole mailbox may be',
);
export const noRoom = refuse('no-room', 'The server has no room left, try again later');
export const unavailable = refuse('unavailable', 'Local error in processing, try again later');

/** No room now, in the words of the store. */
export function mailboxFull(text: string): Refused {
  return refuse('mailbox-full', text.replace(/\.$/, ''));
}
