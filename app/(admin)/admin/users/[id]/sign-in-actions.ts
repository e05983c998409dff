'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { readAccount } from '#lib/accounts/account.ts';
import { removeAppPassword } from '#lib/accounts/app-password.ts';
import { resetSecondFactor } from '#lib/accounts/second-factor/factor.ts';
import { endOtherWebSessions, endWebSession } from '#lib/accounts/web-session.ts';
import { Refusal } from '#lib/errors.ts';
import { answerButton } from '../../../../form-answer.ts';
import { readClaims, requireAdmin } from '../../../../session.ts';

const id = z.string().min(1).max(64);

async function change(account: string, step: (id: string) => Promise<unknown>) {
  return answerButton(async () => {
    const wanted = id.parse(account);
    if (!(await readAccount(wanted))) throw new Refusal('not-found', 'There is no such user.');
    await step(wanted);
    revalidatePath('/admin', 'layout');
  });
}

export async function resetSecondFactorAction(account: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return change(account, (each) => resetSecondFactor(each, admin.address));
}

export async function removeUserAppPasswordAction(
  account: string,
  passwordId: string,
): Promise<string | undefined> {
  const admin = await requireAdmin();
  return change(account, (each) => removeAppPassword(each, id.parse(passwordId), admin.address));
}

export async function endUserSessionAction(
  account: string,
  sessionId: string,
): Promise<string | undefined> {
  await requireAdmin();
  return change(account, (each) => endWebSession(each, id.parse(sessionId)));
}

/** Every browser of the user, but the asking one. */
export async function endUserSessionsAction(account: string): Promise<string | undefined> {
  await requireAdmin();
  const claims = await readClaims();
  return change(account, (each) => endOtherWebSessions(each, claims?.sessionId ?? ''));
}
