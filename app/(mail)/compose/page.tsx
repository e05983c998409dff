// Writing in a window of its own: /compose?mode=reply&folder=…&uid=…, or mode=new with `to` or `mailto`.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ComposePage } from '#components/mail/compose/compose-page.tsx';
import { SessionKeeper } from '#components/ui/session-keeper.tsx';
import { requireUser } from '../../session.ts';
import { Texts } from '../texts.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('compose.page'))('title') };
}

export default async function WritePage() {
  const account = await requireUser();
  const owner = {
    address: account.address,
    name: account.displayName,
    isAdmin: account.role !== 'user',
    addresses: [account.address],
  };
  return (
    <Texts>
      <SessionKeeper />
      <ComposePage owner={owner} />
    </Texts>
  );
}
