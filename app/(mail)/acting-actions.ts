// An administrator leaves the session of a user.
'use server';
import { redirect } from 'next/navigation';
import { endActing } from '#lib/accounts/acting.ts';
import { dropActing } from '../acting.ts';
import { currentActing, requireUser } from '../session.ts';

/** Back to the page of the user in the panel. */
export async function leaveActingAction(): Promise<void> {
  const account = await requireUser();
  const acting = await currentActing();
  if (acting) await endActing(acting, acting.actor);
  await dropActing();
  redirect(acting ? `/admin/users/${account.id}` : '/mail');
}
