// next-auth's options: sign-in by address and password, the session as an encrypted cookie (JWT) that
// names the account, its epoch and the session. The cookie alone proves nothing: app/session.ts checks it at each use.
import { headers } from 'next/headers';
import type { NextAuthOptions, User } from 'next-auth';
import type { JWT } from 'next-auth/jwt';
import CredentialsProvider from 'next-auth/providers/credentials';
import { signInByOidc } from '#lib/accounts/oidc.ts';
import { deriveKey } from '#lib/accounts/secret.ts';
import {
  checkWebSession,
  endWebSession,
  type SessionClaims,
  startWebSession,
} from '#lib/accounts/web-session.ts';
import { isRefusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { readSetting } from '#lib/settings/index.ts';
import { chooseTarget } from './callback-url.ts';
import { keepDevice, readDevice } from './device.ts';
import { claimsOf, oidcProviders } from './oidc.ts';
import { remoteAddress } from './remote-address.ts';
import { nameCookie } from './secure-request.ts';
import { signInByForm } from './sign-in-form.ts';

export const sessionCookie = 'drey.session';

const log = logOf('web');

declare module 'next-auth' {
  interface Session {
    claims: SessionClaims | null;
  }
  interface User {
    epoch: number;
    sessionId: string;
  }
}

declare module 'next-auth/jwt' {
  interface JWT {
    accountId?: string;
    epoch?: number;
    sessionId?: string;
  }
}

// next-auth builds its addresses from the request's Host header instead of a configured one.
process.env.AUTH_TRUST_HOST ??= 'true';

/** `isSecure`: the browser came by https (perhaps to a proxy), so the cookie may never go by http. */
export async function authOptions(isSecure: boolean): Promise<NextAuthOptions> {
  const maxAge = (await readSetting('web.sessionHours')) * 3600;
  return {
    secret: sessionSecret(),
    session: { strategy: 'jwt', maxAge },
    pages: { signIn: '/login', signOut: '/logout', error: '/login' },
    cookies: {
      sessionToken: {
        name: nameCookie(sessionCookie, isSecure),
        options: { httpOnly: true, sameSite: 'lax', path: '/', secure: isSecure },
      },
    },
    providers: [
      CredentialsProvider({
        credentials: { address: {}, password: {}, code: {}, passkey: {} },
        authorize: async (credentials, request) => {
          const device = await readDevice();
          const remote = remoteAddress(request.headers?.['x-forwarded-for']);
          const origin = { device, remote, protocol: 'web' } as const;
          const account = await signInByForm(credentials ?? {}, origin).catch((error: unknown) => {
            // The text reaches the browser as result.error; the reason is enough for the form.
            if (isRefusal(error)) throw new Error(error.field ?? error.reason);
            log.error({ error }, 'sign-in failed unexpectedly');
            throw new Error('unavailable');
          });
          await keepDevice(device, isSecure);
          const agent = String(request.headers?.['user-agent'] ?? '');
          const { id, epoch, isProven = false } = account;
          return { id, epoch, sessionId: await startWebSession(id, { remote, agent, isProven }) };
        },
      }),
      ...(await oidcProviders()),
    ],
    callbacks: {
      redirect: ({ url, baseUrl }) => chooseTarget(url, baseUrl),
      signIn: async ({ user, account, profile }) => {
        if (account?.provider !== 'oidc') return true;
        return enterByOidc(user, profile, isSecure);
      },
      jwt: async ({ token, user }) => {
        if (user) return { accountId: user.id, epoch: user.epoch, sessionId: user.sessionId };
        // Emptied, not only refused: a copy of the cookie must not be renewed past its end.
        const claims = toClaims(token);
        return claims && (await checkWebSession(claims)) ? token : {};
      },
      session: ({ session, token }) => ({ ...session, claims: toClaims(token) }),
    },
    events: {
      signOut: async ({ token }) => {
        const claims = toClaims(token);
        if (claims) await endWebSession(claims.accountId, claims.sessionId).catch(() => {});
      },
    },
    logger: {
      // Codes only: next-auth's metadata may hold what a person typed.
      error: (code) => log.warn({ code }, 'next-auth'),
      warn: () => {},
      debug: () => {},
    },
  };
}

/** Makes of the provider's word a session of the account, which `user` then names; or leads back to the form. */
async function enterByOidc(user: User, profile: unknown, isSecure: boolean) {
  try {
    const [asked, device] = [await headers(), await readDevice()];
    const remote = remoteAddress(asked.get('x-forwarded-for'));
    const { id, epoch } = await signInByOidc(claimsOf(profile), { remote, device });
    const origin = { remote, agent: asked.get('user-agent') ?? '', isProven: true };
    Object.assign(user, { id, epoch, sessionId: await startWebSession(id, origin) });
    await keepDevice(device, isSecure);
    return true;
  } catch (error) {
    if (!isRefusal(error)) log.error({ error }, 'sign-in by OpenID failed unexpectedly');
    return `/login?error=${isRefusal(error, 'throttled') ? 'throttled' : 'oidc'}`;
  }
}

/** What the cookie is encrypted with. */
export function sessionSecret(): string {
  return process.env.NEXTAUTH_SECRET || deriveKey('web sessions').toString('base64url');
}

/** Who a cookie says it is; null for an emptied one. */
export function toClaims({ accountId, epoch, sessionId }: JWT): SessionClaims | null {
  if (!accountId || epoch === undefined || !sessionId) return null;
  return { accountId, epoch, sessionId };
}
