// The mail page in the browser: what only app/ may hand to it, loaded when it is wanted.
'use client';
import { MailApp } from '#components/mail/mail-app.tsx';
import type { SignIn } from '#components/mail/sign-in-again.tsx';

const signIn: SignIn = async (address, password, code) => {
  const { signInFromBrowser } = await import('../../../(auth)/sign-in.ts');
  return signInFromBrowser(address, password, { code });
};

export function MailPageView(props: Omit<Parameters<typeof MailApp>[0], 'signIn'>) {
  return <MailApp {...props} signIn={signIn} />;
}
