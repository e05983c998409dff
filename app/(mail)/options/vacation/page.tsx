// What people are told while the user is away.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { VacationForm } from '#components/mail/filters/vacation-form.tsx';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { readVacation } from '#lib/filters/vacation.ts';
import { requireUser } from '../../../session.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('vacation.title') };
}

export default async function VacationPage() {
  const account = await requireUser();
  const { startsAt, endsAt, ...vacation } = await readVacation(account.id);
  const start = {
    ...vacation,
    startsAt: startsAt?.toISOString() ?? null,
    endsAt: endsAt?.toISOString() ?? null,
  };
  return (
    <>
      <OptionsHead page="vacation" />
      <VacationForm start={start} domain={account.address.split('@').at(-1) ?? ''} />
    </>
  );
}
