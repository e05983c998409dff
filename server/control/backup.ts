// What the panel asks of backups: what is there, what somebody had, and work that goes on after the answer. The folder is
// that of the setting: the panel names none.
import { statfs } from 'node:fs/promises';
import { z } from 'zod';
import type { FoundInBackup, ListedBackups } from '#lib/backup/asked.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { readSetting, readSettings } from '#lib/settings/index.ts';
import { recordChange } from '#lib/trail/change.ts';
import {
  describePruned,
  describeRestored,
  describeTaken,
  describeVerified,
} from '../backup/describe.ts';
import { findInBackup, listBackupMailboxes, readFromBackup } from '../backup/find-messages.ts';
import { listBackup } from '../backup/list-backup.ts';
import type { Progress } from '../backup/progress.ts';
import { pruneBackup } from '../backup/prune-backup.ts';
import { restoreMessages } from '../backup/restore-messages.ts';
import { restoreUser } from '../backup/restore-user.ts';
import { beginRun } from '../backup/run.ts';
import { takeBackup } from '../backup/take-backup.ts';
import { verifyBackup } from '../backup/verify-backup.ts';

/** More are not drawn on a page. */
const maxShown = 200;
const maxDownloadBytes = 64 * 1024 * 1024;

async function requireFolder(): Promise<string> {
  const folder = await readSetting('backup.folder');
  if (folder) return folder;
  throw new Refusal('not-found', 'There is no folder for backups yet. Name one first.');
}

/** Snapshots, the newest first; none where the folder is not made yet. */
export async function answerBackups(): Promise<ListedBackups> {
  const folder = await readSetting('backup.folder');
  if (folder === '') return { folder, snapshots: [], freeBytes: null };
  const room = await statfs(folder).catch(() => null);
  const freeBytes = room && room.bavail * room.bsize;
  try {
    return { folder, snapshots: (await listBackup(folder)).reverse(), freeBytes };
  } catch (error) {
    if (isRefusal(error, 'not-found')) return { folder, snapshots: [], freeBytes };
    throw error;
  }
}

const snapshotName = z.string().regex(/^[0-9TZ:.-]{4,30}$/);
const work = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('backup'), by: z.string().max(400) }),
  z.object({ kind: z.literal('verify'), by: z.string().max(400) }),
  z.object({ kind: z.literal('prune'), by: z.string().max(400) }),
  z.object({
    kind: z.literal('restore'),
    by: z.string().max(400),
    user: z.string().trim().min(3).max(400),
    snapshot: snapshotName,
    /** "missing": what is gone comes back in its place; "beside": a copy into the folder `to` */
    mode: z.enum(['missing', 'beside']),
    /** One message, one mailbox, or (neither) all of the user */
    emailId: z.string().max(200).optional(),
    mailbox: z.string().max(1000).optional(),
    to: z.string().trim().max(200).optional(),
  }),
]);
type Work = z.output<typeof work>;
type Restore = Extract<Work, { kind: 'restore' }>;

/** Begins the work and says its row. Refusal 'invalid', 'not-found', 'in-use'. */
export async function beginBackupWork(input: unknown): Promise<{ id: string }> {
  const asked = work.safeParse(input);
  if (!asked.success) throw new Refusal('invalid', 'That is nothing to do with a backup.');
  const { kind, by } = asked.data;
  const folder = await requireFolder();
  const subject = kind === 'restore' ? asked.data.user : '';
  const { id } = await beginRun({ kind, by, subject }, (progress) =>
    doWork(folder, asked.data, progress),
  );
  return { id };
}

/** The work itself; a sentence of what was done. */
async function doWork(folder: string, asked: Work, progress: Progress): Promise<string> {
  switch (asked.kind) {
    case 'backup':
      return describeTaken(await takeBackup(folder, progress));
    case 'verify':
      return verifyAll(folder, progress);
    case 'prune':
      return pruneByPolicy(folder);
    case 'restore':
      return restore(folder, asked, progress);
  }
}

/** Refusal 'unavailable' where something is wrong. */
export async function verifyAll(folder: string, progress: Progress): Promise<string> {
  const verified = await verifyBackup(folder, undefined, progress);
  const text = describeVerified(verified);
  if (verified.faultCount === 0) return text;
  throw new Refusal('unavailable', [text, ...verified.faults.slice(0, 10)].join('\n'));
}

