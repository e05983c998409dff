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

/** Texts that only the server puts into pages. */
export const serverNamespaces = ['auth', 'help'] as const;
export type Namespace = (typeof namespaces)[number] | (typeof serverNamespaces)[number];

export function isLocale(value: unknown): value is Locale {
  return locales.includes(value as Locale);
}

/** Which way the language is written. */
export function directionOf(locale: Locale): 'ltr' | 'rtl' {
  return locale === 'ar' ? 'rtl' : 'ltr';
}

/** The best of our languages for an Accept-Language header (RFC 9110 §12.5.4); English where none fits. */
export function pickLocale(acceptLanguage: string): Locale {
  const wanted = acceptLanguage
    .slice(0, 1000)
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';');
      const weight = parameters.map((each) => /^\s*q=([\d.]+)$/.exec(each)?.[1]).find(Boolean);
      return { language: tag.split('-')[0], weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ language, weight }) => isLocale(language) && weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return (wanted[0]?.language as Locale | undefined) ?? 'en';
}
