// Backups: what lies in the folder, and work on it, which the daemon does.
import { z } from 'zod';
import { readBackupAge } from '../../backup/age.ts';
import { listBackupRuns, readBackupRun } from '../../backup/run.ts';
import { now } from '../../clock.ts';
import { askDaemon } from '../../control.ts';
import { Refusal } from '../../errors.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id, mostItems, pageOf, time, wholeList } from '../fields.ts';

const ofRow = z.object({ id });

/** Work on backups, begun or done. */
export const backupRun = z
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

export const backupEndpoints: Endpoint[] = [
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
    answer: pageOf(backupRun),
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
    answer: backupRun,
    // The daemon writes while it is asked: that must not be inside of a transaction here.
    isSlow: true,
    triesItself: true,
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
    answer: backupRun,
    isPaged: true,
    run: ({ parameters }) => readBackupRun(parameters.id),
  }),
];
