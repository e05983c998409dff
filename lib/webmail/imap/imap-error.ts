// What an IMAP server's "no" means for a person: the one place where imapflow's errors become Refusals.
import { Refusal } from '../../errors.ts';

type ImapError = {
  code?: string;
  serverResponseCode?: string;
  responseText?: string;
  mailboxMissing?: boolean;
  authenticationFailed?: boolean;
};

const lost = new Set([
  'NoConnection',
  'EConnectionClosed',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEOUT',
  'CONNECT_TIMEOUT',
  'GREETING_TIMEOUT',
  'UPGRADE_TIMEOUT',
  'ClosedAfterConnectTLS',
  'ClosedAfterConnectText',
]);

/** True where the connection is gone and must not be used again. */
export function isConnectionLoss(error: unknown): boolean {
  return lost.has((error as ImapError | null)?.code ?? '');
}

/** Refusal for what the server refused or did not answer; anything else comes back as it is. */
export function translateImapError(error: unknown): unknown {
  if (error instanceof Refusal || !(error instanceof Error)) return error;
  const facts = error as ImapError & Error;
  if (facts.authenticationFailed) return new Refusal('auth-failed', 'Please sign in again.');
  if (isConnectionLoss(error)) {
    return new Refusal('unavailable', 'The mail server does not answer. It may be restarting.');
  }
  const said = facts.responseText?.slice(0, 300);
  switch (facts.serverResponseCode?.toUpperCase()) {
    case 'NONEXISTENT':
    case 'TRYCREATE':
      return new Refusal('not-found', 'This folder does not exist.');
    case 'OVERQUOTA':
      // Which limit it is, the server says: that of the user or that of the domain.
      return new Refusal('over-quota', `${said || 'The mailbox is full.'} Delete something first.`);
    case 'ALREADYEXISTS':
      return new Refusal('exists', 'A folder of this name exists already.');
    case 'TOOBIG':
      return new Refusal('too-big', 'The message is too large.');
    case 'LIMIT':
      return new Refusal('limit', said || 'A limit is reached.');
    case 'NOPERM':
    case 'CANNOT':
      return new Refusal('forbidden', said || 'The server does not allow this.');
    case 'UNAVAILABLE':
    case 'INUSE':
      return new Refusal('unavailable', said || 'The mail server is busy. Try again.');
  }
  if (facts.mailboxMissing) return new Refusal('not-found', 'This folder does not exist.');
  if (facts.code === 'LockTimeout' || facts.code === 'ETHROTTLE') {
    return new Refusal('unavailable', 'The mail server is busy. Try again.');
  }
  if (said) return new Refusal('conflict', said);
  return error;
}
