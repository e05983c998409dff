// The address books: the personal one, its groups, and the directory.
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ContactsApp } from '#components/mail/contacts/contacts-app.tsx';
import { PageFrame } from '#components/mail/frame/page-frame.tsx';
import { readBook } from '#lib/contacts/book.ts';
import { signOutAction } from '../../(auth)/actions.ts';
import { requireUser } from '../../session.ts';
import { readFrame } from '../frame.ts';
import { Texts } from '../texts.tsx';

const firstRows = 100;

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('contacts'))('title') };
}

export default async function ContactsPage() {
  const account = await requireUser();
  const { entries, groups } = await readBook(account.id);
  const rows = entries
    .slice(0, firstRows)
    .map(({ id, name, nickname, organization, addresses }) => ({
      ...{ id, name, nickname, organization, addresses },
    }));
  const start = {
    total: entries.length,
    all: entries.length,
    start: 0,
    rows,
    groups: groups.map(({ id, name, contactIds }) => ({ id, name, count: contactIds.length })),
  };
  return (
    <Texts>
      <PageFrame current="contacts" {...(await readFrame(account))} signOut={signOutAction}>
        <ContactsApp start={start} user={account.address} />
      </PageFrame>
    </Texts>
  );
}
