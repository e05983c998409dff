// Accounts elsewhere whose mail is brought here.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { CollectionOptions } from '#components/mail/filters/collection-options.tsx';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { listCollections } from '#lib/collections/collection.ts';
import { readSetting } from '#lib/settings/index.ts';
import { requireUser } from '../../../session.ts';
import { listFolderPaths } from '../folder-paths.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('collect.title') };
}

export default async function CollectPage() {
  const account = await requireUser();
  const collections = await listCollections(account.id);
  return (
    <>
      <OptionsHead page="collect" />
      <CollectionOptions
        start={collections.map(({ lastAt, nextAt, ...rest }) => ({
          ...rest,
          lastAt: lastAt?.toISOString() ?? null,
          nextAt: nextAt.toISOString(),
        }))}
        folders={await listFolderPaths(account)}
        isAllowed={await readSetting('delivery.collecting')}
      />
    </>
  );
}
