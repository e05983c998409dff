// The calendar.
import type { Metadata } from 'next';
import { getTimeZone, getTranslations } from 'next-intl/server';
import { CalendarApp } from '#components/mail/calendar/calendar-app.tsx';
import { PageFrame } from '#components/mail/frame/page-frame.tsx';
import { formatDay, toWall } from '#lib/calendar/zone.ts';
import { now } from '#lib/clock.ts';
import { signOutAction } from '../../(auth)/actions.ts';
import { requireUser } from '../../session.ts';
import { readFrame } from '../frame.ts';
import { Texts } from '../texts.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('calendar'))('title') };
}

export default async function CalendarPage() {
  const account = await requireUser();
  const today = formatDay(toWall(now(), await getTimeZone()).day);
  return (
    <Texts>
      <PageFrame current="calendar" {...(await readFrame(account))} signOut={signOutAction}>
        <CalendarApp today={today} user={account.address} />
      </PageFrame>
    </Texts>
  );
}
