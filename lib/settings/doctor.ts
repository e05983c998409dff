// Whom the doctor (server/doctor) asks outside of this server.
import { z } from 'zod';
import { defineSetting } from './define.ts';

const places = (text: string) =>
  z.array(
    z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])(:\d{1,5})?$/, text),
    text,
  );

export const doctorSettings = [
  defineSetting('doctor.time', {
    schema: z
      .string()
      .trim()
      .regex(/^(([01]\d|2[0-3]):[0-5]\d)?$/, 'Give a time of day such as 05:30, or nothing.'),
    default: '05:30',
    title: 'Looks every day at',
    help: 'When the doctor looks at everything by itself, in the time zone of the service (server.timeZone). What it finds stands on its page, in health and on the overview. Empty: only when somebody asks.',
    control: { kind: 'text', placeholder: '05:30' },
    applies: 'next-attempt',
  }),
  defineSetting('doctor.mailServers', {
    schema: places('Give names of mail servers, such as mx.example.net.').max(10),
    default: ['gmail-smtp-in.l.google.com', 'mx01.mail.icloud.com', 'mx00.gmx.net'],
    title: 'Mail servers to reach',
    help: 'The doctor opens a connection to port 25 of each to see whether mail can leave this machine, and sends nothing. "host:port" for another port; empty: it is not tried.',
    control: { kind: 'list', placeholder: 'mx.example.net' },
    applies: 'next-attempt',
  }),
  defineSetting('doctor.blockLists', {
    schema: places('Give names of DNS block lists, such as zen.spamhaus.org.').max(20),
    default: ['zen.spamhaus.org', 'bl.spamcop.net', 'psbl.surriel.com'],
    title: 'Block lists to ask about this server',
    help: 'Every hour, and by the doctor, they are asked whether the public addresses of this server are listed; the overview shows what they say. Most answer only name servers of your own. Empty: none is asked.',
    control: { kind: 'list', placeholder: 'zen.spamhaus.org' },
    applies: 'next-attempt',
  }),
  defineSetting('doctor.timeServers', {
    schema: places('Give names of time servers, such as pool.ntp.org.').max(5),
    default: ['pool.ntp.org'],
    title: 'Time servers',
    help: 'The doctor compares the clock with the first one that answers (NTP). "host:port" for another port; empty: it is not compared.',
    control: { kind: 'list', placeholder: 'pool.ntp.org' },
    applies: 'next-attempt',
  }),
  defineSetting('doctor.signedName', {
    schema: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'Give a domain that is signed with DNSSEC.'),
    default: 'ietf.org',
    title: 'Name signed with DNSSEC',
    help: 'The doctor asks the name server for it and sees whether the answer was validated, which DANE needs.',
    control: { kind: 'text', placeholder: 'ietf.org' },
    applies: 'next-attempt',
  }),
] as const;
