// The frame of the help: its chapters at the side, the search above.
import Form from 'next/form';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { ChapterNav } from '#components/mail/frame/chapter-nav.tsx';
import { PageFrame } from '#components/mail/frame/page-frame.tsx';
import { signOutAction } from '../../(auth)/actions.ts';
import { requireUser } from '../../session.ts';
import { readFrame } from '../frame.ts';
import { Texts } from '../texts.tsx';
import { readChapters } from './chapters.ts';

export default async function HelpLayout({ children }: { children: ReactNode }) {
  const account = await requireUser();
  const t = await getTranslations('help');
  const chapters = await readChapters();
  return (
    <Texts>
      <PageFrame current="help" {...(await readFrame(account))} signOut={signOutAction}>
        <div className="mx-auto flex max-w-5xl gap-8 p-4 lg:p-6">
          <ChapterNav
            label={t('all')}
            chapters={chapters.map(({ id, title }) => ({ href: `/help/${id}`, title }))}
            className="sticky top-6 w-56 shrink-0 self-start max-md:hidden"
          />
          <div className="min-w-0 flex-1">
            <Form action="/help" role="search" className="mb-5">
              <input
                type="search"
                name="q"
                aria-label={t('search')}
                placeholder={t('search')}
                maxLength={200}
                autoComplete="off"
                className="h-9 w-full max-w-md rounded-md border border-line-strong bg-surface px-3 placeholder:text-faint hover:border-control focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 pointer-coarse:h-11 pointer-coarse:text-lg"
              />
            </Form>
            {children}
          </div>
        </div>
      </PageFrame>
    </Texts>
  );
}
