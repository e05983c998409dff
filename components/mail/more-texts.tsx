// Texts that come with the code which says them. The list page has the texts of the list (lib/i18n/locales.ts); a part that
// is loaded when it is used names what it says beyond.
'use client';
import { NextIntlClientProvider, useLocale, useMessages } from 'next-intl';
import { type ComponentType, createElement, type ReactNode, useMemo } from 'react';

// One by one: of a name with two variables the build lists every file there is, in the script of every page.
const files = {
  reader: (locale: string) => import(`../../lib/i18n/${locale}/reader.json`),
  compose: (locale: string) => import(`../../lib/i18n/${locale}/compose.json`),
  contacts: (locale: string) => import(`../../lib/i18n/${locale}/contacts.json`),
  calendar: (locale: string) => import(`../../lib/i18n/${locale}/calendar.json`),
  options: (locale: string) => import(`../../lib/i18n/${locale}/options.json`),
};
type Part = keyof typeof files;

const loaded = new Map<string, unknown>();
const nameOf = (locale: string, part: Part) => `${locale} ${part}`;

async function loadTexts(parts: readonly Part[]): Promise<void> {
  const locale = document.documentElement.lang;
  const missing = parts.filter((part) => !loaded.has(nameOf(locale, part)));
  await Promise.all(
    missing.map(async (part) => {
      loaded.set(nameOf(locale, part), (await files[part](locale)).default);
    }),
  );
}

/** For dynamic(): the component that `load` gives, with the texts of `parts` where the page has none. */
export function loadWithTexts<Props extends object>(
  parts: readonly Part[],
  load: () => Promise<ComponentType<Props>>,
): () => Promise<ComponentType<Props>> {
  return async () => {
    // What the server draws has its texts from the page.
    const texts = typeof window === 'undefined' ? null : loadTexts(parts);
    const [Component] = await Promise.all([load(), texts]);
    return (props) => <MoreTexts parts={parts}>{createElement(Component, props)}</MoreTexts>;
  };
}

function MoreTexts({ parts, children }: { parts: readonly Part[]; children: ReactNode }) {
  const known = useMessages();
  const locale = useLocale();
  const messages = useMemo(() => {
    const missing = parts.filter((part) => !(part in known));
    const more = missing.map((part) => [part, loaded.get(nameOf(locale, part))]);
    return missing.length === 0 ? null : { ...known, ...Object.fromEntries(more) };
  }, [known, locale, parts]);
  if (messages === null) return children;
  return (
    <NextIntlClientProvider locale={locale} messages={messages}>
      {children}
    </NextIntlClientProvider>
  );
}
