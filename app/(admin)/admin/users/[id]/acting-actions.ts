// A super admin opens the webmail of a user.
'use server';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { startActing } from '#lib/accounts/acting.ts';
import { keepActing } from '../../../../acting.ts';
import { answerButton } from '../../../../form-answer.ts';
import { currentRemote, requireAdmin } from '../../../../session.ts';

/** An error text, or the browser is on its way to the mail. */
export async function signInAsAction(account: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  const error = await answerButton(async () => {
    const id = z.string().min(1).max(64).parse(account);
    const agent = (await headers()).get('user-agent') ?? '';
    const { until, ...claims } = await startActing(admin, id, {
      remote: await currentRemote(),
      agent,
    });
    await keepActing(claims, until);
  });
  if (error) return error;
  redirect('/mail');
}
