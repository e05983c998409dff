// Light, dark, or as the system says. For strangers the choice is a cookie, so the server draws the right scheme at
// once; of whoever is signed in it is a preference too, which goes before (app/look.ts).
'use client';
import { Monitor, Moon, Sun } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { IconButton } from './icon-button.tsx';

export type Theme = 'system' | 'light' | 'dark';

const yearSeconds = 365 * 24 * 3600;
const next: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const icons = { system: <Monitor />, light: <Sun />, dark: <Moon /> };

/** Applies the theme to the page and remembers it on this device. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Safari and Firefox
  document.cookie = `drey.theme=${theme}; path=/; max-age=${yearSeconds}; samesite=lax`;
}

/** The theme of this page. */
export function readTheme(): Theme {
  const theme = document.documentElement.dataset.theme;
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

export function ThemeToggle({ className }: { className?: string }) {
  const t = useTranslations('ui.theme');
  const [theme, setTheme] = useState<Theme>('system');
  useEffect(() => setTheme(readTheme()), []);
  return (
    <IconButton
      className={className}
      label={t(theme)}
      icon={icons[theme]}
      onClick={() => {
        applyTheme(next[theme]);
        setTheme(next[theme]);
      }}
    />
  );
}
