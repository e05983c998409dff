// The frame of the webmail's pages: its texts in the user's language, and the user's options.
import { NextIntlClientProvider } from 'next-intl';
import { getMessages } from 'next-intl/server';
import type { ReactNode } from 'react';
import { LazyReminders } from '#components/mail/calendar/lazy-reminders.tsx';
import { LiveLook } from '#components/mail/frame/live-look.tsx';
import { RequestSentences } from '#components/mail/request-sentences.tsx';
import { PreferencesProvider } from '#components/mail/state/preferences.tsx';
import { DatesProvider } from '#components/mail/use-dates.tsx';
import { DocumentLanguage } from '#components/ui/document-language.tsx';
import { directionOf, namespaces } from '#lib/i18n/locales.ts';
import { readPreferences } from '#lib/preferences/index.ts';
import { currentLocale, currentRegion } from '../i18n.ts';
import { requireUser } from '../session.ts';

export default async function MailLayout({ children }: { children: ReactNode }) {
  const { id } = await requireUser();
  const messages = await getMessages();
  const wanted = Object.fromEntries(namespaces.map((name) => [name, messages[name]]));
  const locale = await currentLocale();
  return (
    <NextIntlClientProvider messages={wanted}>
      <DocumentLanguage language={locale} direction={directionOf(locale)} />
      <PreferencesProvider start={await readPreferences(id)}>
        <RequestSentences />
        <LiveLook />
        <DatesProvider region={await currentRegion()}>
          {children}
          <LazyReminders />
        </DatesProvider>
      </PreferencesProvider>
    </NextIntlClientProvider>
  );
}
