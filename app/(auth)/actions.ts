// Ends the session of this browser, copies of its cookie included. Whoever may call it loses nothing but a session of their own, so it
// asks for no role.
'use server';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { endWebSession } from '#lib/accounts/web-session.ts';
import { readSettings } from '#lib/settings/index.ts';
import { dropActing } from '../acting.ts';
import { sessionCookie } from '../auth-options.ts';
import { isSecureRequest, nameCookie } from '../secure-request.ts';
import { readClaims } from '../session.ts';

/** For `<form action={signOutAction}>` in any menu. */
export async function signOutAction(): Promise<void> {
  const claims = await readClaims();
  if (claims) await endWebSession(claims.accountId, claims.sessionId).catch(() => {});
  await dropActing();
  const secure = await isSecureRequest();
  // A browser takes the end of such a cookie only with what it was made with.
  (await cookies()).delete({ name: nameCookie(sessionCookie, secure), path: '/', secure });
  const after = await readSettings();
  redirect(after['web.signOutLink'] || (after['web.signOutText'] ? '/login?bye=1' : '/login'));
}
