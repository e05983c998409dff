// Bringing back from backups: what somebody had, and one message, one folder or all of a user. The daemon does it.
import { z } from 'zod';
import type { FoundInBackup } from '../../backup/asked.ts';
import { readBackupRun } from '../../backup/run.ts';
import { now } from '../../clock.ts';
import { askDaemon } from '../../control.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { address, time } from '../fields.ts';
import { backupRun } from './backups.ts';

const snapshot = z.string().min(1).max(40).describe('the name of a backup');
const day = z.iso.date().optional();
const searchMs = 120_000;

export const restoreEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/backups/search',
    permission: null,
    title: 'Find messages that a user had in a backup, and the folders',
    help: 'The newest 200.',
    body: z.strictObject({
      user: address,
      snapshot,
      text: z.string().max(500).default('').describe('words of sender, recipients or subject'),
      mailbox: z.string().max(1000).default('').describe('in the name of the folder'),
      from: day.describe('not before that day'),
      until: day.describe('not after it'),
    }),
    answer: z.object({
      messages: z.array(
        z.object({
          emailId: z.string(),
          mailbox: z.string(),
          isDeleted: z.boolean(),
          internalDate: time,
          from: z.string(),
          to: z.string(),
          subject: z.string(),
          sizeBytes: z.number(),
        }),
      ),
      total: z.number().nullable().describe('null: more than can be chosen from; say more words'),
      mailboxes: z.array(z.object({ name: z.string(), messages: z.number() })),
    }),
    isQuestion: true,
    run: ({ body }) => askDaemon<FoundInBackup>('backup-search', body, searchMs),
  }),
  endpoint({
    method: 'POST',
    path: '/backups/restores',
    permission: null,
    title: 'Bring back one message, one folder, or all that a user has lost',
    help: 'It goes on after the answer; what is there still stays as it is.',
    body: z.strictObject({
      user: address,
      snapshot,
      mode: z
        .enum(['missing', 'beside'])
        .default('missing')
        .describe('"missing": what is gone, in its place; "beside": a copy into a folder'),
      emailId: z.string().max(200).optional().describe('this message alone'),
      mailbox: z.string().max(1000).optional().describe('this folder alone'),
      to: z.string().trim().max(200).optional().describe('the folder of copies'),
    }),
    answer: backupRun,
    // The daemon writes while it is asked: that must not be inside of a transaction here.
    isSlow: true,
    triesItself: true,
    run: async ({ staff, body, isDryRun }) => {
      const by = staff.address;
      if (!isDryRun) {
        const input = { kind: 'restore', by, ...body };
        const { id } = await askDaemon<{ id: string }>('backup-work', input);
        return readBackupRun(id);
      }
      // Refuses where there is no such backup or user in it.
      const { user, snapshot } = body;
      await askDaemon('backup-search', { user, snapshot, text: '' }, searchMs);
      const fresh = { id: '', progress: '', text: '', state: 'running', endedAt: null };
      return { ...fresh, kind: 'restore', by, subject: user, startedAt: now() };
    },
  }),
];
