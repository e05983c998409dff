// All pages of the options with a word on each.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { OptionsNav } from '#components/mail/options/options-nav.tsx';
import { OptionsOverview } from '#components/mail/options/options-overview.tsx';
import { requireUser } from '../../session.ts';
import { declaredPreferences } from './declared.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options'))('title') };
}

export default async function OptionsPage() {
  await requireUser();
  const t = await getTranslations('options');
  return (
    <>
      <h1 className="mb-4 text-xl font-semibold tracking-tight">{t('title')}</h1>
      <OptionsNav declared={declaredPreferences()} className="md:hidden" />
      <OptionsOverview />
    </>
  );
}
