// Asks before signing out: an address alone must not end a session.
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { currentSession } from '../../session.ts';
import { signOutAction } from '../actions.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth.signOut'))('submit') };
}

export default async function LogoutPage() {
  const account = await currentSession();
  if (!account) redirect('/login');
  const t = await getTranslations('auth.signOut');
  return (
    <div className="rounded-lg border bg-surface p-6">
      <h1 className="text-lg font-semibold">{t('title')}</h1>
      <p className="mt-2 text-muted">{t('who', { address: account.address })}</p>
      <form action={signOutAction} className="mt-5 flex gap-2">
        <Button type="submit" variant="primary">
          {t('submit')}
        </Button>
        <ButtonLink href="/mail">{t('stay')}</ButtonLink>
      </form>
    </div>
  );
}
