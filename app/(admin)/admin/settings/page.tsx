// Search over all settings; without words, the first group.
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { findMeaningless, isFound, suggestNames } from '#lib/settings/find.ts';
import { listSettings } from '#lib/settings/index.ts';
import { requireAdmin } from '../../../session.ts';
import { menu } from '../../menu.ts';
import { type Parameters, readParameters } from '../../parameters.ts';
import { SettingsPage } from './settings-view.tsx';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsSearchPage({ searchParams }: { searchParams: Parameters }) {
  await requireAdmin();
  const search = ((await readParameters(searchParams)).q ?? '').trim();
  if (search === '') redirect('/admin/settings/server');
  const text = search.toLowerCase();
  const listed = (await listSettings()).filter(({ definition }) => isFound(definition, search));
  const pages = menu.flatMap(({ href, label, names }) => {
    const name = names.find((entry) => entry.toLowerCase().includes(text));
    return name ? [{ href, label, name }] : [];
  });
  const missing = findMeaningless(search).slice(0, 5);
  const isNothing = listed.length + pages.length + missing.length === 0;
  const near = isNothing ? suggestNames(search) : [];
  return (
    <SettingsPage
      listed={listed}
      pages={pages}
      missing={missing}
      near={near}
      group={null}
      search={search}
    />
  );
}
