// The pages of the panel, in the order of the menu. A new page is one folder, its words in lib/settings/pages.ts and one line here.
import {
  Activity,
  Archive,
  AtSign,
  Ban,
  BookUser,
  ChartLine,
  Clock,
  DoorOpen,
  EthernetPort,
  FileBadge,
  FileBarChart,
  FileCog,
  FileInput,
  Footprints,
  Forward,
  Globe,
  HeartHandshake,
  HeartPulse,
  History,
  Inbox,
  KeyRound,
  LayoutDashboard,
  ListTree,
  Lock,
  type LucideIcon,
  Megaphone,
  Network,
  Replace,
  Route,
  Settings,
  ShieldCheck,
  Stethoscope,
  UserCog,
  Users,
  Webhook,
} from 'lucide-react';
import { mayRole, type Permission } from '#lib/accounts/permission.ts';
import type { Role } from '#lib/accounts/role.ts';
import { type NamedPage, pageAt } from '#lib/settings/pages.ts';

export type MenuEntry = NamedPage & {
  icon: LucideIcon;
  /** Who else sees it; without, super admins alone. */
  permission?: Permission;
  /** Above this entry, where a new group begins. */
  heading?: string;
};

export const menu: MenuEntry[] = [
  { ...pageAt('/admin'), icon: LayoutDashboard, permission: 'overview' },
  { ...pageAt('/admin/queue'), icon: ListTree, permission: 'queue' },
  { ...pageAt('/admin/events'), icon: Activity, permission: 'trail' },
  { ...pageAt('/admin/explain'), icon: Route },
  { ...pageAt('/admin/statistics'), icon: ChartLine },
  { ...pageAt('/admin/domains'), icon: Globe, permission: 'domains', heading: 'Addresses' },
  { ...pageAt('/admin/users'), icon: Users, permission: 'people' },
  { ...pageAt('/admin/aliases'), icon: AtSign, permission: 'aliases' },
  { ...pageAt('/admin/shared'), icon: Inbox, permission: 'shared' },
  { ...pageAt('/admin/directory'), icon: BookUser },
  { ...pageAt('/admin/rewriting'), icon: Replace },
  { ...pageAt('/admin/checks'), icon: ShieldCheck, heading: 'Mail flow' },
  { ...pageAt('/admin/access'), icon: DoorOpen },
  { ...pageAt('/admin/networks'), icon: Network },
  { ...pageAt('/admin/relays'), icon: Forward },
  { ...pageAt('/admin/tls-out'), icon: Lock },
  { ...pageAt('/admin/reports'), icon: FileBarChart },
  { ...pageAt('/admin/blocked'), icon: Ban, heading: 'Security' },
  { ...pageAt('/admin/certificates'), icon: FileBadge },
  { ...pageAt('/admin/admins'), icon: UserCog },
  { ...pageAt('/admin/tokens'), icon: KeyRound },
  { ...pageAt('/admin/webhooks'), icon: Webhook },
  { ...pageAt('/admin/settings'), icon: Settings, heading: 'Server' },
  { ...pageAt('/admin/listeners'), icon: EthernetPort },
  { ...pageAt('/admin/backup'), icon: Archive },
  { ...pageAt('/admin/jobs'), icon: Clock },
  { ...pageAt('/admin/history'), icon: History },
  { ...pageAt('/admin/configuration'), icon: FileCog },
  { ...pageAt('/admin/import'), icon: FileInput },
  { ...pageAt('/admin/announcement'), icon: Megaphone },
  { ...pageAt('/admin/health'), icon: HeartPulse, heading: 'Check-up' },
  { ...pageAt('/admin/doctor'), icon: HeartHandshake },
  { ...pageAt('/admin/self-test'), icon: Stethoscope },
  { ...pageAt('/admin/wizard'), icon: Footprints },
];

/** What the role may open; a group whose first page it may not begins with the next. */
export function menuOf(role: Role): MenuEntry[] {
  let waiting: string | undefined;
  return menu.flatMap((entry) => {
    waiting = entry.heading ?? waiting;
    if (!mayRole(role, entry.permission ?? null)) return [];
    const heading = waiting;
    waiting = undefined;
    return { ...entry, heading };
  });
}
