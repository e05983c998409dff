// The quiet frame of sign-in and first run: whose service it is, one card in the middle, language and theme.
import { NextIntlClientProvider } from 'next-intl';
import { getMessages } from 'next-intl/server';
import type { ReactNode } from 'react';
import { DocumentLanguage } from '#components/ui/document-language.tsx';
import { Logo } from '#components/ui/logo.tsx';
import { ThemeToggle } from '#components/ui/theme-toggle.tsx';
import { directionOf } from '#lib/i18n/locales.ts';
import { readSettings } from '#lib/settings/index.ts';
import { currentLocale } from '../i18n.ts';
import { LanguagePicker } from './language-picker.tsx';

export default async function AuthLayout({ children }: { children: ReactNode }) {
  const settings = await readSettings();
  const { ui, auth } = await getMessages();
  const locale = await currentLocale();
  const organisation = settings['web.organisation'];
  const link = settings['web.organisationLink'];
  return (
    <NextIntlClientProvider messages={{ ui, auth }}>
      <DocumentLanguage language={locale} direction={directionOf(locale)} />
      <div className="flex min-h-dvh flex-col items-center px-4 py-10 sm:pt-[12vh]">
        <div className="absolute end-3 top-3 flex items-center gap-1">
          <LanguagePicker />
          <ThemeToggle />
        </div>
        <div className="mb-6 flex max-w-full items-center gap-2.5">
          {settings['web.logo'] ? (
            // biome-ignore lint/performance/noImgElement: a file of the administrator, served as it is
            <img src="/logo" alt="" className="max-h-16 max-w-48 object-contain" />
          ) : (
            <Logo className="size-8" />
          )}
          <span className="min-w-0">
            <span className="block text-xl font-semibold tracking-tight">
              {settings['web.title']}
            </span>
            {organisation && <span className="block text-muted">{organisation}</span>}
          </span>
        </div>
        <main className="w-full max-w-sm">{children}</main>
        {link && (
          <footer className="mt-6 text-sm">
            <a href={link} rel="noreferrer" className="text-muted underline hover:text-ink">
              {organisation || link.replace(/^https?:\/\//, '')}
            </a>
          </footer>
        )}
      </div>
    </NextIntlClientProvider>
  );
}
