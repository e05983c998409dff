// The names, addresses and signatures one writes under.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { IdentityOptions } from '#components/mail/compose/options/identity-options.tsx';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { listIdentities } from '#lib/webmail/compose/identities.ts';
import { requireUser } from '../../../session.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('identities.title') };
}

export default async function IdentitiesPage() {
  const account = await requireUser();
  return (
    <>
      <OptionsHead page="identities" />
      <IdentityOptions start={await listIdentities(account)} />
    </>
  );
}
