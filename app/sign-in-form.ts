// What the sign-in form says, as a sign-in: a password, with what is shown beside it, or a passkey alone.
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { takeAuthenticatorCode } from '#lib/accounts/second-factor/authenticator.ts';
import { checkPasskey } from '#lib/accounts/second-factor/passkey.ts';
import { takeRecoveryCode } from '#lib/accounts/second-factor/recovery.ts';
import { type Factor, type SignedIn, signIn, signInByFactor } from '#lib/accounts/sessions.ts';
import { readSite } from './site.ts';

type Said = { address?: string; password?: string; code?: string; passkey?: string };
type Origin = { device: string; remote: string; protocol: 'web' };

const maxPasskeyLength = 20_000;

/** Refusals of signIn(). */
export async function signInByForm(said: Said, origin: Origin): Promise<SignedIn> {
  const password = String(said.password ?? '').slice(0, 1024);
  const passkey = readPasskey(String(said.passkey ?? ''));
  if (passkey && password === '') {
    return signInByFactor(origin, async () => {
      const shown = await checkPasskey(await readSite(), passkey, null);
      // Alone it is both factors only where the device has checked who holds it.
      return shown?.isUserChecked ? shown.accountId : null;
    });
  }
  const address = String(said.address ?? '').slice(0, 320);
  const code = String(said.code ?? '').slice(0, 40);
  return signIn({ ...origin, address, password, factor: factorOf(code, passkey) });
}

/** What was shown beside a password, or once more; null for nothing. */
export function readShownFactor(said: { code: string; passkey: string }): Factor | null {
  return factorOf(said.code, readPasskey(said.passkey));
}

function factorOf(code: string, passkey: AuthenticationResponseJSON | null): Factor | null {
  if (passkey) return async (id) => (await checkPasskey(await readSite(), passkey, id)) !== null;
  if (code === '') return null;
  return async (id) =>
    (await takeAuthenticatorCode(id, code)) || (await takeRecoveryCode(id, code));
}

/** What the browser sent as JSON; whether it is any good is for checkPasskey() to say. */
function readPasskey(text: string): AuthenticationResponseJSON | null {
  if (text === '' || text.length > maxPasskeyLength) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? (value as AuthenticationResponseJSON | null) : null;
  } catch {
    return null;
  }
}
