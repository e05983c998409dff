// How new mail is told.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { NoticesOptions } from '#components/mail/options/notices-options.tsx';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { requireUser } from '../../../session.ts';
import { declaredPreferences } from '../declared.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('notices.title') };
}

export default async function NoticesPage() {
  await requireUser();
  return (
    <>
      <OptionsHead page="notices" />
      <NoticesOptions declared={declaredPreferences('notices')} />
    </>
  );
}
