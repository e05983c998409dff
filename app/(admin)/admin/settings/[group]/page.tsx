// The settings of one group.
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { listSettings } from '#lib/settings/index.ts';
import { requireAdmin } from '../../../../session.ts';
import { groups, SettingsPage } from '../settings-view.tsx';

type Props = { params: Promise<{ group: string }> };

export default async function SettingsGroupPage({ params }: Props) {
  await requireAdmin();
  const { group } = await params;
  const found = groups.find(({ id }) => id === group);
  if (!found) notFound();
  const listed = (await listSettings()).filter(({ definition }) => definition.group === found.id);
  return <SettingsPage listed={listed} group={found.id} search="" />;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { group } = await params;
  const label = groups.find(({ id }) => id === group)?.label;
  return { title: label ? `${label} · Settings` : 'Settings' };
}
