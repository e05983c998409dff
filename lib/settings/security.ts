// Signing in.
import { z } from 'zod';
import { defineSwitch } from './choice.ts';
import { defineSetting } from './define.ts';
import { mechanismNames } from './mechanisms.ts';
import { defineNumber } from './number.ts';

const mechanismText = `Give some of ${mechanismNames.join(', ')}.`;

export const securitySettings = [
  defineNumber('security.maxLoginFailures', {
    min: 3,
    max: 1000,
    default: 10,
    title: 'Failed logins before a pause',
    help: 'Of one address (an IPv6 /64) over all protocols; an account, and an IPv6 /48, have room for ten times as many. Then further tries are refused for a window, and for twice as long each time it happens again within a day. Addresses and browsers that have signed in to an account before keep working while others guess at it.',
    dovecot: ['auth_failure_delay'],
    applies: 'next-sign-in',
  }),
  defineNumber('security.loginWindowMinutes', {
    min: 1,
    max: 1440,
    default: 15,
    unit: 'minutes',
    title: 'Window of failed logins',
    help: 'How long failures are remembered.',
    applies: 'next-sign-in',
  }),
  defineNumber('security.failureDelayMs', {
    min: 0,
    max: 10_000,
    default: 1000,
    unit: 'milliseconds',
    title: 'Delay of a failed login',
    help: 'The answer to a wrong password waits so long, to the second one twice as long, and so on up to fifteen seconds.',
    dovecot: ['auth_failure_delay'],
    applies: 'next-sign-in',
  }),
  defineSetting('security.loginDomain', {
    schema: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^$|^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'Give a domain such as example.org.'),
    default: '',
    title: 'Domain of names without one',
    help: 'Who signs in as "anna" means anna@ this domain, in every protocol and on the web. Empty: only whole addresses are taken.',
    control: { kind: 'text', placeholder: 'example.org' },
    postfix: ['smtpd_sasl_local_domain'],
    dovecot: ['auth_default_domain', 'auth_default_realm'],
    applies: 'next-sign-in',
  }),
  defineNumber('security.minPasswordLength', {
    min: 6,
    max: 128,
    default: 8,
    unit: 'characters',
    title: 'Shortest password',
    help: 'For new and changed passwords.',
    applies: 'next-command',
  }),
  defineSwitch('security.refuseCommonPasswords', {
    default: true,
    title: 'Refuse common passwords',
    help: 'New passwords may be no common word, name or row of keys, whatever digits stand around it, and have nothing of the address or the name of their owner in them.',
    applies: 'next-command',
  }),
  defineSetting('security.mechanisms', {
    schema: z.array(z.enum(mechanismNames, mechanismText)).min(1, mechanismText),
    default: [...mechanismNames],
    title: 'Ways to sign in (SASL)',
    help: 'What IMAP, POP3 and submission offer. With SCRAM the password never travels, and with SCRAM-SHA-256-PLUS nobody can sit in between; an account that comes from elsewhere must sign in once by PLAIN or LOGIN before it can use SCRAM. OAUTHBEARER and XOAUTH2 stay open to the webmail. The LOGIN command of IMAP and USER of POP3 are not meant.',
    control: { kind: 'list' },
    postfix: ['smtpd_sasl_mechanism_filter', 'smtpd_sasl_security_options'],
    dovecot: ['auth_mechanisms', 'mechanisms'],
    applies: 'next-sign-in',
  }),
  defineNumber('security.adminProofMinutes', {
    min: 5,
    max: 1440,
    default: 60,
    unit: 'minutes',
    title: 'Second factor of administrators',
    help: 'An administrator who has a second factor shows it again for a change in the panel when the last time is so long ago. Who only looks is not asked.',
    applies: 'next-command',
  }),
  defineNumber('security.signInAsMinutes', {
    min: 0,
    max: 60,
    default: 15,
    unit: 'minutes',
    title: 'Signed in as a user for',
    help: 'A super admin may open the webmail of a user so long at a time, with a mark on every page and an event that the user sees. 0: nobody may.',
    applies: 'next-command',
  }),
  defineSwitch('security.ldapSignIn', {
    default: false,
    title: 'Passwords of the directory server',
    help: 'Users without a password here sign in with the one that the LDAP server of the directory has for their address, in every protocol but SCRAM. Users with a password of their own never ask it.',
    dovecot: ['passdb'],
    applies: 'next-sign-in',
  }),
  defineSwitch('security.ldapCreatesUsers', {
    default: false,
    title: 'Make users of the directory server',
    help: 'Whoever signs in with an address of a domain here and a password of the LDAP server gets a mailbox at the first time. Off: only users who are here already.',
    applies: 'next-sign-in',
  }),
  defineSwitch('security.webhooksInside', {
    default: false,
    title: 'Webhooks into the own network',
    help: 'Webhooks may call private addresses (10.0.0.0/8, 127.0.0.1, …) and plain http too. Off: https and addresses of the public Internet alone, so that nobody uses them to reach what is behind this server.',
    applies: 'next-attempt',
  }),
  defineSetting('security.oidcIssuer', {
    schema: z
      .string()
      .trim()
      .max(300)
      .refine(
        (url) => url === '' || /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/.test(url),
        'Give an address such as https://login.example.org/realms/school.',
      ),
    default: '',
    title: 'OpenID provider',
    help: 'People may sign in to the web pages with their account there: the issuer address, of Keycloak, Authentik, Google and others. Empty: none. Its return address is https://HOST/api/auth/callback/oidc.',
    control: { kind: 'text', placeholder: 'https://login.example.org/realms/school' },
    applies: 'next-sign-in',
  }),
  defineSetting('security.oidcClientId', {
    schema: z.string().trim().max(300),
    default: '',
    title: 'OpenID client',
    help: 'The name under which the provider knows this server.',
    control: { kind: 'text' },
    applies: 'next-sign-in',
  }),
  defineSetting('security.oidcClientSecret', {
    schema: z.string().regex(/^(?:v1:[A-Za-z0-9+/=]{1,4000})?$/, 'This is no sealed secret.'),
    default: '',
    title: 'OpenID client secret',
    help: 'Kept encrypted and never shown again.',
    control: { kind: 'secret' },
    applies: 'next-sign-in',
  }),
  defineSetting('security.oidcLabel', {
    schema: z.string().trim().max(60),
    default: '',
    title: 'Name of the OpenID provider',
    help: 'Stands on the button of the sign-in page.',
    control: { kind: 'text', placeholder: 'School account' },
    applies: 'next-command',
  }),
  defineSwitch('security.oidcCreatesUsers', {
    default: false,
    title: 'Make users who come by OpenID',
    help: 'Whoever the provider vouches for with an address of a domain here gets a mailbox at the first sign-in. Off: only users who are here already.',
    applies: 'next-sign-in',
  }),
] as const;
