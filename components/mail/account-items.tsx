// What the person's own menu holds: the other pages, theme, panel for admins, signing out.
import {
  BookUser,
  CalendarDays,
  CircleHelp,
  KeyRound,
  LogOut,
  Mail,
  Monitor,
  Moon,
  ShieldCheck,
  SlidersHorizontal,
  Sun,
} from 'lucide-react';
import type { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import type { MenuItem } from '#components/ui/menu.tsx';
import type { Owner } from './owner.ts';
import type { usePreferences } from './state/preferences.tsx';

const themes: {
  theme: 'auto' | 'light' | 'dark';
  label: 'themeAuto' | 'themeLight' | 'themeDark';
  icon: ReactNode;
}[] = [
  { theme: 'auto', label: 'themeAuto', icon: <Monitor /> },
  { theme: 'light', label: 'themeLight', icon: <Sun /> },
  { theme: 'dark', label: 'themeDark', icon: <Moon /> },
];

export function accountItems({
  t,
  owner,
  signOut,
  chosen: { preferences, change },
}: {
  t: ReturnType<typeof useTranslations<'ui'>>;
  owner: Owner;
  signOut: () => Promise<void>;
  chosen: ReturnType<typeof usePreferences>;
}): MenuItem[] {
  /** What was written and not sent is no business of the next one at this browser. */
  const leave = async () => {
    const { wipeLocal } = await import('./compose/local-drafts.ts');
    await wipeLocal();
    await signOut();
  };
  return [
    { label: owner.address, isDisabled: true },
    'separator',
    { label: t('frame.mail'), icon: <Mail />, href: '/mail' },
    { label: t('frame.contacts'), icon: <BookUser />, href: '/contacts' },
    { label: t('frame.calendar'), icon: <CalendarDays />, href: '/calendar' },
    { label: t('frame.options'), icon: <SlidersHorizontal />, href: '/options' },
    { label: t('frame.help'), icon: <CircleHelp />, href: '/help' },
    'separator',
    ...themes.map((entry) => ({
      label: t(`account.${entry.label}`),
      icon: entry.icon,
      isChecked: entry.theme === preferences['display.theme'],
      onSelect: () => void change({ 'display.theme': entry.theme }),
    })),
    'separator',
    ...(owner.isAdmin
      ? [{ label: t('account.administration'), icon: <ShieldCheck />, href: '/admin' }]
      : []),
    { label: t('account.password'), icon: <KeyRound />, href: '/password' },
    { label: t('account.signOut'), icon: <LogOut />, onSelect: () => void leave() },
  ];
}
