// The language of a request, for next-intl: what the user chose, else the cookie of the last visit (the sign-in page
// has no user yet), else what the browser asks for.
import { cookies, headers } from 'next/headers';
import { getRequestConfig } from 'next-intl/server';
import { cache } from 'react';
import {
  isLocale,
  type Locale,
  namespaces,
  pickLocale,
  serverNamespaces,
} from '#lib/i18n/locales.ts';
import { readPreferences } from '#lib/preferences/index.ts';
import { currentSession } from './session.ts';

export const localeCookie = 'drey.language';

/** The options of whoever asks, looked up once a request; null for strangers. */
export const currentPreferences = cache(async () => {
  const account = await currentSession();
  return account ? readPreferences(account.id) : null;
});

export const currentLocale = cache(async (): Promise<Locale> => {
  const chosen = (await currentPreferences())?.['display.language'];
  if (isLocale(chosen)) return chosen;
  const remembered = (await cookies()).get(localeCookie)?.value;
  if (chosen === undefined && isLocale(remembered)) return remembered;
  return pickLocale((await headers()).get('accept-language') ?? '');
});

async function readTexts(locale: Locale): Promise<Record<string, object>> {
  const names = [...namespaces, ...serverNamespaces];
  const files = names.map((name) => import(`../lib/i18n/${locale}/${name}.json`));
  const texts = await Promise.all(files);
  return Object.fromEntries(names.map((name, i) => [name, texts[i].default]));
}

export default getRequestConfig(async () => {
  const locale = await currentLocale();
  return { locale, messages: await readTexts(locale), timeZone: 'UTC' };
});
