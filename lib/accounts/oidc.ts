// Who comes from an OpenID provider (OpenID Connect Core 1.0): its word for an address that it has verified opens the
// account of that address here. A provider that did not verify it has said nothing.
import { Refusal } from '../errors.ts';
import { canonicalAddress } from '../mail/address.ts';
import { readSettings } from '../settings/index.ts';
import { addAccount, findAccount } from './account.ts';
import { domainOf } from './address.ts';
import { isLocalDomain } from './route.ts';
import { decryptSecret } from './secret.ts';
import { type SignedIn, signInByFactor } from './sessions.ts';

export type OidcProvider = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  label: string;
};
export type OidcClaims = { address: unknown; isVerified: unknown; name: unknown };

/** The provider of the settings, or null where there is none. */
export async function readOidcProvider(): Promise<OidcProvider | null> {
  const settings = await readSettings();
  const issuer = settings['security.oidcIssuer'].replace(/\/+$/, '');
  const clientId = settings['security.oidcClientId'];
  const clientSecret = decryptSecret(settings['security.oidcClientSecret']) ?? '';
  if (!issuer || !clientId || !clientSecret) return null;
  return { issuer, clientId, clientSecret, label: settings['security.oidcLabel'] };
}

/** Refusal 'auth-failed' where the provider vouches for nobody who is here, or may be. */
export async function signInByOidc(
  claims: OidcClaims,
  origin: { remote: string; device: string },
): Promise<SignedIn> {
  return signInByFactor({ ...origin, protocol: 'web' }, () => findOrMake(claims));
}

async function findOrMake({ address, isVerified, name }: OidcClaims): Promise<string | null> {
  const canonical = typeof address === 'string' ? canonicalAddress(address.slice(0, 320)) : null;
  // Some providers write the word instead of the value.
  if (!canonical || (isVerified !== true && isVerified !== 'true')) return null;
  const known = await findAccount(canonical);
  if (known) return known.kind === 'person' ? known.id : null;
  const { 'security.oidcCreatesUsers': mayMake } = await readSettings();
  if (!mayMake || !(await isLocalDomain(domainOf(canonical)))) return null;
  const displayName = typeof name === 'string' ? name.slice(0, 200) : '';
  try {
    const made = { address: canonical, displayName, password: { stored: null } };
    return (await addAccount(made, 'OpenID provider')).id;
  } catch (error) {
    // Say, the address is an alias.
    if (error instanceof Refusal) return null;
    throw error;
  }
}
