// Ends the session of this browser. Whoever may call it loses nothing but a session of their own, so it
// asks for no role.
'use server';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { sessionCookieName } from '../auth-options.ts';

/** For `<form action={signOutAction}>` in any menu. */
export async function signOutAction(): Promise<void> {
  (await cookies()).delete(sessionCookieName);
  redirect('/login');
}
