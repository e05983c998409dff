// Receiving mail: port 25 and submission.
import { z } from 'zod';
import { defineSetting } from './define.ts';
import { networkList } from './network-list.ts';
import { defineNumber } from './number.ts';

const domainList = z
  .array(
    z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^!?[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'Give domains such as example.org, one a line.'),
  )
  .max(100, 'At most 100 domains.');

export const smtpSettings = [
  defineSetting('smtp.banner', {
    schema: z
      .string()
      .trim()
      .max(200, 'At most 200 characters.')
      .regex(
        // RFC 5321 §4.2: the greeting begins with the name of the server.
        /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+(?: [\x20-\x7e]*)?)?$/i,
        'Begin with a host name, then words in plain ASCII: mail.example.org ESMTP. Or nothing.',
      ),
    default: '',
    title: 'Greeting',
    help: 'The text after "220" when a server connects. It begins with a host name; leave it empty for "host name ESMTP Drey".',
    control: { kind: 'text', placeholder: 'mail.example.org ESMTP' },
    postfix: ['smtpd_banner', 'mail_name'],
    applies: 'next-connection',
  }),
  defineNumber('smtp.messageSizeBytes', {
    min: 10_240,
    max: 1_073_741_824,
    default: 52_428_800,
    unit: 'bytes',
    title: 'Largest message',
    help: 'Larger messages are refused, by SMTP and by IMAP APPEND. Attachments grow by a third on their way.',
    postfix: ['message_size_limit'],
    dovecot: ['quota_mail_size'],
    applies: 'next-connection',
  }),
  defineNumber('smtp.maxRecipients', {
    min: 1,
    max: 10_000,
    default: 1000,
    title: 'Recipients of one message',
    help: 'Further recipients of the same message get a temporary refusal, so that the sender hands them over in a second round.',
    postfix: ['smtpd_recipient_limit'],
    applies: 'next-command',
  }),
  defineSetting('smtp.recipientDelimiter', {
    schema: z.string().regex(/^[+\-=._#]?$/, 'One of + - = . _ # or nothing.'),
    default: '+',
    title: 'Recipient delimiter',
    help: 'Mail to user+anything reaches user. Empty switches this off.',
    control: { kind: 'text', placeholder: '+' },
    postfix: ['recipient_delimiter'],
    dovecot: ['recipient_delimiter'],
    applies: 'next-command',
  }),
  defineNumber('smtp.hopLimit', {
    min: 10,
    max: 200,
    default: 50,
    title: 'Hops before a loop is assumed',
    help: 'A message with more Received fields than this is refused as looping.',
    postfix: ['hopcount_limit'],
    applies: 'next-message',
  }),
  defineNumber('smtp.maxConnections', {
    min: 1,
    max: 20_000,
    default: 1000,
    title: 'Connections in all',
    help: 'Connections at the same time on one SMTP or submission port; more are told to come back later.',
    postfix: ['default_process_limit'],
    applies: 'next-connection',
  }),
  defineNumber('smtp.maxConnectionsPerAddress', {
    min: 1,
    max: 10_000,
    default: 50,
    title: 'Connections from one address',
    help: 'Trusted networks and this machine itself are not counted.',
    postfix: ['smtpd_client_connection_count_limit'],
    applies: 'next-connection',
  }),
  defineNumber('smtp.idleTimeoutSeconds', {
    min: 10,
    max: 3600,
    default: 300,
    unit: 'seconds',
    title: 'Idle time',
    help: 'A client that says nothing for so long is disconnected. RFC 5321 asks for 300 seconds.',
    postfix: ['smtpd_timeout'],
    applies: 'next-connection',
  }),
  defineNumber('smtp.maxErrors', {
    min: 1,
    max: 1000,
    default: 20,
    title: 'Errors before hanging up',
    help: 'A client that has collected so many refusals in one session is disconnected.',
    postfix: ['smtpd_hard_error_limit'],
    applies: 'next-connection',
  }),
  defineNumber('smtp.softErrors', {
    min: 0,
    max: 1000,
    default: 5,
    title: 'Errors before answers slow down',
    help: 'Whoever has collected so many refusals in one session waits for every further answer as long as set below.',
    postfix: ['smtpd_soft_error_limit'],
    applies: 'next-connection',
  }),
  defineNumber('smtp.errorDelayMs', {
    min: 0,
    max: 30_000,
    default: 0,
    unit: 'milliseconds',
    title: 'Wait before each of those answers',
    help: 'Slows down programs that guess. 0: nobody waits.',
    postfix: ['smtpd_error_sleep_time'],
    applies: 'next-connection',
  }),
  defineNumber('smtp.maxIdleCommands', {
    min: 5,
    max: 10_000,
    default: 100,
    title: 'Commands without mail',
    help: 'A client that says NOOP, RSET, VRFY, HELP or EHLO so often without a message between them is disconnected.',
    postfix: ['smtpd_junk_command_limit'],
    applies: 'next-connection',
  }),
  defineSetting('smtp.answersVrfy', {
    schema: z.boolean('Give on or off.'),
    default: true,
    title: 'Answer VRFY',
    help: 'The answer is always that mail will show it: nobody finds out by VRFY who has a mailbox here. Off: the command is refused, as some scanners of security want it.',
    control: { kind: 'boolean' },
    postfix: ['disable_vrfy_command'],
    applies: 'next-connection',
  }),
  defineNumber('smtp.greetingDelayMs', {
    min: 0,
    max: 30_000,
    default: 0,
    unit: 'milliseconds',
    title: 'Wait before the greeting',
    help: 'A client that talks before it is greeted is refused; a longer wait catches more of the impatient programs that send junk. Trusted networks are greeted at once.',
    postfix: ['postscreen_greet_wait'],
    applies: 'next-connection',
  }),
  defineNumber('smtp.futureReleaseDays', {
    min: 0,
    max: 3650,
    default: 365,
    unit: 'days',
    title: 'Longest time until a message is sent later',
    help: 'Mail programs and the webmail may ask to send a message at a later time (FUTURERELEASE), so many days ahead at most. 0 switches it off.',
    applies: 'next-connection',
  }),
  defineSetting('smtp.masqueradeDomains', {
    schema: domainList,
    default: [] as string[],
    title: 'Domains that hide their hosts',
    help: 'The sender anna@pc7.example.org becomes anna@example.org where example.org is in this list; in the header too of mail from users and trusted networks. A domain after "!" keeps its hosts: !lab.example.org.',
    control: { kind: 'list', placeholder: 'example.org' },
    postfix: ['masquerade_domains', 'masquerade_classes'],
    applies: 'next-message',
  }),
  defineSetting('smtp.masqueradeExceptions', {
    schema: z
      .array(
        z
          .string()
          .trim()
          .toLowerCase()
          .regex(/^[^@\s]{1,64}$/, 'Give names that stand before the "@", such as root.'),
      )
      .max(100, 'At most 100 names.'),
    default: [] as string[],
    title: 'Names that show their host all the same',
    help: 'Before the "@": with root in this list root@pc7.example.org stays as it is.',
    control: { kind: 'list', placeholder: 'root' },
    postfix: ['masquerade_exceptions'],
    applies: 'next-message',
  }),
  defineSetting('smtp.xclientHosts', {
    schema: networkList,
    default: [] as string[],
    title: 'Hosts that may speak for their clients',
    help: 'Addresses or networks of proxies that tell the real client with XCLIENT, in front of this server. What they say is believed, so name no host that is not yours.',
    control: { kind: 'list', placeholder: '192.0.2.10' },
    postfix: ['smtpd_authorized_xclient_hosts'],
    applies: 'next-connection',
  }),
  defineSetting('smtp.proxyHosts', {
    schema: networkList,
    default: [] as string[],
    title: 'Hosts with a PROXY header',
    help: 'Addresses or networks of load balancers such as HAProxy that begin each connection to the SMTP and submission ports with a PROXY header, version 1 or 2. A connection from there without the header is refused.',
    control: { kind: 'list', placeholder: '192.0.2.10' },
    postfix: ['smtpd_upstream_proxy_protocol', 'postscreen_upstream_proxy_protocol'],
    applies: 'next-connection',
  }),
  defineSetting('smtp.hasLmtp', {
    schema: z.boolean('Give on or off.'),
    default: false,
    title: 'LMTP for programs of this machine',
    help: 'Another mail server on this machine can hand mail for mailboxes here at the places of listeners.lmtp (port 2024 of the loopback address), or at a socket file. Checks of strangers do not apply to it, and nothing is sent on.',
    control: { kind: 'boolean' },
    postfix: ['mailbox_transport', 'virtual_transport', 'local_transport'],
    dovecot: ['protocols', 'service lmtp'],
    applies: 'next-connection',
  }),
  defineSetting('smtp.lmtpSocket', {
    schema: z
      .string()
      .trim()
      .max(100, 'At most 100 characters.')
      .regex(/^$|^\/[^\p{Cc}]*$/u, 'Give a whole path, such as /run/drey/lmtp.'),
    default: '',
    title: 'LMTP socket',
    help: 'A socket file in place of the port: who may write to it is a matter of its folder. Empty: the port.',
    control: { kind: 'text', placeholder: '/run/drey/lmtp' },
    dovecot: ['unix_listener lmtp'],
    applies: 'next-connection',
  }),
] as const;
