// A button that goes from light to dark to what the system says.
'use client';
import { Monitor, Moon, Sun } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { IconButton } from './icon-button.tsx';
import { applyTheme, readTheme, type Theme } from './theme.ts';

const next: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const icons = { system: <Monitor />, light: <Sun />, dark: <Moon /> };

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
