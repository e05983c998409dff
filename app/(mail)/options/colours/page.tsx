// Rules by which rows of the list take a colour.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ColourEditor } from '#components/mail/list/colour-editor.tsx';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { requireUser } from '../../../session.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('colours.title') };
}

export default async function ColoursPage() {
  await requireUser();
  return (
    <>
      <OptionsHead page="colours" />
      <ColourEditor />
    </>
  );
}
