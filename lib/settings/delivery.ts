// Sending mail on: the queue's schedule and the way to other servers.
import { z } from 'zod';
import { defineSetting } from './define.ts';
import { defineNumber } from './number.ts';

export const deliverySettings = [
  defineNumber('delivery.firstRetryMinutes', {
    min: 1,
    max: 1440,
    default: 15,
    unit: 'minutes',
    title: 'First retry after',
    help: 'Wait after the first temporary failure. Each further wait is twice as long.',
    postfix: ['minimal_backoff_time', 'queue_run_delay'],
    applies: 'next-attempt',
  }),
  defineNumber('delivery.maxRetryMinutes', {
    min: 1,
    max: 2880,
    default: 240,
    unit: 'minutes',
    title: 'Longest wait between tries',
    help: 'The doubling of waits ends here.',
    postfix: ['maximal_backoff_time'],
    applies: 'next-attempt',
  }),
  defineNumber('delivery.delayNoticeHours', {
    min: 0,
    max: 240,
    default: 4,
    unit: 'hours',
    title: 'Tell the sender of a delay after',
    help: 'Own users get one notice when their message still waits after so long. 0: never.',
    postfix: ['delay_warning_time'],
    applies: 'next-attempt',
  }),
  defineNumber('delivery.lifetimeHours', {
    min: 1,
    max: 720,
    default: 120,
    unit: 'hours',
    title: 'Give up after',
    help: 'A message that could not be delivered for so long goes back to its sender.',
    postfix: ['maximal_queue_lifetime', 'bounce_queue_lifetime'],
    applies: 'next-attempt',
  }),
  defineNumber('delivery.concurrency', {
    min: 1,
    max: 1000,
    default: 20,
    title: 'Deliveries at the same time',
    help: 'Outgoing connections in all.',
    postfix: ['default_process_limit'],
    applies: 'next-attempt',
  }),
  defineNumber('delivery.concurrencyPerDomain', {
    min: 1,
    max: 100,
    default: 5,
    title: 'Deliveries to one domain at the same time',
    help: 'Large receivers dislike many connections at once.',
    postfix: ['default_destination_concurrency_limit'],
    applies: 'next-attempt',
  }),
  defineNumber('delivery.connectTimeoutSeconds', {
    min: 1,
    max: 300,
    default: 30,
    unit: 'seconds',
    title: 'Connection timeout',
    help: 'How long to wait for another server to accept a connection before the next of its addresses is tried.',
    postfix: ['smtp_connect_timeout'],
    applies: 'next-attempt',
  }),
  defineNumber('delivery.mxPort', {
    min: 1,
    max: 65_535,
    default: 25,
    title: 'Port of other mail servers',
    help: 'The Internet uses 25. Another number is for a test network only.',
    applies: 'next-attempt',
  }),
  defineSetting('delivery.dnsServers', {
    schema: z
      .array(
        z
          .string()
          .trim()
          .regex(
            /^[0-9a-fA-F:.[\]]{2,50}$/,
            'Give IP addresses, one a line, with ":port" where it is not 53.',
          ),
      )
      .max(8, 'At most 8 name servers.'),
    default: [] as string[],
    title: 'Name servers',
    help: 'Where MX and address records are looked up. Empty: the name servers of the operating system.',
    control: { kind: 'list', placeholder: '127.0.0.1' },
    postfix: ['smtp_host_lookup'],
    applies: 'next-attempt',
  }),
  defineSetting('delivery.allowPrivateAddresses', {
    schema: z.boolean('Say yes or no.'),
    default: false,
    title: 'Deliver to private addresses',
    help: 'Off: an MX record that points to a loopback or private address is not used, so that nobody steers this server into your own network. Relay rules are not concerned.',
    control: { kind: 'boolean' },
    applies: 'next-attempt',
  }),
] as const;
