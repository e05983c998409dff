// Under the rows: where pages are turned, which one this is and the way to the others.
'use client';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { IconButton } from '#components/ui/icon-button.tsx';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';

/** Pages offered by name in the picker: the ends, and steps between. */
export function offeredPages(page: number, pages: number): number[] {
  const near = [page - 2, page - 1, page, page + 1, page + 2];
  const step = Math.max(1, Math.round(pages / 10));
  const far = Array.from({ length: 11 }, (_, i) => 1 + i * step);
  const all = new Set([1, pages, ...near, ...far]);
  return [...all].filter((each) => each >= 1 && each <= pages).sort((a, b) => a - b);
}

export function PageFoot({ mail }: { mail: Mail }) {
  const t = useTranslations('list');
  const locale = useLocale();
  const { preferences } = usePreferences();
  const { list, place, isPaged } = mail;
  if (!list) return null;
  if (!isPaged) {
    const isAll = preferences['list.paging'] === 'pages';
    return (
      <div className="flex h-20 items-start justify-center pt-3 lg:h-10">
        {isAll && (
          <button
            type="button"
            className="text-sm text-accent-text underline"
            onClick={() => mail.go({ page: 1, uid: null })}
          >
            {t('turnPages')}
          </button>
        )}
      </div>
    );
  }
  const pageSize = preferences['list.pageSize'];
  const pages = Math.max(1, Math.ceil(list.total / pageSize));
  const format = (count: number) => count.toLocaleString(locale);
  if (pages === 1) return <div className="h-20 lg:h-4" />;
  return (
    <nav
      aria-label={t('pages')}
      className="flex flex-wrap items-center justify-center gap-2 px-3 py-3 pb-24 text-sm text-muted tabular-nums lg:pb-3"
    >
      <IconButton
        label={t('newerPage')}
        icon={<ChevronLeft className="rtl:-scale-x-100" />}
        disabled={place.page <= 1}
        onClick={() => mail.go({ page: place.page - 1, uid: null })}
      />
      <span>
        {t('range', {
          first: format(list.start + 1),
          last: format(list.start + list.rows.length),
          total: format(list.total),
        })}
      </span>
      <select
        aria-label={t('page')}
        value={place.page}
        onChange={(event) => mail.go({ page: Number(event.target.value), uid: null })}
        className="h-8 rounded-md border bg-surface px-1 pointer-coarse:h-11"
      >
        {offeredPages(place.page, pages).map((page) => (
          <option key={page} value={page}>
            {format(page)}
          </option>
        ))}
      </select>
      <IconButton
        label={t('olderPage')}
        icon={<ChevronRight className="rtl:-scale-x-100" />}
        disabled={place.page >= pages}
        onClick={() => mail.go({ page: place.page + 1, uid: null })}
      />
      <button
        type="button"
        className="rounded-md px-2 py-1 text-accent-text hover:bg-hover"
        onClick={() => mail.go({ page: 0, uid: null })}
      >
        {t('showAll')}
      </button>
    </nav>
  );
}
