// The pages of the panel, in the order of the menu. A new page is one folder and one line here.
import {
  Activity,
  AtSign,
  Ban,
  BookUser,
  DoorOpen,
  FileBarChart,
  FileInput,
  Forward,
  Globe,
  Inbox,
  LayoutDashboard,
  ListTree,
  Lock,
  type LucideIcon,
  Network,
  Replace,
  Route,
  Settings,
  ShieldCheck,
  Stethoscope,
  UserCog,
  Users,
} from 'lucide-react';
import type { Permission } from '#lib/accounts/permission.ts';

export type MenuEntry = {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Who else sees it; without, super admins alone. */
  permission?: Permission;
  /** Above this entry, where a new group begins. */
  heading?: string;
  /** What Postfix and Dovecot people look for and find on this page. */
  names?: string[];
};

export const menu: MenuEntry[] = [
  { href: '/admin', label: 'Overview', icon: LayoutDashboard, permission: 'overview' },
  {
    href: '/admin/queue',
    label: 'Queue',
    icon: ListTree,
    permission: 'queue',
    names: ['mailq', 'postqueue', 'postsuper'],
  },
  {
    href: '/admin/events',
    label: 'Events',
    icon: Activity,
    permission: 'trail',
    names: ['mail.log', 'maillog'],
  },
  {
    href: '/admin/explain',
    label: 'Explain',
    icon: Route,
    names: ['postmap', 'sendmail -bv', 'test', 'what would happen'],
  },
  {
    href: '/admin/domains',
    label: 'Domains',
    icon: Globe,
    permission: 'domains',
    heading: 'Addresses',
    names: ['mydestination', 'virtual_mailbox_domains', 'virtual_alias_domains', 'relay_domains'],
  },
  {
    href: '/admin/users',
    label: 'Users',
    icon: Users,
    permission: 'people',
    names: ['virtual_mailbox_maps', 'passdb', 'userdb', 'quota_rule', 'local_recipient_maps'],
  },
  {
    href: '/admin/aliases',
    label: 'Aliases',
    icon: AtSign,
    permission: 'aliases',
    names: ['virtual_alias_maps', 'alias_maps', 'alias_database', 'luser_relay'],
  },
  {
    href: '/admin/rewriting',
    label: 'Rewriting',
    icon: Replace,
    names: [
      'canonical_maps',
      'sender_canonical_maps',
      'recipient_canonical_maps',
      'canonical_classes',
      'local_header_rewrite_clients',
    ],
  },
  {
    href: '/admin/shared',
    label: 'Shared mailboxes',
    icon: Inbox,
    permission: 'shared',
    names: ['namespace', 'acl', 'acl_shared_dict', 'shared mailboxes'],
  },
  {
    href: '/admin/directory',
    label: 'Directory',
    icon: BookUser,
    names: ['ldap', 'address book', 'abook_global_file', 'ldap_server'],
  },
  {
    href: '/admin/checks',
    label: 'Checks',
    icon: ShieldCheck,
    heading: 'Mail flow',
    names: [
      'smtpd_client_restrictions',
      'smtpd_helo_restrictions',
      'smtpd_sender_restrictions',
      'smtpd_recipient_restrictions',
      'smtpd_relay_restrictions',
      'postscreen',
      'greylisting',
      'rbl',
    ],
  },
  {
    href: '/admin/networks',
    label: 'Networks',
    icon: Network,
    names: ['mynetworks', 'mynetworks_style', 'permit_mynetworks'],
  },
  {
    href: '/admin/access',
    label: 'Access rules',
    icon: DoorOpen,
    names: [
      'check_client_access',
      'check_helo_access',
      'check_sender_access',
      'check_recipient_access',
      'header_checks',
      'body_checks',
      'mime_header_checks',
      'smtpd_client_restrictions',
      'smtpd_sender_restrictions',
      'smtpd_recipient_restrictions',
    ],
  },
  {
    href: '/admin/blocked',
    label: 'Blocked',
    icon: Ban,
    names: ['fail2ban', 'auth_penalty', 'auth_failure_delay', 'brute force', 'banned'],
  },
  {
    href: '/admin/relays',
    label: 'Relay rules',
    icon: Forward,
    names: [
      'relayhost',
      'transport_maps',
      'sender_dependent_relayhost_maps',
      'smtp_sasl_password_maps',
      'smtp_tls_security_level',
    ],
  },
  {
    href: '/admin/tls-out',
    label: 'TLS to other servers',
    icon: Lock,
    names: ['smtp_tls_policy_maps', 'smtp_dns_support_level', 'MTA-STS', 'DANE', 'TLSRPT'],
  },
  {
    href: '/admin/reports',
    label: 'Reports',
    icon: FileBarChart,
    names: ['DMARC', 'rua', 'TLSRPT', 'opendmarc', 'aggregate report', 'who sends in my name'],
  },
  {
    href: '/admin/import',
    label: 'Import',
    icon: FileInput,
    heading: 'Server',
    names: ['postmap', 'postalias', 'newaliases', 'hash:', 'lmdb:'],
  },
  {
    href: '/admin/admins',
    label: 'Admins and roles',
    icon: UserCog,
    names: ['domain admin', 'help desk', 'delegate', 'permissions', 'acl'],
  },
  {
    href: '/admin/self-test',
    label: 'Self-test',
    icon: Stethoscope,
    names: ['configtest', 'postfix check', 'doveconf', 'health'],
  },
  { href: '/admin/settings', label: 'Settings', icon: Settings },
];
