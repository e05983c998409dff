// Upkeep of the server: what its users are told, backups, certificates.
import { z } from 'zod';
import {
  addAnnouncement,
  endAnnouncement,
  listAnnouncements,
  readAnnouncement,
  removeAnnouncement,
} from '../../accounts/announcement.ts';
import { readBackupAge } from '../../backup/age.ts';
import { listBackupRuns, readBackupRun } from '../../backup/run.ts';
import {
  addCertificate,
  listCertificates,
  type NewCertificate,
  orderCertificate,
  removeCertificate,
  replaceCertificate,
  requireCertificate,
} from '../../certificates/certificate.ts';
import { now } from '../../clock.ts';
import { askDaemon } from '../../control.ts';
import { Refusal } from '../../errors.ts';
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

const announcementEndpoints: Endpoint[] = [
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

const run = z
  .object({
    id: z.string(),
    kind: z.enum(['backup', 'verify', 'prune', 'restore']),
    by: z.string(),
    state: z.enum(['running', 'done', 'failed']),
    subject: z.string(),
    progress: z.string(),
    text: z.string().describe('what was done, or why not'),
    startedAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: 'BackupRun' });

const backupEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/backups',
    permission: null,
    title: 'List the backups in the folder, newest first',
    answer: z.object({
      folder: z.string().describe('empty: none is set'),
      freeBytes: z.number().nullable().describe('on its disk'),
      snapshots: z.array(
        z.object({
          name: z.string(),
          takenAt: time,
          database: z.string(),
          accounts: z.number(),
          mailboxes: z.number(),
          messages: z.number(),
          messageBytes: z.number(),
          note: z.string().describe('what is wrong with it'),
        }),
      ),
    }),
    isPaged: true,
    run: () => askDaemon('backups'),
  }),
  endpoint({
    method: 'GET',
    path: '/backups/age',
    permission: null,
    title: 'Read how old the last backup is',
    answer: z.object({
      folder: z.string(),
      ageMs: z.number().nullable().describe('null: there is none'),
      expectedMs: z.number().nullable().describe('null: none is taken by itself'),
      failure: z.string().describe('why the last one failed'),
    }),
    isPaged: true,
    run: () => readBackupAge(),
  }),
  endpoint({
    method: 'GET',
    path: '/backups/runs',
    permission: null,
    title: 'List the work on backups, newest first',
    help: `The last ${mostItems}.`,
    answer: pageOf(run),
    isPaged: true,
    run: async () => wholeList(await listBackupRuns(mostItems)),
  }),
  endpoint({
    method: 'POST',
    path: '/backups/runs',
    permission: null,
    title: 'Take a backup now, verify the backups, or remove old ones',
    help: 'It goes on after the answer.',
    body: z.strictObject({ kind: z.enum(['backup', 'verify', 'prune']).default('backup') }),
    answer: run,
    // The daemon writes while it is asked: that must not be inside of a transaction here.
    isSlow: true,
    run: async ({ staff, body: { kind }, isDryRun }) => {
      if (!isDryRun) {
        const { id } = await askDaemon<{ id: string }>('backup-work', { kind, by: staff.address });
        return readBackupRun(id);
      }
      if ((await readBackupAge()).folder === '') {
        throw new Refusal('not-found', 'There is no folder for backups yet. Name one first.');
      }
      const empty = { id: '', subject: '', progress: '', text: '', endedAt: null };
      return { ...empty, kind, by: staff.address, state: 'running', startedAt: now() };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/backups/runs/{id}',
    permission: null,
    title: 'Read how far some work on backups is',
    parameters: ofRow,
    answer: run,
    isPaged: true,
    run: ({ parameters }) => readBackupRun(parameters.id),
  }),
];

const kinds = ['acme', 'self-signed', 'uploaded', 'files'] as const;
const names = z.array(z.string().max(253)).max(100);
const pem = z.string().max(200_000);
const path = z.string().max(1000);
const certificate = z
  .object({
    id: z.string(),
    kind: z.enum(kinds),
    names: z.array(z.string()),
    certificateFile: z.string(),
    keyFile: z.string(),
    facts: z
      .object({
        subject: z.string(),
        issuer: z.string(),
        isSelfSigned: z.boolean(),
        names: z.array(z.string()),
        validFrom: time,
        expiresAt: time,
        fingerprint: z.string().describe('SHA-256'),
      })
      .nullable()
      .describe('null: it is not there yet'),
    issuedAt: time.nullable(),
    expiresAt: time.nullable(),
    dueAt: time.nullable().describe('of the next order or renewal'),
    failures: z.number(),
    problem: z.string().describe('what went wrong last, and what to do'),
    problemAt: time.nullable(),
    isBusy: z.boolean().describe('an order runs now'),
  })
  .meta({ id: 'Certificate' });

const certificateEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/certificates',
    permission: null,
    title: 'List certificates, those first that end first',
    answer: pageOf(certificate),
    isPaged: true,
    run: async () => wholeList(await listCertificates()),
  }),
  endpoint({
    method: 'POST',
    path: '/certificates',
    permission: null,
    title: 'Add a certificate',
    help: 'acme and self-signed: names; it is made soon. uploaded: chain and key as PEM. files: full paths on this server.',
    body: z.strictObject({
      kind: z.enum(kinds),
      names: names.default([]),
      chain: pem.default(''),
      key: pem.default(''),
      certificateFile: path.default(''),
      keyFile: path.default(''),
    }),
    answer: certificate,
    maxBodyBytes: 1024 * 1024,
    run: ({ staff, body }) => addCertificate(body as NewCertificate, staff.address),
  }),
  endpoint({
    method: 'GET',
    path: '/certificates/{id}',
    permission: null,
    title: 'Read a certificate',
    help: 'Its key is told to nobody.',
    parameters: ofRow,
    answer: certificate,
    run: ({ parameters }) => requireCertificate(parameters.id),
  }),
  endpoint({
    method: 'PUT',
    path: '/certificates/{id}/chain',
    permission: null,
    title: 'Put another PEM in the place of an uploaded one',
    parameters: ofRow,
    body: z.strictObject({ chain: pem, key: pem }),
    answer: certificate,
    maxBodyBytes: 1024 * 1024,
    run: async ({ staff, parameters: { id }, body }) => {
      await replaceCertificate(id, body, staff.address);
      return requireCertificate(id);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/certificates/{id}/order',
    permission: null,
    title: 'Order or make a certificate now',
    parameters: ofRow,
    body: z.strictObject({}),
    run: ({ staff, parameters }) => orderCertificate(parameters.id, staff.address),
  }),
  endpoint({
    method: 'DELETE',
    path: '/certificates/{id}',
    permission: null,
    title: 'Remove a certificate',
    help: 'Clients get the default one instead.',
    parameters: ofRow,
    run: ({ staff, parameters }) => removeCertificate(parameters.id, staff.address),
  }),
];

export const upkeepEndpoints: Endpoint[] = [
  ...announcementEndpoints,
  ...backupEndpoints,
  ...certificateEndpoints,
];
