// What is done to mail as it arrives. "Create a rule from this message" leads here with parts of it in the query.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { FilterOptions } from '#components/mail/filters/filter-options.tsx';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { listRules } from '#lib/filters/rules.ts';
import { requireUser } from '../../../session.ts';
import { listFolderPaths } from '../folder-paths.ts';

type Properties = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('filters.title') };
}

export default async function FiltersPage({ searchParams }: Properties) {
  const account = await requireUser();
  const given = Object.entries(await searchParams);
  const query = Object.fromEntries(
    given.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  return (
    <>
      <OptionsHead page="filters" />
      <FilterOptions
        start={await listRules(account.id)}
        folders={await listFolderPaths(account)}
        query={query}
      />
    </>
  );
}
