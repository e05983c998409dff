// The list of option pages at the side, with a search over all options by title, help and choices.
'use client';
import { Search } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import type { DeclaredPreference } from './declared.ts';
import { hrefOf, optionsPages } from './menu.ts';
import { useOptionTexts } from './option-texts.ts';

type Hit = { href: string; title: string; page: string };
const shownAtMost = 12;

export function OptionsNav({
  declared,
  className,
}: {
  declared: readonly DeclaredPreference[];
  className?: string;
}) {
  const t = useTranslations('options');
  const path = usePathname();
  const [query, setQuery] = useState('');
  const hits = useOptionSearch(declared, query);
  return (
    <nav aria-label={t('nav.pages')} className={className}>
      <search className="relative block">
        <Search
          aria-hidden
          className="pointer-events-none absolute start-2.5 top-1/2 size-4 -translate-y-1/2 text-faint"
        />
        <input
          type="search"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          aria-label={t('nav.search')}
          placeholder={t('nav.search')}
          maxLength={100}
          autoComplete="off"
          className="h-9 w-full rounded-md border border-line-strong bg-surface ps-8 pe-2.5 placeholder:text-faint hover:border-control focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 pointer-coarse:h-11 pointer-coarse:text-lg"
        />
      </search>
      <p role="status" className="sr-only">
        {query.trim() && t('nav.found', { count: hits.length })}
      </p>
      {query.trim() ? (
        <ul className="mt-2">
          {hits.slice(0, shownAtMost).map((hit) => (
            <li key={hit.href}>
              <Link
                href={hit.href}
                onClick={() => setQuery('')}
                className="block rounded-md px-2.5 py-1.5 hover:bg-hover pointer-coarse:py-2.5"
              >
                <span className="block">{hit.title}</span>
                <span className="block text-sm text-muted">{hit.page}</span>
              </Link>
            </li>
          ))}
          {hits.length === 0 && <li className="px-2.5 py-2 text-muted">{t('nav.none')}</li>}
        </ul>
      ) : (
        <ul className="mt-2 flex flex-col gap-0.5">
          {optionsPages.map((page) => {
            const href = hrefOf(page);
            const isOpen = path === href || path.startsWith(`${href}/`);
            return (
              <li key={page.id}>
                <Link
                  href={href}
                  aria-current={isOpen ? 'page' : undefined}
                  className={joinClasses(
                    'flex h-8 items-center gap-2.5 rounded-md px-2.5 pointer-coarse:h-11',
                    isOpen ? 'bg-accent-soft font-medium text-accent-text' : 'hover:bg-hover',
                  )}
                >
                  <page.icon aria-hidden className="size-4 shrink-0" />
                  <span className="truncate">{t(`pages.${page.id}.title`)}</span>
                </Link>
              </li>
            );
          })}
        </ul>
      )}
    </nav>
  );
}

/** Options and pages whose words hold every word of the query; titles count before other words. */
function useOptionSearch(declared: readonly DeclaredPreference[], query: string): Hit[] {
  const t = useTranslations('options');
  const texts = useOptionTexts();
  const locale = useLocale();
  return useMemo(() => {
    const fold = (text: string) => text.toLocaleLowerCase(locale).normalize('NFC');
    const words = fold(query).split(/\s+/).filter(Boolean);
    const pages = optionsPages.map((page) => ({
      href: hrefOf(page),
      title: t(`pages.${page.id}.title`),
      page: t(`pages.${page.id}.help`),
      words: '',
    }));
    const titles = new Map<string, string>(
      optionsPages.map((page) => [page.id, t(`pages.${page.id}.title`)]),
    );
    const options = declared.map(({ key, control }) => {
      const page = key.split('.')[0]!;
      const choices = control.kind === 'choice' ? control.choices : [];
      return {
        href: `/options/${page}#${key}`,
        title: texts.title(key),
        page: titles.get(page) ?? '',
        words: [texts.help(key), ...choices.map((choice) => texts.choice(key, choice))].join(' '),
      };
    });
    return [...pages, ...options]
      .filter((entry) => {
        const whole = fold(`${entry.title} ${entry.page} ${entry.words}`);
        return words.length > 0 && words.every((word) => whole.includes(word));
      })
      .sort((a, b) => Number(isTitled(b)) - Number(isTitled(a)));

    function isTitled(entry: Hit): boolean {
      return words.every((word) => fold(entry.title).includes(word));
    }
  }, [declared, query, t, texts, locale]);
}