export async function pruneByPolicy(folder: string): Promise<string> {
  const settings = await readSettings();
  return describePruned(
    await pruneBackup(folder, {
      daily: settings['backup.keepDaily'],
      weekly: settings['backup.keepWeekly'],
      monthly: settings['backup.keepMonthly'],
    }),
  );
}

async function restore(folder: string, asked: Restore, progress: Progress): Promise<string> {
  const { user, snapshot, mode, emailId, mailbox, by } = asked;
  const options = { snapshot, by, progress };
  const isAll = emailId === undefined && mailbox === undefined;
  if (isAll && mode === 'missing') {
    return describeRestored(user, await restoreUser(folder, user, options));
  }
  const place = asked.to || `From the backup of ${snapshot.slice(0, 10)}`;
  const wanted =
    emailId !== undefined
      ? { emailId }
      : mailbox !== undefined
        ? { mailbox }
        : { all: true as const };
  const where = isAll ? { below: place } : mode === 'beside' ? { to: place } : {};
  const { restored, present } = await restoreMessages(folder, user, wanted, {
    ...options,
    ...where,
  });
  if (restored.length === 0) {
    throw new Refusal(
      'exists',
      `${user} still has ${present === 1 ? 'this message' : `all ${present} messages`}. Into a folder of its own another copy comes back.`,
    );
  }
  const places = [...new Set(restored.map(({ restoredTo }) => restoredTo))];
  const kept = present > 0 ? ` ${present} were there still.` : '';
  const what = restored.length === 1 ? '1 message' : `${restored.length} messages`;
  return `${what} of ${user} came back into ${places.slice(0, 5).join(', ')}.${kept}`;
}

const search = z.object({
  user: z.string().trim().min(3).max(400),
  snapshot: snapshotName,
  text: z.string().max(500),
  mailbox: z.string().max(1000).default(''),
  from: z.string().max(10).default(''),
  until: z.string().max(10).default(''),
});

/** Messages of a user in a snapshot, the newest first, and all mailboxes. Refusal 'invalid', as `findInBackup`. */
export async function answerBackupSearch(input: unknown): Promise<FoundInBackup> {
  const asked = search.safeParse(input);
  if (!asked.success) throw new Refusal('invalid', 'Say the user and the backup.');
  const { user, snapshot, text, mailbox, from, until } = asked.data;
  const folder = await requireFolder();
  const mailboxes = await listBackupMailboxes(folder, user, snapshot);
  const part = mailbox.toLowerCase();
  const fits = (name: string, internalDate: Date) => {
    const day = internalDate.toISOString().slice(0, 10);
    const isThen = (from === '' || day >= from) && (until === '' || day <= until);
    return isThen && name.toLowerCase().includes(part);
  };
  const found = await findInBackup(folder, user, text, snapshot, fits).catch((error: unknown) => {
    // A whole mailbox can be chosen nevertheless.
    if (isRefusal(error, 'limit')) return null;
    throw error;
  });
  const messages = (found ?? []).slice(-maxShown).reverse();
  return {
    messages: messages.map(({ row: _hidden, ...each }) => ({
      ...each,
      internalDate: each.internalDate.toISOString(),
    })),
    total: found?.length ?? null,
    mailboxes,
  };
}

const message = z.object({
  by: z.string().max(400),
  user: z.string().trim().min(3).max(400),
  snapshot: snapshotName,
  emailId: z.string().max(200),
});

/** One message as it arrived, in base64; that somebody looked at it stands in the trail. Refusal 'invalid', 'limit'. */
export async function answerBackupMessage(input: unknown): Promise<{ base64: string }> {
  const asked = message.safeParse(input);
  if (!asked.success) throw new Refusal('invalid', 'Say the user, the backup and the message.');
  const { by, user, snapshot, emailId } = asked.data;
  const bytes = await readFromBackup(await requireFolder(), user, emailId, snapshot);
  if (bytes.length > maxDownloadBytes) {
    throw new Refusal('limit', 'This message is too large for the browser: restore it.');
  }
  recordChange(by, `user ${user}`, `a message was downloaded from the backup ${snapshot}`);
  return { base64: bytes.toString('base64') };
}
