// How pages look to whoever asks: attributes of <html> that app/globals.css and app/accents.css answer to.
import { cookies } from 'next/headers';
import { lookOf } from '#components/mail/look.ts';
import { currentPreferences } from './i18n.ts';

/** What is at its default has no attribute. */
export async function currentLook(): Promise<Record<string, string | undefined>> {
  const preferences = await currentPreferences();
  if (preferences) return lookOf(preferences);
  const theme = (await cookies()).get('drey.theme')?.value;
  return { 'data-theme': theme === 'light' || theme === 'dark' ? theme : undefined };
}
