// "/": on to the mail, to the sign-in page, or, before the set-up, a word on how to begin.
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { isSetUp } from '#lib/accounts/setup.ts';
import { currentSession } from '../session.ts';

export default async function StartPage() {
  if (await isSetUp()) redirect((await currentSession()) ? '/mail' : '/login');
  const t = await getTranslations('auth.start');
  return (
    <div className="rounded-lg border bg-surface p-6">
      <h1 className="text-lg font-semibold">{t('title')}</h1>
      <p className="mt-2 text-muted">{t('text')}</p>
      <p className="mt-3 text-muted">{t('newLink')}</p>
      <pre className="mt-2 overflow-x-auto rounded-md border bg-sunken px-3 py-2 font-mono text-sm">
        npx drey setup-link
      </pre>
    </div>
  );
}
