// What administrators tell all users of some domains.
import { z } from 'zod';
import {
  addAnnouncement,
  endAnnouncement,
  listAnnouncements,
  readAnnouncement,
  removeAnnouncement,
} from '../../accounts/announcement.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { domainName, givenTime, id, mostItems, pageOf, time, wholeList } from '../fields.ts';

const ofRow = z.object({ id });

const level = z.enum(['info', 'warning']);
const announcement = z
  .object({
    id: z.string(),
    level,
    text: z.string(),
    domains: z.array(z.string()).describe('empty: all'),
    until: time
      .nullable()
      .describe('the banner in the webmail is shown before; null: there is none'),
    subject: z.string().describe('of the mail; empty: there is none'),
    mail: z.enum(['', 'waiting', 'done', 'stopped']),
    mailed: z.number().describe('mailboxes that have it'),
    by: z.string(),
    createdAt: time,
  })
  .meta({ id: 'Announcement' });

export const announcementEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/announcements',
    permission: null,
    title: 'List what users were told, newest first',
    help: `The last ${mostItems}.`,
    answer: pageOf(announcement),
    isPaged: true,
    run: async () => wholeList(await listAnnouncements(mostItems)),
  }),
  endpoint({
    method: 'POST',
    path: '/announcements',
    permission: null,
    title: 'Tell users something: a banner in the webmail, a mail, or both',
    body: z.strictObject({
      level: level.default('info'),
      text: z.string().min(1).max(10_000),
      domains: z.array(domainName).max(1000).default([]).describe('empty: all'),
      until: givenTime.nullable().default(null).describe('of the banner; null: there is none'),
      subject: z.string().max(200).default('').describe('of the mail; empty: there is none'),
    }),
    answer: announcement,
    run: ({ staff, body }) => {
      const until = body.until === null ? null : new Date(body.until);
      return addAnnouncement({ ...body, until }, staff.address);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/announcements/{id}',
    permission: null,
    title: 'Read an announcement',
    parameters: ofRow,
    answer: announcement,
    run: ({ parameters }) => readAnnouncement(parameters.id),
  }),
  endpoint({
    method: 'POST',
    path: '/announcements/{id}/end',
    permission: null,
    title: 'End an announcement: no banner and no more mail',
    parameters: ofRow,
    body: z.strictObject({}),
    run: ({ staff, parameters }) => endAnnouncement(parameters.id, staff.address),
  }),
  endpoint({
    method: 'DELETE',
    path: '/announcements/{id}',
    permission: null,
    title: 'Remove an announcement',
    parameters: ofRow,
    run: ({ staff, parameters }) => removeAnnouncement(parameters.id, staff.address),
  }),
];
