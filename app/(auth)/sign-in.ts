// Signing in from the browser through next-auth, and what its answers mean to a person.
import { signIn } from 'next-auth/react';

const texts: Record<string, string> = {
  'auth-failed': 'The address or the password is wrong.',
  throttled: 'Too many failed attempts. Wait some minutes, then try again.',
};

/** The text for an error code; never one that tells whether an account exists. */
export function describeSignInError(code: string): string {
  return texts[code] ?? 'Signing in did not work just now. Try again.';
}

/** Signs in; resolves with an error text, or null once the session cookie is set. */
export async function signInFromBrowser(address: string, password: string): Promise<string | null> {
  try {
    const result = await signIn('credentials', { address, password, redirect: false });
    return result?.ok && !result.error ? null : describeSignInError(result?.error ?? '');
  } catch {
    return 'The server does not answer. Check the connection and try again.';
  }
}
