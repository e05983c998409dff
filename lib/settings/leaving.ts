// What a message looks like when it leaves: forwarded mail, and the keys that sign.
import { z } from 'zod';
import { defineSwitch } from './choice.ts';
import { defineSetting } from './define.ts';
import { defineNumber } from './number.ts';

export const leavingSettings = [
  defineSwitch('delivery.srs', {
    default: true,
    title: 'Forwarded mail gets a sender of this server (SRS)',
    help: 'The envelope sender of mail that an alias, a rule of a user or an archive passes on becomes an address here that leads back to it. Off: the sender stays, and servers that ask SPF refuse much of the mail. Addresses made before work on.',
    postfix: ['sender_canonical_maps (postsrsd)'],
    applies: 'next-attempt',
  }),
  defineSetting('delivery.srsDomain', {
    schema: z
      .string()
      .trim()
      .toLowerCase()
      .max(253)
      .regex(/^$|^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'Give a domain such as example.org, or nothing.'),
    default: '',
    title: 'Domain of those senders',
    help: 'One of the domains of this server, with a short name at best. Empty: the domain of the alias or user that forwards.',
    control: { kind: 'text', placeholder: 'example.org' },
    applies: 'next-attempt',
  }),
  defineSwitch('delivery.arc', {
    default: true,
    title: 'Seal forwarded mail (ARC)',
    help: 'What this server has found out about a message of a stranger goes along with it, signed with the RSA key of the domain that forwards. Needs keys (domain page, Signing).',
    applies: 'next-attempt',
  }),
  defineNumber('delivery.dkimRotateDays', {
    min: 0,
    max: 3650,
    default: 0,
    unit: 'days',
    title: 'New signing keys after',
    help: 'A domain whose keys are so old gets new ones; administrators are told which records to publish. The new keys sign as soon as their records are in the DNS, the old ones are deleted a week later. 0: never, by hand only.',
    applies: 'next-attempt',
  }),
] as const;
