// Lets what is chosen in the options show at once, and keeps language and theme in cookies for the sign-in page.
'use client';
import { useLocale } from 'next-intl';
import { useEffect } from 'react';
import { applyTheme } from '#components/ui/theme.ts';
import { applyLook } from '../look.ts';
import { usePreferences } from '../state/preferences.tsx';

const yearSeconds = 365 * 24 * 3600;

export function LiveLook() {
  const { preferences } = usePreferences();
  const theme = preferences['display.theme'];
  const locale = useLocale();
  useEffect(() => applyLook(preferences), [preferences]);
  useEffect(() => applyTheme(theme === 'auto' ? 'system' : theme), [theme]);
  useEffect(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Safari and Firefox
    document.cookie = `drey.language=${locale}; path=/; max-age=${yearSeconds}; samesite=lax`;
  }, [locale]);
  return null;
}
