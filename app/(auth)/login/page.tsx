// Sign-in. Open to everybody; who is signed in already goes on.
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { readOidcProvider } from '#lib/accounts/oidc.ts';
import { isSetUp } from '#lib/accounts/setup.ts';
import { readSettings } from '#lib/settings/index.ts';
import { isOwnPath } from '../../own-path.ts';
import { currentSession } from '../../session.ts';
import { LinkedText } from './linked-text.tsx';
import { LoginForm } from './login-form.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth.signIn'))('title') };
}

type One = string | string[];
type Props = { searchParams: Promise<{ next?: One; error?: One; bye?: One }> };

export default async function LoginPage({ searchParams }: Props) {
  const { next, error, bye } = await searchParams;
  const target = typeof next === 'string' && isOwnPath(next) ? next : '/mail';
  if (!(await isSetUp())) redirect('/');
  if (await currentSession()) redirect(target);
  const words = await readSettings();
  return (
    <>
      {bye && <LinkedText text={words['web.signOutText']} />}
      <LinkedText text={words['web.motd']} />
      <LoginForm
        target={target}
        initialError={error ? String(error) : ''}
        provider={(await readOidcProvider())?.label ?? null}
      />
    </>
  );
}
