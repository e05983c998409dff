// A new password: by a one-time link, whose token is the guard, or for whoever is signed in, which is where the other
// pages send people whose password must change.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ButtonLink } from '#components/ui/button.tsx';
import { findByPasswordLink } from '#lib/accounts/password-link.ts';
import { readSetting } from '#lib/settings/index.ts';
import { isOwnPath } from '../../own-path.ts';
import { requireUserToChange } from '../../session.ts';
import { ChangeForm, LinkForm } from './password-forms.tsx';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('auth.password');
  return { title: t('new'), referrer: 'no-referrer' };
}

type Props = { searchParams: Promise<{ token?: string | string[]; next?: string | string[] }> };

export default async function PasswordPage({ searchParams }: Props) {
  const { token, next } = await searchParams;
  const minLength = await readSetting('security.minPasswordLength');
  if (token === undefined) {
    const { address, mustChange } = await requireUserToChange();
    const target = typeof next === 'string' && isOwnPath(next) ? next : '/mail';
    return (
      <ChangeForm address={address} isForced={mustChange} minLength={minLength} target={target} />
    );
  }
  const account = typeof token === 'string' ? await findByPasswordLink(token) : null;
  if (account && typeof token === 'string') {
    return <LinkForm token={token} address={account.address} minLength={minLength} />;
  }
  const t = await getTranslations('auth');
  return (
    <div className="rounded-lg border bg-surface p-6">
      <h1 className="text-lg font-semibold">{t('password.badLink')}</h1>
      <p className="mt-2 text-muted">{t('password.badLinkText')}</p>
      <ButtonLink href="/login" className="mt-4">
        {t('signIn.title')}
      </ButtonLink>
    </div>
  );
}
