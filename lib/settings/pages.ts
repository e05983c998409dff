// What the pages of the panel are called, what people of Postfix, Dovecot, SquirrelMail and Webmin look for and find there because
// it is a list and no setting, and which command does the same. The menu adds symbols and who sees them.

export type NamedPage = {
  href: string;
  label: string;
  /** First words of the commands for it: "network" of "drey network add" */
  command?: string;
  names: readonly string[];
};

const known = [
  {
    href: '/admin',
    label: 'Overview',
    names: [],
  },
  {
    href: '/admin/queue',
    label: 'Queue',
    command: 'queue',
    names: ['mailq', 'postqueue', 'postsuper', 'defer_transports', 'soft_bounce', 'hold'],
  },
  {
    href: '/admin/events',
    label: 'Events',
    command: 'events',
    names: ['mail.log', 'maillog'],
  },
  {
    href: '/admin/explain',
    label: 'Explain',
    command: 'explain',
    names: ['postmap', 'sendmail -bv', 'test', 'what would happen'],
  },
  {
    href: '/admin/statistics',
    label: 'Statistics',
    names: ['pflogsumm', 'mailgraph', 'Munin', 'plots', 'graphs'],
  },
  {
    href: '/admin/domains',
    label: 'Domains',
    command: 'domain',
    names: [
      'mydestination',
      'virtual_mailbox_domains',
      'virtual_alias_domains',
      'relay_domains',
      'relay_recipient_maps',
      'fallback_transport',
    ],
  },
  {
    href: '/admin/users',
    label: 'Users',
    command: 'user',
    names: [
      'virtual_mailbox_maps',
      'passdb',
      'userdb',
      'auth_passdb',
      'auth_userdb',
      'quota_rule',
      'local_recipient_maps',
    ],
  },
  {
    href: '/admin/aliases',
    label: 'Aliases',
    command: 'alias',
    names: ['virtual_alias_maps', 'alias_maps', 'alias_database', 'luser_relay'],
  },
  {
    href: '/admin/shared',
    label: 'Shared mailboxes',
    command: 'shared',
    names: ['namespace', 'acl', 'acl_shared_dict', 'shared mailboxes'],
  },
  {
    href: '/admin/directory',
    label: 'Directory',
    command: 'directory',
    names: ['ldap', 'address book', 'abook_global_file', 'ldap_server'],
  },
  {
    href: '/admin/rewriting',
    label: 'Rewriting',
    command: 'rewrite',
    names: [
      'canonical_maps',
      'sender_canonical_maps',
      'recipient_canonical_maps',
      'canonical_classes',
      'local_header_rewrite_clients',
    ],
  },
  {
    href: '/admin/checks',
    label: 'Checks',
    command: 'checks',
    names: [
      'smtpd_client_restrictions',
      'smtpd_helo_restrictions',
      'smtpd_sender_restrictions',
      'smtpd_recipient_restrictions',
      'smtpd_relay_restrictions',
      'smtpd_data_restrictions',
      'permit_sasl_authenticated',
      'reject_unauth_destination',
      'reject_unknown_client',
      'permit_tls_all_clientcerts',
      'postscreen',
      'greylisting',
      'rbl',
    ],
  },
  {
    href: '/admin/access',
    label: 'Access rules',
    command: 'rule',
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
      'always_bcc',
      'sender_bcc_maps',
      'recipient_bcc_maps',
      'relocated_maps',
      'reject_rhsbl_client',
    ],
  },
  {
    href: '/admin/networks',
    label: 'Networks',
    command: 'network',
    names: ['mynetworks', 'mynetworks_style', 'permit_mynetworks', 'permit_inet_interfaces'],
  },
  {
    href: '/admin/relays',
    label: 'Relay rules',
    command: 'route',
    names: [
      'relayhost',
      'transport_maps',
      'default_transport',
      'relay_transport',
      'fallback_relay',
      'smtp_fallback_relay',
      'sender_dependent_relayhost_maps',
      'sender_dependent_default_transport_maps',
      'smtp_sasl_auth_enable',
      'smtp_sasl_password_maps',
      'smtp_sasl_security_options',
      'smtp_bind_address',
      'smtp_destination_concurrency_limit',
      'smtp_tls_security_level',
    ],
  },
  {
    href: '/admin/tls-out',
    label: 'TLS to other servers',
    command: 'tls-policy',
    names: [
      'smtp_tls_policy_maps',
      'smtp_tls_security_level',
      'smtp_use_tls',
      'smtp_enforce_tls',
      'smtp_dns_support_level',
      'MTA-STS',
      'DANE',
      'TLSRPT',
    ],
  },
  {
    href: '/admin/reports',
    label: 'Reports',
    command: 'dmarc',
    names: ['DMARC', 'rua', 'TLSRPT', 'opendmarc', 'aggregate report', 'who sends in my name'],
  },
  {
    href: '/admin/blocked',
    label: 'Blocked',
    command: 'blocked',
    names: ['fail2ban', 'auth_penalty', 'auth_failure_delay', 'brute force', 'banned'],
  },
  {
    href: '/admin/certificates',
    label: 'Certificates',
    command: 'certificates',
    names: [
      'smtpd_tls_cert_file',
      'smtpd_tls_key_file',
      'smtpd_tls_chain_files',
      'tls_server_sni_maps',
      'ssl_server_cert_file',
      'ssl_server_key_file',
      'ssl_cert',
      'ssl_key',
      'local_name',
      'ACME',
      "Let's Encrypt",
      'certbot',
    ],
  },
  {
    href: '/admin/admins',
    label: 'Admins and roles',
    names: ['domain admin', 'help desk', 'delegate', 'permissions', 'acl'],
  },
  {
    href: '/admin/tokens',
    label: 'API tokens',
    command: 'tokens',
    names: ['REST', 'API', 'token', 'RPC', 'remote.cgi', 'automation'],
  },
  {
    href: '/admin/webhooks',
    label: 'Webhooks',
    command: 'webhooks',
    names: ['webhook', 'notify', 'callback', 'push'],
  },
  {
    href: '/admin/settings',
    label: 'Settings',
    command: 'settings',
    names: [],
  },
  {
    href: '/admin/listeners',
    label: 'Listeners',
    command: 'listeners',
    names: [
      'inet_interfaces',
      'inet_protocols',
      'master.cf',
      'protocols',
      'listen',
      'inet_listener',
      'ports',
      'smtpd',
      'submission',
      'smtps',
      'imap-login',
      'pop3-login',
      'wrappermode',
    ],
  },
  {
    href: '/admin/backup',
    label: 'Backup',
    command: 'backup',
    names: ['restore', 'snapshot', 'rsync', 'doveadm backup', 'dsync'],
  },
  {
    href: '/admin/jobs',
    label: 'Jobs',
    command: 'jobs',
    names: ['cron', 'scheduled jobs', 'timers'],
  },
  {
    href: '/admin/history',
    label: 'History',
    command: 'config',
    names: ['audit log', 'who changed', 'undo', 'revision', 'nodes', 'webmin actions log'],
  },
  {
    href: '/admin/configuration',
    label: 'Configuration file',
    command: 'config',
    names: ['export', 'import settings', 'yaml', 'postconf -n', 'doveconf -n', 'main.cf'],
  },
  {
    href: '/admin/import',
    label: 'Import',
    names: ['postmap', 'postalias', 'newaliases', 'hash:', 'lmdb:'],
  },
  {
    href: '/admin/announcement',
    label: 'Announcement',
    names: ['broadcast', 'banner', 'motd', 'mail to all users'],
  },
  {
    href: '/admin/health',
    label: 'Health and version',
    command: 'health',
    names: ['update', 'nodes', 'uptime', 'version', 'status'],
  },
  {
    href: '/admin/doctor',
    label: 'Doctor',
    command: 'doctor',
    names: ['postfix check', 'health', 'port 25', 'block list', 'PTR', 'reverse DNS', 'clock'],
  },
  {
    href: '/admin/self-test',
    label: 'Self-test',
    names: ['configtest', 'postfix check', 'doveconf', 'health'],
  },
  {
    href: '/admin/wizard',
    label: 'First steps',
    names: ['wizard', 'first run', 'set up', 'smart host', 'test mail'],
  },
] as const satisfies NamedPage[];

export const pages: readonly NamedPage[] = known;

/** The page there. */
export function pageAt(href: (typeof known)[number]['href']): NamedPage {
  return pages.find((page) => page.href === href) as NamedPage;
}

/** Pages that answer to exactly this name, else those of which a name has it in it. */
export function findPagesNamed(search: string): { page: NamedPage; name: string }[] {
  const text = search.trim().toLowerCase();
  if (text === '') return [];
  const find = (fits: (name: string) => boolean) =>
    pages.flatMap((page) => {
      const name = [page.label, ...page.names].find((one) => fits(one.toLowerCase()));
      return name === undefined ? [] : { page, name };
    });
  const exact = find((name) => name === text);
  return exact.length > 0 ? exact : find((name) => name.includes(text));
}
