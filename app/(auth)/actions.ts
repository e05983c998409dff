// Ends the session of this browser, copies of its cookie included. Whoever may call it loses nothing but a session of their own, so it
// asks for no role.
'use server';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { endWebSession } from '#lib/accounts/web-session.ts';
import { sessionCookieName } from '../auth-options.ts';
import { readClaims } from '../session.ts';

/** For `<form action={signOutAction}>` in any menu. */
export async function signOutAction(): Promise<void> {
  const claims = await readClaims();
  if (claims) await endWebSession(claims.accountId, claims.sessionId).catch(() => {});
  (await cookies()).delete(sessionCookieName);
  redirect('/login');
}
