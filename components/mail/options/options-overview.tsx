// The pages of the options as cards; phones have the list instead.
'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { hrefOf, optionsPages } from './menu.ts';

export function OptionsOverview() {
  const t = useTranslations('options.pages');
  return (
    <ul className="grid gap-3 max-md:hidden lg:grid-cols-2">
      {optionsPages.map((page) => (
        <li key={page.id}>
          <Link
            href={hrefOf(page)}
            className="flex h-full gap-3 rounded-lg border p-4 hover:bg-hover"
          >
            <page.icon aria-hidden className="size-5 shrink-0 text-muted" />
            <span>
              <span className="block font-medium">{t(`${page.id}.title`)}</span>
              <span className="block text-sm text-muted">{t(`${page.id}.help`)}</span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
