// A page of the options that has nothing but declared preferences.
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { PreferenceList } from '#components/mail/options/preference-list.tsx';
import { type Page, pages } from '#lib/preferences/define.ts';
import { requireUser } from '../../../session.ts';
import { declaredPreferences } from '../declared.ts';

type Properties = { params: Promise<{ page: string }> };

const isPage = (value: string): value is Page => pages.includes(value as Page);

export async function generateMetadata({ params }: Properties): Promise<Metadata> {
  const { page } = await params;
  if (!isPage(page)) return {};
  return { title: (await getTranslations('options'))(`pages.${page}.title`) };
}

export default async function PreferencesPage({ params }: Properties) {
  await requireUser();
  const { page } = await params;
  if (!isPage(page)) notFound();
  return (
    <>
      <OptionsHead page={page} />
      <PreferenceList declared={declaredPreferences(page)} />
    </>
  );
}
