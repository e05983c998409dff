// Signing in from the browser through next-auth: its own client asks for the providers and for the session too, one after
// the other, which whoever waits for the first list would wait for. What went wrong is a key of the texts in auth.json (signIn.errors); none
// tells whether an account exists.
import { type AuthenticationResponseJSON, startAuthentication } from '@simplewebauthn/browser';
import { signIn } from 'next-auth/react';

/** Of what was typed. */
export type FormError =
  | 'auth-failed'
  | 'throttled'
  | 'unavailable'
  | 'offline'
  /** The password fits; the second factor is asked for */
  | 'factor'
  /** The one that was shown does not fit */
  | 'code';
export type SignInError =
  | FormError
  /** The browser shows no passkey */
  | 'passkey'
  /** The OpenID provider vouches for nobody who is here */
  | 'oidc';

const told = ['auth-failed', 'throttled', 'factor', 'code'] as const;

/** What stands beside the password, or in its place. */
export type Shown = { code?: string; passkey?: AuthenticationResponseJSON };

const formErrorOf = (code: string): FormError =>
  told.find((each) => each === code) ?? 'unavailable';

/** The key of a code that next-auth gives. */
export function signInErrorOf(code: string): SignInError {
  return code === 'oidc' ? code : formErrorOf(code);
}

let prepared: Promise<string> | null = null;

async function askCsrfToken(): Promise<string> {
  const answer = await fetch('/api/auth/csrf');
  return ((await answer.json()) as { csrfToken: string }).csrfToken;
}

/** Asks for what the next signing in needs, while somebody still types. */
export function prepareSignIn(): void {
  prepared = askCsrfToken();
  // Then it is asked for again.
  prepared.catch(() => {
    prepared = null;
  });
}

/** Signs in; resolves with what is wrong, or null once the session cookie is set. */
export async function signInFromBrowser(
  address: string,
  password: string,
  { code = '', passkey }: Shown = {},
): Promise<FormError | null> {
  try {
    const csrfToken = await (prepared ?? askCsrfToken());
    const answer = await fetch('/api/auth/callback/credentials', {
      method: 'POST',
      body: new URLSearchParams({
        address,
        password,
        code,
        passkey: passkey ? JSON.stringify(passkey) : '',
        csrfToken,
        callbackUrl: window.location.href,
        json: 'true',
      }),
    });
    const { url } = (await answer.json()) as { url: string };
    const error = new URL(url).searchParams.get('error');
    return answer.ok && !error ? null : formErrorOf(error ?? '');
  } catch {
    return 'offline';
  } finally {
    prepared = null;
  }
}

/** Goes to the OpenID provider, and from there to `target`. */
export async function goToProvider(target: string): Promise<void> {
  await signIn('oidc', { callbackUrl: target });
}

/** Asks the device for a passkey; null where it shows none. */
export async function showPasskey(): Promise<AuthenticationResponseJSON | null> {
  try {
    const response = await fetch('/api/passkey', { method: 'POST' });
    return await startAuthentication({ optionsJSON: await response.json() });
  } catch {
    return null;
  }
}
