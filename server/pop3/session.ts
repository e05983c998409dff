// The state of one POP3 session (RFC 1939 §3): AUTHORIZATION until somebody has logged in, then TRANSACTION.
// The UPDATE state is what QUIT does.

import type { Account } from '#lib/accounts/account.ts';
import { checkSession } from '#lib/accounts/sessions.ts';
import { logOf } from '#lib/log.ts';
import type { ChannelBinding } from '#server/auth/channel-binding.ts';
import { type LoginProtocol, mayUsePassword } from '#server/auth/login.ts';
import { type Maildrop, openMaildrop } from './maildrop.ts';
import { ok, type Reply } from './reply.ts';

export type Session = {
  remote: string;
  isSecure: boolean;
  /** Of the TLS connection, null in clear. */
  binding: ChannelBinding | null;
  /** Given by USER, for the PASS that follows. */
  username: string | null;
  /** null = state AUTHORIZATION. */
  maildrop: Maildrop | null;
  /** Who logged in, and when that was last looked at (milliseconds of performance.now). */
  account: { accountId: string; epoch: number } | null;
  checkedAtMs: number;
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
    maildrop: null,
    account: null,
    checkedAtMs: 0,
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

/** Enters TRANSACTION as the account that has shown who it is. Refusal 'in-use'. */
export async function enter(session: Session, account: Account): Promise<Reply> {
  session.username = null;
  session.maildrop = await openMaildrop(account.id);
  session.account = { accountId: account.id, epoch: account.epoch };
  session.checkedAtMs = performance.now();
  const { remote, isSecure, maildrop } = session;
  log.info({ accountId: account.id, remote, isSecure, messages: maildrop.items.length }, 'login');
  return ok('Logged in.');
}

/** Whether the login still stands; always true before there is one. */
export async function isStillLoggedIn(session: Session): Promise<boolean> {
  if (!session.account || performance.now() - session.checkedAtMs < checkIntervalMs) return true;
  session.checkedAtMs = performance.now();
  return (await checkSession(session.account)) !== null;
}
