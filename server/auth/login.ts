// From credentials to an account, for IMAP, POP3 and submission. Throttling, delay and the trail event are
// in lib/accounts/sessions.ts; here are the rules that only protocols have, and the count.
import { isLoopback } from '#lib/accounts/network.ts';
import {
  countRefusedLogin,
  type SignedIn,
  signIn,
  signInByProof,
  signInWithToken,
} from '#lib/accounts/sessions.ts';
import { resultOf } from '#lib/accounts/sign-in-count.ts';
import { Refusal } from '#lib/errors.ts';
import { canonicalAddress } from '#lib/mail/address.ts';
import { authentications } from '#server/metrics/index.ts';
import type { Credentials } from './sasl.ts';

export type LoginProtocol = 'imap' | 'pop3' | 'submission';
export type Origin = { remote: string; protocol: LoginProtocol };

/**
 * The account of the credentials. Refusal 'auth-failed' (costs time, tells nothing about what was wrong) or
 * 'throttled'.
 */
export async function login(credentials: Credentials, origin: Origin): Promise<SignedIn> {
  const { protocol } = origin;
  try {
    const account = await check(credentials, origin);
    authentications.inc({ protocol, result: 'ok' });
    return account;
  } catch (error) {
    authentications.inc({ protocol, result: resultOf(error) });
    throw error;
  }
}

/** RFC 8314 §4: a password travels inside TLS, or does not leave this machine. */
export function mayUsePassword(client: { isSecure: boolean; remote: string }): boolean {
  return client.isSecure || isLoopback(client.remote);
}

/**
 * A password that was sent in clear where that is not allowed: nobody looks at it, but it counts as a failed
 * login, so that guessing is not free there.
 */
export async function refuseInClear(username: string, origin: Origin): Promise<void> {
  authentications.inc({ protocol: origin.protocol, result: 'failed' });
  await countRefusedLogin({ ...origin, address: username });
}

async function check(credentials: Credentials, { remote, protocol }: Origin): Promise<SignedIn> {
  if (credentials.kind === 'token') {
    const { token, username } = credentials;
    // A program that speaks OAUTHBEARER or XOAUTH2 shows its app password as the token; ours have dots.
    if (username && !token.includes('.')) {
      return signIn({ address: username, password: token, remote, protocol });
    }
    const account = await signInWithToken({ token, remote, protocol });
    if (username && !isSameAddress(username, account.address)) throw failed();
    return account;
  }
  const { authzid, username: address } = credentials;
  const account =
    credentials.kind === 'proof'
      ? await signInByProof({ address, isProven: credentials.isProven, remote, protocol })
      : await signIn({ address, password: credentials.password, remote, protocol });
  // RFC 4616 §2: acting for somebody else is a right that nobody has here.
  if (authzid && !isSameAddress(authzid, account.address)) throw failed();
  return account;
}

function isSameAddress(claimed: string, address: string): boolean {
  return (canonicalAddress(claimed) ?? claimed.toLowerCase()) === address;
}

function failed(): Refusal {
  return new Refusal('auth-failed', 'The address or the password is wrong.');
}
