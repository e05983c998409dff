// Who is signed in, the way to the mail, the theme, the way out.
'use client';
import { ChevronsUpDown, KeyRound, LogOut, Mail, Monitor, Moon, Sun } from 'lucide-react';
import { useEffect, useState } from 'react';
import { patchJson } from '#components/mail/state/request.ts';
import { Avatar } from '#components/ui/avatar.tsx';
import { Menu } from '#components/ui/menu.tsx';
import { applyTheme, readTheme, type Theme } from '#components/ui/theme.ts';

const themes: { theme: Theme; label: string; icon: React.ReactNode }[] = [
  { theme: 'system', label: 'System theme', icon: <Monitor /> },
  { theme: 'light', label: 'Light theme', icon: <Sun /> },
  { theme: 'dark', label: 'Dark theme', icon: <Moon /> },
];

export function AccountMenu({
  address,
  name,
  signOut,
}: {
  address: string;
  name: string;
  signOut: () => Promise<void>;
}) {
  const [theme, setTheme] = useState<Theme>('system');
  useEffect(() => setTheme(readTheme()), []);
  return (
    <Menu
      align="start"
      label="Your account"
      trigger={(props) => (
        <button
          type="button"
          {...props}
          className="flex w-full items-center gap-2.5 rounded-md px-2 py-1.5 text-left -outline-offset-2 hover:bg-hover"
        >
          <Avatar name={name} address={address} size="sm" />
          <span className="min-w-0 flex-1 truncate text-sm">{address}</span>
          <ChevronsUpDown aria-hidden className="size-3.5 text-faint" />
        </button>
      )}
      items={[
        { label: 'Your mail', icon: <Mail />, href: '/mail' },
        'separator',
        ...themes.map((entry) => ({
          label: entry.label,
          icon: entry.icon,
          isChecked: entry.theme === theme,
          onSelect: () => {
            applyTheme(entry.theme);
            setTheme(entry.theme);
            // What the person chose goes before the cookie; on the next page the cookie would do no good.
            const chosen = entry.theme === 'system' ? 'auto' : entry.theme;
            void patchJson('/api/mail/preferences', { 'display.theme': chosen }).catch(() => {});
          },
        })),
        'separator',
        { label: 'Change password', icon: <KeyRound />, href: '/password' },
        { label: 'Sign out', icon: <LogOut />, onSelect: () => void signOut() },
      ]}
    />
  );
}
