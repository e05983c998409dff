// The second factor once more, before something is changed in the panel.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { isOwnPath } from '../../own-path.ts';
import { requireUserToChange } from '../../session.ts';
import { ProveForm } from './prove-form.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth.signIn'))('factorTitle') };
}

export default async function ProvePage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>;
}) {
  await requireUserToChange();
  const { next } = await searchParams;
  return <ProveForm target={typeof next === 'string' && isOwnPath(next) ? next : '/admin'} />;
}
