// The OpenID provider of the settings, as next-auth knows it.
import type { OAuthConfig } from 'next-auth/providers/oauth';
import { type OidcClaims, readOidcProvider } from '#lib/accounts/oidc.ts';

type Profile = { sub: string; email?: unknown; email_verified?: unknown; name?: unknown };

/** None, or one. */
export async function oidcProviders(): Promise<OAuthConfig<Profile>[]> {
  const provider = await readOidcProvider();
  if (!provider) return [];
  const { issuer, clientId, clientSecret, label } = provider;
  return [
    {
      id: 'oidc',
      name: label || 'OpenID',
      type: 'oauth',
      issuer,
      wellKnown: `${issuer}/.well-known/openid-configuration`,
      authorization: { params: { scope: 'openid email profile' } },
      idToken: true,
      checks: ['pkce', 'state', 'nonce'],
      clientId,
      clientSecret,
      // Who it is here is decided in the signIn callback (auth-options.ts).
      profile: ({ sub }) => ({ id: sub, epoch: 0, sessionId: '' }),
    },
  ];
}

/** What the provider says of the person. */
export function claimsOf(profile: unknown): OidcClaims {
  const { email, email_verified, name } = (profile ?? {}) as Partial<Profile>;
  return { address: email, isVerified: email_verified, name };
}
