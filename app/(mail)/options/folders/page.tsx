// How the folders beside the list look, what folders are for, and which are subscribed.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { FolderUses } from '#components/mail/folders/folder-uses.tsx';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { PreferenceList } from '#components/mail/options/preference-list.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { isRefusal } from '#lib/errors.ts';
import { listFolders } from '#lib/webmail/list/mailboxes.ts';
import { translateSentence } from '../../../i18n.ts';
import { requireUser } from '../../../session.ts';
import { declaredPreferences } from '../declared.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('folders.title') };
}

export default async function FoldersPage() {
  const account = await requireUser();
  const folders = await listFolders(account).catch((error: unknown) => {
    if (!isRefusal(error)) throw error;
    return translateSentence(error.message);
  });
  return (
    <>
      <OptionsHead page="folders" />
      <PreferenceList declared={declaredPreferences('folders')} />
      {typeof folders === 'string' ? (
        <Banner tone="danger">{folders}</Banner>
      ) : (
        <FolderUses start={folders} />
      )}
    </>
  );
}
