// What becomes of a message that is opened, and whose pictures are shown at once.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { PreferenceList } from '#components/mail/options/preference-list.tsx';
import { TrustedSenders } from '#components/mail/options/trusted-senders.tsx';
import { listTrustedSenders } from '#lib/webmail/reader/trusted-senders.ts';
import { requireUser } from '../../../session.ts';
import { declaredPreferences } from '../declared.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('reading.title') };
}

export default async function ReadingPage() {
  const { id } = await requireUser();
  return (
    <>
      <OptionsHead page="reading" />
      <PreferenceList declared={declaredPreferences('reading')} />
      <TrustedSenders start={await listTrustedSenders(id)} />
    </>
  );
}
