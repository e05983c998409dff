// The frame of the webmail's pages: the user's options. Each page gives its texts (texts.tsx).
import type { ReactNode } from 'react';
import { AnnouncementsProvider } from '#components/mail/announcements/announcements.tsx';
import { LazyReminders } from '#components/mail/calendar/lazy-reminders.tsx';
import { LiveLook } from '#components/mail/frame/live-look.tsx';
import { RequestSentences } from '#components/mail/request-sentences.tsx';
import { PreferencesProvider } from '#components/mail/state/preferences.tsx';
import { DatesProvider } from '#components/mail/use-dates.tsx';
import { DocumentLanguage } from '#components/ui/document-language.tsx';
import { listBanners } from '#lib/accounts/announcement.ts';
import { now } from '#lib/clock.ts';
import { directionOf } from '#lib/i18n/locales.ts';
import { readPreferences } from '#lib/preferences/index.ts';
import { currentLocale, currentRegion } from '../i18n.ts';
import { requireUser } from '../session.ts';
import { ActingBar } from './acting-bar.tsx';

export default async function MailLayout({ children }: { children: ReactNode }) {
  const { id, address } = await requireUser();
  const locale = await currentLocale();
  const preferences = await readPreferences(id);
  const banners = await listBanners(address, preferences['notices.closedAnnouncements']);
  return (
    <>
      <DocumentLanguage language={locale} direction={directionOf(locale)} />
      <PreferencesProvider start={preferences}>
        <RequestSentences />
        <LiveLook />
        <DatesProvider region={await currentRegion()} now={now()}>
          <AnnouncementsProvider banners={banners}>
            <ActingBar>{children}</ActingBar>
          </AnnouncementsProvider>
          <LazyReminders />
        </DatesProvider>
      </PreferencesProvider>
    </>
  );
}
