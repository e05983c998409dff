// What is done to many users at once.
'use server';
import { revalidatePath } from 'next/cache';
import type { BulkAnswer, Wanted } from '#components/admin/table/bulk-bar.tsx';
import { changeUsers } from '#lib/accounts/bulk-users.ts';
import { requireStaff } from '../../../session.ts';
import { answerBulk } from '../../bulk-wanted.ts';
import { type AskedAction, readAction } from './asked-action.ts';
import { readFilter } from './filter.ts';

/** To the users of `ids`, or to all that the parameters of the page find. */
export async function changeUsersAction(wanted: Wanted, action: AskedAction): Promise<BulkAnswer> {
  const staff = await requireStaff('users');
  return answerBulk(wanted, readFilter, async (users) => {
    const report = await changeUsers(staff, users, readAction(action));
    revalidatePath('/admin', 'layout');
    return report;
  });
}
