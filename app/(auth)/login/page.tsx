// Sign-in. Open to everybody; who is signed in already goes on.
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { isSetUp } from '#lib/accounts/setup.ts';
import { isOwnPath } from '../../own-path.ts';
import { currentSession } from '../../session.ts';
import { LoginForm } from './login-form.tsx';

export const metadata: Metadata = { title: 'Sign in' };

type Props = { searchParams: Promise<{ next?: string | string[]; error?: string }> };

export default async function LoginPage({ searchParams }: Props) {
  const { next, error } = await searchParams;
  const target = typeof next === 'string' && isOwnPath(next) ? next : '/mail';
  if (!(await isSetUp())) redirect('/');
  if (await currentSession()) redirect(target);
  return <LoginForm target={target} initialError={error ? String(error) : ''} />;
}
