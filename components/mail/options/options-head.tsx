// The head of an option page: its name, what it is about, and on a phone the way back to the list.
'use client';
import { ChevronLeft } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import type { OptionsPage } from './menu.ts';

/** `page` is the id of a line in menu.ts; `action` stands at the end of the head. */
export function OptionsHead({ page, action }: { page: OptionsPage['id']; action?: ReactNode }) {
  const t = useTranslations('options');
  return (
    <header className="mb-4">
      <Link
        href="/options"
        className="mb-1 inline-flex h-9 items-center gap-1 text-muted hover:text-ink md:hidden pointer-coarse:h-11"
      >
        <ChevronLeft aria-hidden className="size-4 rtl:-scale-x-100" />
        {t('title')}
      </Link>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div>
          <h1 className="text-xl font-semibold tracking-tight">{t(`pages.${page}.title`)}</h1>
          <p className="mt-0.5 max-w-2xl text-muted">{t(`pages.${page}.help`)}</p>
        </div>
        {action}
      </div>
    </header>
  );
}
