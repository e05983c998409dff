// The labels of messages: their names, colours and places.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { LabelEditor } from '#components/mail/labels/label-editor.tsx';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { requireUser } from '../../../session.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('labels.title') };
}

export default async function LabelsPage() {
  await requireUser();
  return (
    <>
      <OptionsHead page="labels" />
      <LabelEditor />
    </>
  );
}
