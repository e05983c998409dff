// The frame of the webmail's pages beside the mail itself: the same head, and the way to the other pages (a bar at the
// foot on a phone). A page puts its own h1 into it and scrolls inside <main>.
'use client';
import {
  BookUser,
  CalendarDays,
  CircleHelp,
  type LucideIcon,
  Mail,
  SlidersHorizontal,
} from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { Logo } from '#components/ui/logo.tsx';
import { SessionKeeper } from '#components/ui/session-keeper.tsx';
import { AccountMenu } from '../account-menu.tsx';
import { LiveAnnouncements } from '../announcements/announcements.tsx';
import type { Owner } from '../owner.ts';

export type FramePage = 'mail' | 'contacts' | 'calendar' | 'options' | 'help';

const places: { page: FramePage; href: string; icon: LucideIcon }[] = [
  { page: 'mail', href: '/mail', icon: Mail },
  { page: 'contacts', href: '/contacts', icon: BookUser },
  { page: 'calendar', href: '/calendar', icon: CalendarDays },
  { page: 'options', href: '/options', icon: SlidersHorizontal },
  { page: 'help', href: '/help', icon: CircleHelp },
];

/** `title` is the name of the service (setting web.title), `owner` what readFrame() of app/(mail)/frame.ts gives. */
export function PageFrame({
  current,
  title,
  owner,
  signOut,
  children,
}: {
  current: FramePage;
  title: string;
  owner: Owner;
  signOut: () => Promise<void>;
  children: ReactNode;
}) {
  const t = useTranslations('ui.frame');
  return (
    <div className="flex h-dvh flex-col overflow-hidden bg-canvas print:h-auto print:overflow-visible">
      <SessionKeeper />
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-surface px-3 py-2 focus:not-sr-only focus:fixed focus:start-2 focus:top-2"
      >
        {t('skip')}
      </a>
      <header className="flex h-13 shrink-0 items-center gap-2 px-2 lg:px-3 print:hidden">
        <Link
          href="/mail"
          className="flex min-w-0 items-center gap-2.5 rounded-md px-1 text-lg font-semibold lg:w-52 lg:shrink-0"
        >
          <Logo className="size-7 shrink-0" />
          <span className="truncate">{title}</span>
        </Link>
        <nav aria-label={t('pages')} className="flex gap-1 max-md:hidden">
          {places.map(({ page, href, icon: Icon }) => (
            <Link
              key={page}
              href={href}
              aria-current={page === current ? 'page' : undefined}
              className={joinClasses(
                'flex h-9 items-center gap-2 rounded-md px-3 font-medium transition-colors pointer-coarse:h-11',
                page === current
                  ? 'bg-accent-soft text-accent-text'
                  : 'text-muted hover:bg-hover hover:text-ink',
              )}
            >
              <Icon aria-hidden className="size-4" />
              {t(page)}
            </Link>
          ))}
        </nav>
        <div className="ms-auto flex items-center gap-1">
          <AccountMenu owner={owner} signOut={signOut} />
        </div>
      </header>
      <LiveAnnouncements address={owner.address} />
      <main
        id="content"
        tabIndex={-1}
        className="min-h-0 flex-1 overflow-y-auto border-t bg-surface outline-none lg:mx-2 lg:mb-2 lg:rounded-lg lg:border print:overflow-visible print:border-0"
      >
        {children}
      </main>
      <nav
        aria-label={t('pages')}
        className="grid shrink-0 grid-cols-5 border-t bg-canvas pb-[env(safe-area-inset-bottom)] md:hidden print:hidden"
      >
        {places.map(({ page, href, icon: Icon }) => (
          <Link
            key={page}
            href={href}
            aria-current={page === current ? 'page' : undefined}
            className={joinClasses(
              'flex h-13 min-w-0 flex-col items-center justify-center gap-0.5 text-xs font-medium',
              page === current ? 'text-accent-text' : 'text-muted',
            )}
          >
            <Icon aria-hidden className="size-5" />
            <span className="max-w-full truncate px-0.5">{t(page)}</span>
          </Link>
        ))}
      </nav>
    </div>
  );
}
