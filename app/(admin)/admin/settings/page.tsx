// Search over all settings; without words, the first group.
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { listSettings } from '#lib/settings/index.ts';
import { requireAdmin } from '../../../session.ts';
import { menu } from '../../menu.ts';
import { type Parameters, readParameters } from '../../parameters.ts';
import { listForeignNames } from './reference/names.ts';
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
  // A word of a sentence finds too many of them.
  const missing = listForeignNames(search)
    .filter(({ name, reason }) => reason !== '' && name.includes(search.toLowerCase()))
    .slice(0, 5);
  return (
    <SettingsPage listed={listed} pages={pages} missing={missing} group={null} search={search} />
  );
}
