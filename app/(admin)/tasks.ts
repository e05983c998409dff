// What people come to the panel to do, in their words, with the place where it is done: for the search, which shows the first
// of them before anything is typed.
import type { Permission } from '#lib/accounts/permission.ts';

export type Task = {
  label: string;
  href: string;
  /** Who else may; without, super admins alone. */
  permission?: Permission;
  /** What else it is called */
  names: string[];
};

export const tasks: Task[] = [
  {
    label: 'Add a user',
    href: '/admin/users/new',
    permission: 'users',
    names: ['new user', 'create mailbox', 'new account', 'useradd'],
  },
  {
    label: 'Find a mail that did not arrive',
    href: '/admin/events',
    permission: 'trail',
    names: ['missing mail', 'lost mail', 'not delivered', 'trace', 'whole story'],
  },
  {
    label: 'Set a new password',
    href: '/admin/users',
    permission: 'passwords',
    names: ['reset password', 'forgotten password', 'passwd', 'doveadm pw'],
  },
  {
    label: 'Let somebody in again',
    href: '/admin/blocked',
    names: ['unblock', 'unban', 'locked out', 'too many sign-ins', 'fail2ban-client'],
  },
  {
    label: 'Set the smart host',
    href: '/admin/wizard?step=leaving',
    names: ['relayhost', 'smarthost', 'send through a provider', 'port 25 is blocked'],
  },
  {
    label: 'Try whether a mail would be taken',
    href: '/admin/explain',
    names: ['test a mail', 'why is it refused', 'sendmail -bv', 'swaks'],
  },
  {
    label: 'Try where a mail would go',
    href: '/admin/relays#try',
    names: ['route test', 'which relay', 'transport'],
  },
  {
    label: 'Many users at once',
    href: '/admin/users/batch',
    permission: 'users',
    names: ['import users', 'create users', 'CSV', 'mailboxes from a file'],
  },
  {
    label: 'Addresses that other servers called unknown',
    href: '/admin/queue/suppressed',
    names: ['suppression list', 'bounced addresses', 'no such user'],
  },
  {
    label: 'Send a test mail',
    href: '/admin/wizard?step=finish',
    names: ['test message', 'does mail work'],
  },
  {
    label: 'Restore a message or a folder',
    href: '/admin/backup',
    names: ['undelete', 'deleted mail', 'from a backup'],
  },
  {
    label: 'Names of Postfix and Dovecot',
    href: '/admin/settings/reference',
    names: ['main.cf', 'master.cf', 'dovecot.conf', 'postconf'],
  },
];
