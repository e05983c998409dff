// Signing in from the browser through next-auth. What went wrong is a key of the texts in auth.json (signIn.errors); none
// tells whether an account exists.
import { signIn } from 'next-auth/react';

export type SignInError = 'auth-failed' | 'throttled' | 'unavailable' | 'offline';

/** The key of a code that next-auth gives. */
export function signInErrorOf(code: string): SignInError {
  return code === 'auth-failed' || code === 'throttled' ? code : 'unavailable';
}

/** Signs in; resolves with what is wrong, or null once the session cookie is set. */
export async function signInFromBrowser(
  address: string,
  password: string,
): Promise<SignInError | null> {
  try {
    const result = await signIn('credentials', { address, password, redirect: false });
    return result?.ok && !result.error ? null : signInErrorOf(result?.error ?? '');
  } catch {
    return 'offline';
  }
}
