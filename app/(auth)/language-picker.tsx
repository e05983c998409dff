// The language of pages for whoever is not signed in: a cookie, read by app/i18n.ts.
'use client';
import { Languages } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { localeNames, locales } from '#lib/i18n/locales.ts';

const yearSeconds = 365 * 24 * 3600;

export function LanguagePicker({ className }: { className?: string }) {
  const t = useTranslations('auth');
  const router = useRouter();
  const locale = useLocale();
  return (
    <label className={className}>
      <span className="inline-flex items-center gap-1.5 rounded-md px-1.5 text-sm text-muted focus-within:text-ink hover:bg-hover hover:text-ink">
        <Languages aria-hidden className="size-4" />
        <span className="sr-only">{t('language')}</span>
        <select
          value={locale}
          onChange={(event) => {
            // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Safari and Firefox
            document.cookie = `drey.language=${event.target.value}; path=/; max-age=${yearSeconds}; samesite=lax`;
            router.refresh();
          }}
          className="h-8 appearance-none bg-transparent pointer-coarse:h-11"
        >
          {locales.map((each) => (
            <option key={each} value={each} lang={each} className="bg-surface text-ink">
              {localeNames[each]}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
}
