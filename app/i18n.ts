// The language of a request, for next-intl: what the user chose, else the cookie of the last visit (the sign-in page
// has no user yet), else what the browser asks for.
import { cookies, headers } from 'next/headers';
import { getRequestConfig } from 'next-intl/server';
import { cache } from 'react';
import {
  isLocale,
  isTimeZone,
  type Locale,
  namespaces,
  pickLocale,
  pickRegion,
  serverNamespaces,
} from '#lib/i18n/locales.ts';
import { sentencesOf } from '#lib/i18n/sentences.ts';
import { mergeTexts, type Texts, writeOut } from '#lib/i18n/texts.ts';
import { readPreferences } from '#lib/preferences/index.ts';
import { currentSession } from './session.ts';

export const localeCookie = 'drey.language';
const zoneCookie = 'drey.zone';

/** The options of whoever asks, looked up once a request; null for strangers. */
export const currentPreferences = cache(async () => {
  const account = await currentSession();
  return account ? readPreferences(account.id) : null;
});

/** The panel and what it leads to have English words only. */
async function isEnglishOnly(): Promise<boolean> {
  return /^\/admin(?:[/?]|$)/.test((await headers()).get('x-drey-path') ?? '');
}

export const currentLocale = cache(async (): Promise<Locale> => {
  if (await isEnglishOnly()) return 'en';
  const chosen = (await currentPreferences())?.['display.language'];
  if (isLocale(chosen)) return chosen;
  const remembered = (await cookies()).get(localeCookie)?.value;
  if (chosen === undefined && isLocale(remembered)) return remembered;
  return pickLocale((await headers()).get('accept-language') ?? '');
});

/** The language with the region the browser asks for ("en-US"), for dates and numbers. */
export const currentRegion = cache(async (): Promise<string> => {
  const asked = (await headers()).get('accept-language') ?? '';
  return pickRegion(await currentLocale(), asked);
});

/** The person's time zone: chosen, else the one this browser had at its last visit, else UTC. */
async function currentZone(): Promise<string> {
  const chosen = (await currentPreferences())?.['display.timeZone'] ?? 'auto';
  if (chosen !== 'auto') return chosen;
  const remembered = (await cookies()).get(zoneCookie)?.value ?? '';
  return isTimeZone(remembered) ? remembered : 'UTC';
}

const allNamespaces = [...namespaces, ...serverNamespaces];

async function readFiles(locale: Locale): Promise<Texts> {
  const files = allNamespaces.map((name) => import(`../lib/i18n/${locale}/${name}.json`));
  const texts = await Promise.all(files);
  return Object.fromEntries(allNamespaces.map((name, i) => [name, texts[i].default]));
}

/** The texts of a language; English where one is missing. */
async function readTexts(locale: Locale): Promise<Texts> {
  const english = await readFiles('en');
  return locale === 'en' ? english : mergeTexts(english, await readFiles(locale));
}

/** What lib/ said (the text of a Refusal) in the user's language. */
export async function translateSentence(text: string): Promise<string> {
  const locale = await currentLocale();
  if (locale === 'en') return text;
  const read = async (of: Locale): Promise<Texts> =>
    writeOut((await import(`../lib/i18n/${of}/refusals.json`)).default);
  return sentencesOf(await read('en'), await read(locale))(text);
}

export default getRequestConfig(async () => {
  const locale = await currentLocale();
  return { locale, messages: await readTexts(locale), timeZone: await currentZone() };
});
