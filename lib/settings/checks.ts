// Checks of strangers before their mail is read: who they are, how often they come, what lists say of them.
// Off by default is what could cost a small server wanted mail; on by default is what only abuse runs into.
import { z } from 'zod';
import { defineStrictness, defineSwitch } from './choice.ts';
import { defineSetting } from './define.ts';
import { defineNumber } from './number.ts';

/** "zen.example.org", "zen.example.org=127.0.0.2*3", "list.example.net*-2" */
export const dnsListPattern =
  /^[a-z0-9_-]+(\.[a-z0-9_-]+)+(=127(\.(\d{1,3}|\[\d{1,3}\.\.\d{1,3}\])){3})?(\*-?\d{1,3})?$/i;

export const checksSettings = [
  defineNumber('checks.connectionsPerMinute', {
    min: 0,
    max: 100_000,
    default: 120,
    unit: 'a minute',
    title: 'New connections from one address',
    help: 'More of them within a minute are told to come back later. An IPv6 network of /64 counts as one address. 0 switches this off.',
    postfix: ['smtpd_client_connection_rate_limit', 'anvil_rate_time_unit'],
    applies: 'next-connection',
  }),
  defineNumber('checks.connectionsPerMinuteOfNetwork', {
    min: 0,
    max: 1_000_000,
    default: 600,
    unit: 'a minute',
    title: 'New connections from one network',
    help: 'The same for a whole neighbourhood: /24 of IPv4, /48 of IPv6. 0 switches this off.',
    postfix: ['smtpd_client_connection_rate_limit'],
    applies: 'next-connection',
  }),
  defineNumber('checks.messagesPerMinute', {
    min: 0,
    max: 100_000,
    default: 300,
    unit: 'a minute',
    title: 'Messages from one address',
    help: 'Further messages within the minute are told to come back later. 0 switches this off.',
    postfix: ['smtpd_client_message_rate_limit'],
    applies: 'next-command',
  }),
  defineNumber('checks.recipientsPerMinute', {
    min: 0,
    max: 1_000_000,
    default: 3000,
    unit: 'a minute',
    title: 'Recipients from one address',
    help: 'Counted over all messages of an address. 0 switches this off.',
    postfix: ['smtpd_client_recipient_rate_limit'],
    applies: 'next-command',
  }),
  defineNumber('checks.unknownRecipientsPerHour', {
    min: 0,
    max: 100_000,
    default: 100,
    unit: 'an hour',
    title: 'Unknown recipients from one address',
    help: 'Whoever guesses so many addresses is sent away for a while, so that nobody finds out who has a mailbox here. 0 switches this off.',
    applies: 'next-command',
  }),
  defineStrictness('checks.reverseName', {
    default: 'off',
    title: 'Address without a name',
    help: 'The address of a mail server should have a name in the DNS that leads back to it. When the DNS does not answer, the sender is asked to try again.',
    postfix: ['reject_unknown_client_hostname', 'reject_unknown_reverse_client_hostname'],
    applies: 'next-command',
  }),
  defineSwitch('checks.heloIsOurs', {
    default: true,
    title: 'Strangers with our name',
    help: 'Refuses strangers who say the name of this server in HELO or EHLO. No honest server does.',
    postfix: ['smtpd_helo_restrictions', 'check_helo_access'],
    applies: 'next-command',
  }),
  defineStrictness('checks.heloName', {
    default: 'off',
    title: 'HELO without a full host name',
    help: 'RFC 5321 wants a name with a domain, or an address in brackets. Some old programs say less.',
    postfix: [
      'reject_non_fqdn_helo_hostname',
      'reject_invalid_helo_hostname',
      'smtpd_helo_required',
    ],
    applies: 'next-command',
  }),
  defineStrictness('checks.heloResolves', {
    default: 'off',
    title: 'HELO name unknown to the DNS',
    help: 'The name in HELO or EHLO should have an address or a mail server.',
    postfix: ['reject_unknown_helo_hostname'],
    applies: 'next-command',
  }),
  defineStrictness('checks.senderDomain', {
    default: 'off',
    title: 'Sender domain unknown to the DNS',
    help: 'Mail whose sender could never get an answer: the domain does not exist, has neither mail server nor address, or says that it takes no mail (null MX). When the DNS does not answer, the sender is asked to try again.',
    postfix: ['reject_unknown_sender_domain', 'reject_non_fqdn_sender'],
    applies: 'next-command',
  }),
  defineSetting('checks.dnsLists', {
    schema: z
      .array(
        z
          .string()
          .trim()
          .toLowerCase()
          .regex(
            dnsListPattern,
            'Give "zone", "zone*weight" or "zone=127.0.0.2*weight", one a line.',
          ),
      )
      .max(30, 'At most 30 lists.'),
    default: [] as string[],
    title: 'DNS block and allow lists',
    help: 'One a line: "zen.example.org", with a weight "zen.example.org*2", for some answers only "zen.example.org=127.0.0.[2..11]*3". A negative weight makes an allow list. Weights of all lists that know the address are added up. Ask the operator of a list whether you may use it; many do not answer to large public name servers.',
    control: { kind: 'list', placeholder: 'bl.example.org*2' },
    postfix: [
      'reject_rbl_client',
      'permit_dnswl_client',
      'postscreen_dnsbl_sites',
      'smtpd_client_restrictions',
    ],
    applies: 'next-command',
  }),
  defineNumber('checks.dnsListRefuse', {
    min: 1,
    max: 1000,
    default: 1,
    title: 'DNS lists: refuse from',
    help: 'From this sum of weights on mail is refused.',
    postfix: ['postscreen_dnsbl_threshold'],
    applies: 'next-command',
  }),
  defineNumber('checks.dnsListJunk', {
    min: 0,
    max: 1000,
    default: 0,
    title: 'DNS lists: Junk from',
    help: 'From this sum of weights on mail goes into Junk. 0 switches this off.',
    applies: 'next-command',
  }),
  defineNumber('checks.dnsListWelcome', {
    min: -1000,
    max: 0,
    default: -1,
    title: 'DNS lists: welcome from',
    help: 'With this sum of weights or less the sender is spared greylisting and the other checks of strangers that follow. 0 switches this off.',
    postfix: ['postscreen_dnsbl_allowlist_threshold'],
    applies: 'next-command',
  }),
  defineSwitch('checks.greylisting', {
    default: false,
    title: 'Greylisting',
    help: 'Asks an unknown sender to come again some minutes later: mail servers do, many programs that send junk do not. Networks that came back once are not asked again for the same sender domain. The first mail of a new correspondent is late.',
    postfix: ['check_policy_service'],
    applies: 'next-command',
  }),
  defineNumber('checks.greylistSeconds', {
    min: 1,
    max: 86_400,
    default: 60,
    unit: 'seconds',
    title: 'Greylisting: wait',
    help: 'A second try is taken after this time.',
    applies: 'next-command',
  }),
  defineNumber('checks.greylistHours', {
    min: 1,
    max: 240,
    default: 48,
    unit: 'hours',
    title: 'Greylisting: second try within',
    help: 'Who comes back later than this begins anew.',
    applies: 'next-command',
  }),
  defineNumber('checks.greylistDays', {
    min: 1,
    max: 400,
    default: 60,
    unit: 'days',
    title: 'Greylisting: remembered for',
    help: 'A sender who passed is known for so long after the last mail.',
    applies: 'next-command',
  }),
] as const;
