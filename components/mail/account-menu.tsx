// The person's own menu: theme, panel for admins, signing out.
'use client';
import { KeyRound, LogOut, Monitor, Moon, ShieldCheck, Sun } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { Menu } from '#components/ui/menu.tsx';
import { applyTheme, readTheme, type Theme } from '#components/ui/theme-toggle.tsx';
import type { Owner } from './owner.ts';

const themes: { theme: Theme; label: string; icon: ReactNode }[] = [
  { theme: 'system', label: 'System theme', icon: <Monitor /> },
  { theme: 'light', label: 'Light theme', icon: <Sun /> },
  { theme: 'dark', label: 'Dark theme', icon: <Moon /> },
];

export function AccountMenu({ owner, signOut }: { owner: Owner; signOut: () => Promise<void> }) {
  const [theme, setTheme] = useState<Theme>('system');
  useEffect(() => setTheme(readTheme()), []);
  return (
    <Menu
      label="Your account"
      trigger={(props) => (
        <button
          type="button"
          {...props}
          aria-label={`Account ${owner.address}`}
          title={owner.address}
          className="rounded-full p-1 hover:bg-hover"
        >
          <Avatar name={owner.name} address={owner.address} />
        </button>
      )}
      items={[
        { label: owner.address, isDisabled: true },
        'separator',
        ...themes.map((entry) => ({
          label: entry.label,
          icon: entry.icon,
          isChecked: entry.theme === theme,
          onSelect: () => {
            applyTheme(entry.theme);
            setTheme(entry.theme);
          },
        })),
        'separator',
        ...(owner.isAdmin
          ? [{ label: 'Administration', icon: <ShieldCheck />, href: '/admin' }]
          : []),
        { label: 'Change password', icon: <KeyRound />, href: '/password' },
        { label: 'Sign out', icon: <LogOut />, onSelect: () => void signOut() },
      ]}
    />
  );
}
