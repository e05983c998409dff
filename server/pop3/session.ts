// The state of one POP3 session (RFC 1939 §3): AUTHORIZATION until somebody has logged in, then TRANSACTION.
// The UPDATE state is what QUIT does.

import { loginOf } from '#lib/accounts/login-watch.ts';
import type { SignedIn } from '#lib/accounts/sessions.ts';
import { checkSession } from '#lib/accounts/sessions.ts';
import { logOf } from '#lib/log.ts';
import { readSettings } from '#lib/settings/index.ts';
import type { ChannelBinding } from '#server/auth/channel-binding.ts';
import { type LoginProtocol, mayUsePassword } from '#server/auth/login.ts';
import { type Maildrop, openMaildrop, saveFetched } from './maildrop.ts';
import { createReadAhead, type ReadAhead } from './read-ahead.ts';
import { ok, type Reply } from './reply.ts';
import { joinRoster } from './roster.ts';

export type Session = {
  remote: string;
  isSecure: boolean;
  /** Of the TLS connection, null in clear. */
  binding: ChannelBinding | null;
  /** Given by USER, for the PASS that follows. */
  username: string | null;
  /** The client has said UTF8 (RFC 6856 §2.1). */
  isUtf8: boolean;
  /** null = state AUTHORIZATION. */
  maildrop: Maildrop | null;
  /** Reads the messages of the maildrop. */
  messages: ReadAhead | null;
  /** Who logged in, and when that was last looked at (milliseconds of performance.now). */
  account: { accountId: string; epoch: number } | null;
  checkedAtMs: number;
  /** Called when the login has ended: hangs up, without UPDATE. */
  onEnded: () => void;
  /** Gives back the place among the sessions of the user. */
  leave: () => void;
};

const log = logOf('pop3');
/** A login that ended (disabled, new password) is noticed within this time, at the next command. */
const checkIntervalMs = 1000;

export function createSession(client: {
  remote: string;
  isSecure: boolean;
  binding?: ChannelBinding | null;
}): Session {
  return {
    binding: null,
    ...client,
    username: null,
    isUtf8: false,
    maildrop: null,
    messages: null,
    account: null,
    checkedAtMs: 0,
    onEnded: () => {},
    leave: () => {},
  };
}

/** Whether a login may be tried on this connection as it is. */
export function mayLogIn(session: Session): boolean {
  return mayUsePassword(session);
}

/** Who tries to log in here. */
export function originOf({ remote }: Session): { remote: string; protocol: LoginProtocol } {
  return { remote, protocol: 'pop3' };
}

/** Enters TRANSACTION as the account that has shown who it is. Throws Unwelcome. */
export async function enter(session: Session, account: SignedIn): Promise<Reply> {
  session.username = null;
  const member = { ...loginOf(account), end: () => session.onEnded() };
  const leave = joinRoster(member, await readSettings());
  try {
    session.maildrop = await openMaildrop(account.id, session.isUtf8);
  } catch (error) {
    leave();
    throw error;
  }
  session.leave = leave;
  session.messages = createReadAhead(session.maildrop);
  session.account = { accountId: account.id, epoch: account.epoch };
  session.checkedAtMs = performance.now();
  const { remote, isSecure, maildrop } = session;
  log.info({ accountId: account.id, remote, isSecure, messages: maildrop.uids.length }, 'login');
  return ok('Logged in.');
}

/** The connection is gone, with or without QUIT. */
export function endSession(session: Session): void {
  session.leave();
  if (session.maildrop) void saveFetched(session.maildrop);
}

/** Whether the login still stands; always true before there is one. */
export async function isStillLoggedIn(session: Session): Promise<boolean> {
  if (!session.account || performance.now() - session.checkedAtMs < checkIntervalMs) return true;
  session.checkedAtMs = performance.now();
  return (await checkSession(session.account)) !== null;
}
