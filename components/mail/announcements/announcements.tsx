// What the administrators tell all users, above the pages of the webmail, until it is closed or over; closing is remembered
// with the user's options. An open page hears of it by the event stream. The texts are the administrators' own, as plain text.
'use client';
import { Info, TriangleAlert, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import type { Banner } from '#lib/accounts/announcement.ts';
import { usePreferences } from '../state/preferences.tsx';
import { hearPage, tellPage, useMailEvents } from '../state/use-events.ts';

/** More than anybody closes while they are shown; the oldest are forgotten. */
const mostClosed = 50;

const Context = createContext<Banner[]>([]);

export function AnnouncementsProvider({
  banners,
  children,
}: {
  banners: Banner[];
  children: ReactNode;
}) {
  const [shown, setShown] = useState(banners);
  useEffect(
    () =>
      hearPage((event) => {
        if (event.kind === 'announcements') setShown(event.banners);
      }),
    [],
  );
  return <Context value={shown}>{children}</Context>;
}

/** For pages that have no stream of their own: those beside the mail. */
export function LiveAnnouncements({ address }: { address: string }) {
  useMailEvents(address, 'INBOX', tellPage, () => {});
  return <Announcements />;
}

/** Below the head of a page; nothing where there is nothing to tell. */
export function Announcements() {
  const t = useTranslations('ui.dialog');
  const { preferences, change } = usePreferences();
  const closed = preferences['notices.closedAnnouncements'];
  const shown = useContext(Context).filter(({ id }) => !closed.includes(id));
  const close = (id: string) =>
    void change({ 'notices.closedAnnouncements': [...closed, id].slice(-mostClosed) });
  return shown.map(({ id, level, text }) => (
    <div
      key={id}
      role="status"
      className={joinClasses(
        'flex max-h-[30dvh] shrink-0 items-start gap-2 overflow-y-auto px-3 py-1.5 lg:mx-2 lg:mb-2 lg:rounded-lg [&>svg]:mt-1.5 [&>svg]:size-4 [&>svg]:shrink-0 print:hidden',
        level === 'warning' ? 'bg-warn-soft text-warn-text' : 'bg-info-soft text-info-text',
      )}
    >
      {level === 'warning' ? <TriangleAlert aria-hidden /> : <Info aria-hidden />}
      <p dir="auto" className="min-w-0 flex-1 py-1 break-words whitespace-pre-line">
        {text}
      </p>
      <IconButton size="sm" label={t('close')} icon={<X />} onClick={() => close(id)} />
    </div>
  ));
}
