// Search over all settings; without words, the first group.
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { listSettings } from '#lib/settings/index.ts';
import { requireAdmin } from '../../../session.ts';
import { menu } from '../../menu.ts';
import { type Parameters, readParameters } from '../../parameters.ts';
import { isFound, SettingsPage } from './settings-view.tsx';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsSearchPage({ searchParams }: { searchParams: Parameters }) {
  await requireAdmin();
  const search = ((await readParameters(searchParams)).q ?? '').trim();
  if (search === '') redirect('/admin/settings/server');
  const listed = (await listSettings()).filter((setting) => isFound(setting, search));
  const pages = menu.flatMap(({ href, label, names = [] }) => {
    const name = names.find((entry) => entry.includes(search.toLowerCase()));
    return name ? [{ href, label, name }] : [];
  });
  return <SettingsPage listed={listed} pages={pages} group={null} search={search} />;
}
