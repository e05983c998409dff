// The languages of the interface. Each has a folder of texts beside this file, one file a namespace; English is
// the measure, and a test compares the others with it (tests/lib/i18n).

export const locales = ['en', 'de', 'fr', 'es', 'ar', 'am'] as const;
export type Locale = (typeof locales)[number];

/** Each language in its own words. */
export const localeNames: Record<Locale, string> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  ar: 'العربية',
  am: 'አማርኛ',
};

/** Texts that pages of the browser need; each is a file `<locale>/<namespace>.json`. */
export const namespaces = [
  'ui',
  'mail',
  'list',
  'folders',
  'search',
  'reader',
  'compose',
  'contacts',
  'calendar',
  'filters',
  'options',
] as const;

export type PageNamespace = (typeof namespaces)[number];

/** Those of the list of messages, which every page of the webmail has; the list page loads the others when it needs them. */
export const listNamespaces = ['ui', 'mail', 'list', 'folders', 'search'] as const;

/** What an open message says beyond. */
export const readerNamespaces = ['reader', 'contacts'] as const;

/** Texts that the webmail's own pages do not load: those of the sign-in pages, of the help, of refusals. */
export const serverNamespaces = ['auth', 'help', 'refusals', 'security'] as const;
export type Namespace = PageNamespace | (typeof serverNamespaces)[number];

export function isLocale(value: unknown): value is Locale {
  return locales.includes(value as Locale);
}

/** Which way the language is written. */
export function directionOf(locale: Locale): 'ltr' | 'rtl' {
  return locale === 'ar' ? 'rtl' : 'ltr';
}

/** The best of our languages for an Accept-Language header (RFC 9110 §12.5.4); English where none fits. */
export function pickLocale(acceptLanguage: string): Locale {
  const best = readTags(acceptLanguage).find((tag) => isLocale(languageOf(tag)));
  return best === undefined ? 'en' : (languageOf(best) as Locale);
}

/**
 * `locale` with the region an Accept-Language header names for it: "en-US". Without one English has the dates of
 * Britain.
 */
export function pickRegion(locale: Locale, acceptLanguage: string): string {
  for (const tag of readTags(acceptLanguage)) {
    const region = /^[a-z]{2}(?:-[a-z]{4})?-([a-z]{2})$/.exec(tag)?.[1];
    if (region && languageOf(tag) === locale) return `${locale}-${region.toUpperCase()}`;
  }
  return locale === 'en' ? 'en-GB' : locale;
}

const languageOf = (tag: string) => tag.split('-')[0];

/** The languages of an Accept-Language header, best first, in lower case. */
function readTags(acceptLanguage: string): string[] {
  return acceptLanguage
    .slice(0, 1000)
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';');
      const weight = parameters.map((each) => /^\s*q=([\d.]+)$/.exec(each)?.[1]).find(Boolean);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ tag, weight }) => tag !== '' && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

/** A name of the IANA time zone database. */
export function isTimeZone(name: string): boolean {
  // Offsets such as +02:00 would pass too, but know nothing of summer.
  if (name.length > 64 || !/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
