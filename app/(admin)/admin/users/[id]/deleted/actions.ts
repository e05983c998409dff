'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { type Account, readAccount } from '#lib/accounts/account.ts';
import { Refusal } from '#lib/errors.ts';
import { recordChange } from '#lib/trail/change.ts';
import { restoreMessages, restoreWhole } from '#lib/webmail/actions.ts';
import { originOf } from '#lib/webmail/list/mailboxes.ts';
import { answerButton } from '../../../../../form-answer.ts';
import { requireAdmin } from '../../../../../session.ts';

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
  const admin = await requireAdmin();
  return answerButton(() =>
    restore(admin, { id, folder }, (account, path) =>
      restoreMessages(account, path, [uidSchema.parse(uid)]),
    ),
  );
}

/** Puts back everything that was deleted from one folder. */
export async function restoreAllAction(id: string, folder: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(() => restore(admin, { id, folder }, restoreWhole));
}

async function restore(
  admin: Account,
  place: z.infer<typeof wanted>,
  run: (account: Account, folder: string) => Promise<{ uids: number[] }>,
): Promise<void> {
  const { id, folder } = wanted.parse(place);
  const account = await readAccount(id);
  if (!account) throw new Refusal('not-found', 'There is no such user.');
  const { uids } = await run(account, folder);
  const text = `${uids.length} deleted from ${originOf(folder)} restored`;
  recordChange(admin.address, account.address, text);
  revalidatePath('/admin/users', 'layout');
}
