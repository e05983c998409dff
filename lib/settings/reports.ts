// Reports about mail: those of other servers about domains here, and ours to others.
import { z } from 'zod';
import { defineSwitch } from './choice.ts';
import { defineSetting } from './define.ts';
import { defineNumber } from './number.ts';

export const reportSettings = [
  defineSetting('content.reportAddresses', {
    schema: z
      .array(
        z
          .string()
          .trim()
          .toLowerCase()
          .regex(
            /^[\w.+=-]{1,64}@(\*|[a-z0-9.-]{1,253})$/,
            'Give addresses, "*" for every domain here.',
          ),
      )
      .max(50, 'At most 50 addresses.'),
    default: ['dmarc-reports@*', 'tls-reports@*'],
    title: 'Addresses that reports come to',
    help: 'DMARC and TLS reports that come to these addresses are read and shown on the page Reports. "*" stands for every domain here. Publish such an address in the DNS: rua=mailto:dmarc-reports@example.org. The addresses need no mailbox.',
    control: { kind: 'list', placeholder: 'dmarc-reports@*' },
    applies: 'next-message',
  }),
  defineSwitch('content.deliversReports', {
    default: true,
    title: 'Deliver the mail of a report too',
    help: 'Where a report address is a user or an alias, the mail goes there as well. Off: what was read as a report is stored as figures only.',
    applies: 'next-message',
  }),
  defineNumber('storage.reportDays', {
    min: 1,
    max: 3650,
    default: 400,
    unit: 'days',
    title: 'Keep reports of others',
    help: 'DMARC and TLS reports are removed after so long.',
    applies: 'next-attempt',
  }),
  defineSwitch('delivery.dmarcReports', {
    default: true,
    title: 'Send DMARC reports',
    help: 'Once a day, to domains that ask for it: from which addresses mail in their name came here and whether it passed SPF and DKIM. Neither recipients nor contents are told.',
    applies: 'next-attempt',
  }),
  defineSetting('delivery.dmarcReportContact', {
    schema: z
      .string()
      .trim()
      .max(254)
      .regex(/^$|^[\w.+-]{1,64}@[\w-]+(\.[\w-]+)*$/, 'Give an address, or nothing.'),
    default: '',
    title: 'Sender of DMARC reports',
    help: 'Who is asked about a report. Empty: postmaster at the name of this server. Its domain should have DKIM keys, others believe no report without.',
    control: { kind: 'text', placeholder: 'postmaster@example.org' },
    applies: 'next-attempt',
  }),
] as const;
