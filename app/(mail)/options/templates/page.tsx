// Texts one writes again and again.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { TemplateOptions } from '#components/mail/compose/options/template-options.tsx';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { listTemplates } from '#lib/webmail/compose/templates.ts';
import { requireUser } from '../../../session.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('templates.title') };
}

export default async function TemplatesPage() {
  const account = await requireUser();
  return (
    <>
      <OptionsHead page="templates" />
      <TemplateOptions start={await listTemplates(account.id)} />
    </>
  );
}
