// How everything looks.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { DisplayOptions } from '#components/mail/options/display-options.tsx';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { requireUser } from '../../../session.ts';
import { declaredPreferences } from '../declared.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('display.title') };
}

export default async function DisplayPage() {
  await requireUser();
  return (
    <>
      <OptionsHead page="display" />
      <DisplayOptions declared={declaredPreferences('display')} />
    </>
  );
}
