// First run: opened by the one-time link printed at start. The token in the address is the guard.

import { hostname } from 'node:os';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ButtonLink } from '#components/ui/button.tsx';
import { isSetUp, isSetupToken } from '#lib/accounts/setup.ts';
import { readSetting } from '#lib/settings/index.ts';
import { SetupForm } from './setup-form.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth.setup'))('page'), referrer: 'no-referrer' };
}

type Props = { searchParams: Promise<{ token?: string | string[] }> };

export default async function SetupPage({ searchParams }: Props) {
  const { token } = await searchParams;
  const t = await getTranslations('auth');
  if (await isSetUp()) {
    return (
      <Notice title={t('setup.done')}>
        <p>{t('setup.doneText')}</p>
        <ButtonLink href="/login" variant="primary" className="mt-4">
          {t('signIn.title')}
        </ButtonLink>
      </Notice>
    );
  }
  if (typeof token !== 'string' || !(await isSetupToken(token))) {
    return (
      <Notice title={t('setup.badLink')}>
        <p>{t('setup.badLinkText')}</p>
        <pre className="mt-2 overflow-x-auto rounded-md border bg-sunken px-3 py-2 font-mono text-sm">
          npx drey setup-link
        </pre>
      </Notice>
    );
  }
  const name = hostname().toLowerCase();
  return (
    <SetupForm
      token={token}
      systemHostname={name.includes('.') ? name : ''}
      minPasswordLength={await readSetting('security.minPasswordLength')}
    />
  );
}

function Notice({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className="rounded-lg border bg-surface p-6">
      <h1 className="text-lg font-semibold">{title}</h1>
      <div className="mt-2 text-muted">{children}</div>
    </div>
  );
}
