// What a check says (docs/architecture.md, decision 9). The same values answer a real session and the
// page that asks what would happen to a mail, so a verdict knows nothing of sockets.

/** The closed list of reasons for a refusal; server/smtp/replies.ts gives each its reply code, once. */
export type Reason =
  | 'too-many-connections'
  | 'early-talker'
  | 'out-of-step'
  | 'bad-helo'
  | 'signed-out'
  | 'unknown-parameter'
  | 'bad-parameter'
  | 'tls-first'
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
  | 'unclear-author'
  | 'spf'
  | 'dmarc'
  | 'bad-header'
  | 'too-complex'
  | 'attachment'
  | 'virus'
  | 'spam'
  | 'scanner'
  | 'scanner-later'
  | 'too-fast'
  | 'no-reverse-name'
  | 'helo-is-ours'
  | 'helo-no-name'
  | 'helo-unknown'
  | 'no-sender-domain'
  | 'sender-takes-no-mail'
  | 'listed'
  | 'greylisted'
  | 'dns-trouble'
  | 'access-denied'
  | 'access-deferred'
  | 'not-a-poster'
  | 'sending-limit'
  | 'sending-never'
  | 'no-room'
  | 'unavailable';

export type Refused = { outcome: 'refuse'; reason: Reason; text: string; note?: string };

/** `note` says what was found, for trail and explanation: "10 of 50 connections", "SPF pass". Never a secret. */
type Noted = { reason: string; note?: string };

export type Verdict =
  | { outcome: 'pass'; note?: string }
  /** Goes on, with a finished header field (CRLF at its end) before the message. */
  | (Noted & { outcome: 'tag'; field: string })
  /** Goes on, into the Junk mailbox. */
  | (Noted & { outcome: 'junk' })
  /** Goes on, past every later check that is for strangers only. */
  | (Noted & { outcome: 'welcome' })
  /** Taken, but waits in the queue until an administrator lets it go. */
  | (Noted & { outcome: 'hold' })
  /** Answered as if it were taken, and thrown away: at RCPT for this recipient, elsewhere for all. */
  | (Noted & { outcome: 'discard' })
  /** To another address: at RCPT in place of this recipient, elsewhere in place of all. */
  | (Noted & { outcome: 'redirect'; to: string })
  /** One copy more, to an address. */
  | (Noted & { outcome: 'bcc'; to: string })
  /** Refused, for now or for good: the reason's code says which. The text is public. */
  | Refused;

export const pass: Verdict = { outcome: 'pass' };

/** Passed, with what was found. */
export function passed(note: string): Verdict {
  return { outcome: 'pass', note };
}

/** A refusal with a text that the other side may read. */
export function refuse(reason: Reason, text: string, note?: string): Refused {
  return { outcome: 'refuse', reason, text, note };
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
