// Who the person is, and what of it stands elsewhere.
import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { BrowserSection } from '#components/mail/options/browser-section.tsx';
import { OptionsHead } from '#components/mail/options/options-head.tsx';
import { requireUser } from '../../../session.ts';
import { readOwner } from '../../frame.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('options.pages'))('personal.title') };
}

export default async function PersonalPage() {
  const account = await requireUser();
  const t = await getTranslations('options.personal');
  const { addresses } = await readOwner(account);
  const facts = [
    { term: t('name'), value: account.displayName || '–' },
    { term: t('addresses'), value: addresses.join(', ') },
  ];
  const links = [
    { href: '/options/identities', label: t('identities'), help: t('identitiesHelp') },
    { href: '/options/security', label: t('password'), help: t('passwordHelp') },
    { href: '/logout', label: t('signOut'), help: t('signOutHelp') },
  ];
  return (
    <>
      <OptionsHead page="personal" />
      <dl className="mb-6 divide-y rounded-lg border">
        {facts.map(({ term, value }) => (
          <div key={term} className="flex flex-wrap gap-x-4 px-4 py-3">
            <dt className="w-40 text-muted">{term}</dt>
            <dd className="min-w-0 flex-1 break-words">{value}</dd>
          </div>
        ))}
      </dl>
      <ul className="mb-6 divide-y rounded-lg border">
        {links.map(({ href, label, help }) => (
          <li key={href}>
            <Link href={href} className="block px-4 py-3 hover:bg-hover">
              <span className="block font-medium">{label}</span>
              <span className="block text-sm text-muted">{help}</span>
            </Link>
          </li>
        ))}
      </ul>
      <h2 className="mb-2 font-semibold">{t('browser.title')}</h2>
      <BrowserSection />
    </>
  );
}
