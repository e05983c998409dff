// The cookie of an administrator who is signed in as a user (lib/accounts/acting.ts): beside the own one, which stays.
import { cookies } from 'next/headers';
import { decode, encode } from 'next-auth/jwt';
import type { SessionClaims } from '#lib/accounts/web-session.ts';
import { now } from '#lib/clock.ts';
import { sessionSecret, toClaims } from './auth-options.ts';
import { isSecureRequest, nameCookie } from './secure-request.ts';

const cookie = 'drey.acting';
/** So that no cookie of the other kind is taken for one of this. */
const salt = 'acting';

/** What it says, where its signature is ours; it counts only with its row and the own session. */
export async function readActingClaims(): Promise<SessionClaims | null> {
  const token = (await cookies()).get(nameCookie(cookie, await isSecureRequest()))?.value;
  if (!token) return null;
  const claims = await decode({ token, secret: sessionSecret(), salt }).catch(() => null);
  return claims && toClaims(claims);
}

export async function keepActing(claims: SessionClaims, until: Date): Promise<void> {
  const secure = await isSecureRequest();
  const maxAge = Math.max(1, Math.round((until.getTime() - now().getTime()) / 1000));
  const { accountId, epoch, sessionId } = claims;
  const token = { accountId, epoch, sessionId };
  const value = await encode({ token, secret: sessionSecret(), salt, maxAge });
  (await cookies()).set(nameCookie(cookie, secure), value, {
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure,
    maxAge,
  });
}

export async function dropActing(): Promise<void> {
  const secure = await isSecureRequest();
  // A browser takes the end of such a cookie only with what it was made with.
  (await cookies()).delete({ name: nameCookie(cookie, secure), path: '/', secure });
}
