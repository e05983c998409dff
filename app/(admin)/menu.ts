// The pages of the panel, in the order of the menu. A new page is one folder and one line here.
import {
  Activity,
  AtSign,
  Forward,
  Globe,
  LayoutDashboard,
  ListTree,
  type LucideIcon,
  Network,
  Settings,
  Users,
} from 'lucide-react';

export type MenuEntry = { href: string; label: string; icon: LucideIcon; heading?: string };

export const menu: MenuEntry[] = [
  { href: '/admin', label: 'Overview', icon: LayoutDashboard },
  { href: '/admin/queue', label: 'Queue', icon: ListTree },
  { href: '/admin/events', label: 'Events', icon: Activity },
  { href: '/admin/domains', label: 'Domains', icon: Globe, heading: 'Addresses' },
  { href: '/admin/users', label: 'Users', icon: Users },
  { href: '/admin/aliases', label: 'Aliases', icon: AtSign },
  { href: '/admin/networks', label: 'Networks', icon: Network, heading: 'Mail flow' },
  { href: '/admin/relays', label: 'Relay rules', icon: Forward },
  { href: '/admin/settings', label: 'Settings', icon: Settings, heading: 'Server' },
];
