'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { Account } from '#lib/accounts/account.ts';
import { requireUserOf, type Staff } from '#lib/accounts/staff.ts';
import { recordChange } from '#lib/trail/change.ts';
import { restoreMessages, restoreWhole } from '#lib/webmail/actions.ts';
import { originOf } from '#lib/webmail/list/mailboxes.ts';
import { answerButton } from '../../../../../form-answer.ts';
import { requireStaff } from '../../../../../session.ts';

const wanted = z.object({
  id: z.string().min(1).max(64),
  folder: z.string().min(1).max(1000),
});
const uidSchema = z.number().int().min(1).max(0xffff_ffff);

/** Puts one deleted message back. */
export async function restoreAction(
  id: string,
  folder: string,
  uid: number,
): Promise<string | undefined> {
  const staff = await requireStaff('users');
  return answerButton(() =>
    restore(staff, { id, folder }, (account, path) =>
      restoreMessages(account, path, [uidSchema.parse(uid)]),
    ),
  );
}

/** Puts back everything that was deleted from one folder. */
export async function restoreAllAction(id: string, folder: string): Promise<string | undefined> {
  const staff = await requireStaff('users');
  return answerButton(() => restore(staff, { id, folder }, restoreWhole));
}

async function restore(
  staff: Staff,
  place: z.infer<typeof wanted>,
  run: (account: Account, folder: string) => Promise<{ uids: number[] }>,
): Promise<void> {
  const { id, folder } = wanted.parse(place);
  const account = await requireUserOf(staff, id);
  const { uids } = await run(account, folder);
  const text = `${uids.length} deleted from ${originOf(folder)} restored`;
  recordChange(staff.address, `user ${account.address}`, text);
  revalidatePath('/admin/users', 'layout');
}
