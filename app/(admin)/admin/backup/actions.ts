// What the page of backups asks of the daemon. Work goes on after the answer; the page shows how far it is.
'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { askDaemon } from '#lib/control.ts';
import { answerButton } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const kinds = z.enum(['backup', 'verify', 'prune']);

/** Begins a backup, a verification, or tidying up. */
export async function beginBackupAction(kind: z.input<typeof kinds>): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await askDaemon('backup-work', { kind: kinds.parse(kind), by: admin.address });
    revalidatePath('/admin/backup', 'layout');
  });
}

const restore = z.object({
  user: z.string().max(400),
  snapshot: z.string().max(40),
  mode: z.enum(['missing', 'beside']),
  emailId: z.string().max(200).optional(),
  mailbox: z.string().max(1000).optional(),
});

/** Begins to bring back a message, a mailbox or what a user has lost. */
export async function beginRestoreAction(
  asked: z.input<typeof restore>,
): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    const input = restore.parse(asked);
    await askDaemon('backup-work', { kind: 'restore', by: admin.address, ...input });
    revalidatePath('/admin/backup', 'layout');
  });
}
