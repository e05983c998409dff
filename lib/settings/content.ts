// Checks of a whole message: SPF, DKIM, DMARC, ARC, its shape, attachments, outside scanners.
import { z } from 'zod';
import { defineChoice, defineStrictness, defineSwitch } from './choice.ts';
import { defineSetting } from './define.ts';
import { defineNumber } from './number.ts';

/** Where a scanner listens: "inet:127.0.0.1:3310", "127.0.0.1:3310", "unix:/run/x.sock", "/run/x.sock". */
export const scannerPattern =
  /^(?:(?:inet:)?(?:\[[0-9a-f:]{2,45}\]|[a-z0-9._-]{1,200}):\d{1,5}|(?:unix:)?\/[\w./@:-]{1,100})$/i;

const scanner = z
  .string()
  .trim()
  .max(250, 'At most 250 characters.')
  .refine((text) => text === '' || scannerPattern.test(text), {
    message: 'Give host:port or the path of a socket, as in 127.0.0.1:3310 or /run/scanner.sock.',
  });

const troubleOptions = { defer: 'Ask the sender to come back later', accept: 'Take it unscanned' };

export const contentSettings = [
  defineSwitch('content.authenticity', {
    default: true,
    title: 'Check SPF, DKIM, DMARC and ARC',
    help: 'Who a mail from a stranger claims to come from is compared with what that domain publishes in the DNS. The result stands in the field Authentication-Results of the message.',
    applies: 'next-message',
  }),
  defineChoice('content.dmarcReject', {
    options: {
      refuse: 'Refuse it, as the domain wants',
      junk: 'Into Junk',
      tag: 'Only say so in the header',
    },
    default: 'refuse',
    title: 'DMARC: the domain wants forgeries refused',
    help: 'What happens to mail that fails DMARC when the policy of its domain is "reject".',
    applies: 'next-message',
  }),
  defineChoice('content.dmarcQuarantine', {
    options: { junk: 'Into Junk, as the domain wants', tag: 'Only say so in the header' },
    default: 'junk',
    title: 'DMARC: the domain wants forgeries set apart',
    help: 'What happens to mail that fails DMARC when the policy of its domain is "quarantine".',
    applies: 'next-message',
  }),
  defineStrictness('content.unclearAuthor', {
    default: 'junk',
    title: 'Authors that DMARC cannot judge',
    help: 'Several From fields, or authors of several domains, or an author without a proper domain: a way around DMARC (RFC 9989 section 11.5). Mail without any author is not meant.',
    applies: 'next-message',
  }),
  defineStrictness('content.spfFail', {
    default: 'off',
    title: 'SPF alone says no',
    help: 'Mail whose sender domain publishes "-all" and does not list the client. Forwarded mail fails here too, so the usual choice is to let DMARC decide.',
    applies: 'next-message',
  }),
  defineSetting('content.trustedSealers', {
    schema: z
      .array(
        z
          .string()
          .trim()
          .toLowerCase()
          .regex(/^(?=.{1,253}$)[a-z0-9_-]+(\.[a-z0-9_-]+)+$/, 'Give domains, one a line.'),
      )
      .max(500, 'At most 500 domains.'),
    default: [] as string[],
    title: 'Trusted forwarders (ARC)',
    help: 'Domains of mailing lists and forwarders. Mail that fails DMARC is taken all the same when one of them was the last to seal it (ARC) and says that it passed there.',
    control: { kind: 'list', placeholder: 'lists.example.org' },
    applies: 'next-message',
  }),
  defineNumber('content.mimeNesting', {
    min: 5,
    max: 95,
    default: 90,
    title: 'Parts within parts',
    help: 'A message whose parts are nested deeper is refused.',
    postfix: ['mime_nesting_limit'],
    applies: 'next-message',
  }),
  defineNumber('content.mimeParts', {
    min: 10,
    max: 9900,
    default: 5000,
    title: 'Parts of a message',
    help: 'A message of more parts (texts, attachments, messages within) is refused.',
    applies: 'next-message',
  }),
  defineNumber('content.headerFieldBytes', {
    min: 10_240,
    max: 524_288,
    default: 262_144,
    unit: 'bytes',
    title: 'Largest header field',
    help: 'A message with a longer field, such as a To with thousands of addresses, is refused. (Postfix cuts it at 102400.)',
    postfix: ['header_size_limit'],
    applies: 'next-message',
  }),
  defineNumber('content.headerBytes', {
    min: 32_768,
    max: 524_288,
    default: 524_288,
    unit: 'bytes',
    title: 'Largest header',
    help: 'All fields of a message together.',
    applies: 'next-message',
  }),
  defineNumber('content.headerAddresses', {
    min: 100,
    max: 100_000,
    default: 10_240,
    title: 'Addresses in the header',
    help: 'A message that names more authors and receivers is refused.',
    postfix: ['header_address_token_limit'],
    applies: 'next-message',
  }),
  defineStrictness('content.eightBitHeader', {
    default: 'off',
    title: 'Raw letters beyond ASCII in the header',
    help: 'Without SMTPUTF8 a header may only have ASCII letters. Old programs do not care, and so do most spam programs.',
    postfix: ['strict_7bit_headers'],
    applies: 'next-message',
  }),
  defineSetting('content.blockedAttachments', {
    schema: z
      .array(z.string().trim().min(1).max(200, 'At most 200 characters each.'))
      .max(500, 'At most 500 patterns.'),
    default: [] as string[],
    title: 'Refused attachments',
    help: 'File names (*.exe) or types (application/x-msdownload), with * and ?; looked for inside ZIP archives too. Often used: *.ade *.adp *.bat *.chm *.cmd *.com *.cpl *.exe *.hta *.img *.ins *.iso *.jar *.js *.jse *.lnk *.msc *.msi *.msp *.pif *.ps1 *.reg *.scr *.sct *.vb *.vbe *.vbs *.vhd *.wsc *.wsf *.wsh *.xll',
    control: { kind: 'list', placeholder: '*.exe' },
    postfix: ['mime_header_checks'],
    applies: 'next-message',
  }),
  defineSetting('content.rspamdUrl', {
    schema: z
      .string()
      .trim()
      .max(250, 'At most 250 characters.')
      .regex(
        /^(?:https?:\/\/(?:\[[0-9a-f:]{2,45}\]|[a-z0-9._-]+)(?::\d{1,5})?\/?)?$/i,
        'Give a URL such as http://127.0.0.1:11333, or nothing.',
      ),
    default: '',
    title: 'rspamd',
    help: 'URL of an rspamd that scans each message (its normal worker). Empty: none is asked.',
    control: { kind: 'text', placeholder: 'http://127.0.0.1:11333' },
    applies: 'next-message',
  }),
  defineSetting('content.rspamdLearnUrl', {
    schema: z
      .string()
      .trim()
      .max(250, 'At most 250 characters.')
      .regex(
        /^(?:https?:\/\/(?:\[[0-9a-f:]{2,45}\]|[a-z0-9._-]+)(?::\d{1,5})?\/?)?$/i,
        'Give a URL such as http://127.0.0.1:11334, or nothing.',
      ),
    default: '',
    title: 'rspamd learns from users',
    help: 'URL of the controller of rspamd, which must let this machine in without a password (secure_ip). What users report as spam, or as none, is taught to it. Empty: a report puts the sender on a list of the user.',
    control: { kind: 'text', placeholder: 'http://127.0.0.1:11334' },
    applies: 'next-message',
  }),
  defineChoice('content.rspamdTrouble', {
    options: troubleOptions,
    default: 'defer',
    title: 'rspamd cannot be reached',
    help: 'What happens to a message that rspamd could not scan.',
    applies: 'next-message',
  }),
  defineSetting('content.clamav', {
    schema: scanner,
    default: '',
    title: 'ClamAV',
    help: 'Where a ClamAV daemon (clamd) listens: host:port or the path of its socket. Empty: none is asked.',
    control: { kind: 'text', placeholder: '/run/clamav/clamd.ctl' },
    applies: 'next-message',
  }),
  defineChoice('content.clamavFound', {
    options: { refuse: 'Refuse it', junk: 'Into Junk', hold: 'Hold it for an administrator' },
    default: 'refuse',
    title: 'ClamAV found something',
    help: 'What happens to a message with a virus in it.',
    applies: 'next-message',
  }),
  defineChoice('content.clamavTrouble', {
    options: troubleOptions,
    default: 'defer',
    title: 'ClamAV cannot be reached',
    help: 'What happens to a message that ClamAV could not scan.',
    applies: 'next-message',
  }),
  defineSetting('content.milters', {
    schema: z.array(scanner).max(5, 'At most 5 milters.'),
    default: [] as string[],
    title: 'Milters',
    help: 'Mail filters that speak the milter protocol, asked in this order with the whole message: host:port or the path of a socket.',
    control: { kind: 'list', placeholder: 'inet:127.0.0.1:8891' },
    postfix: ['smtpd_milters', 'content_filter', 'smtpd_proxy_filter'],
    applies: 'next-message',
  }),
  defineChoice('content.milterTrouble', {
    options: troubleOptions,
    default: 'defer',
    title: 'A milter cannot be reached',
    help: 'What happens to a message that a milter could not judge.',
    postfix: ['milter_default_action'],
    applies: 'next-message',
  }),
  defineNumber('content.scanSeconds', {
    min: 2,
    max: 240,
    default: 30,
    unit: 'seconds',
    title: 'Time for a scanner',
    help: 'A scanner that takes longer counts as not reached. The sender waits meanwhile.',
    postfix: ['milter_content_timeout'],
    applies: 'next-message',
  }),
  defineNumber('content.scanBytes', {
    min: 65_536,
    max: 1_073_741_824,
    default: 26_214_400,
    unit: 'bytes',
    title: 'Largest message that is scanned',
    help: 'Larger messages pass by ClamAV and rspamd unscanned (ClamAV: keep StreamMaxLength at least as large).',
    applies: 'next-message',
  }),
] as const;
