'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { removeAppPassword } from '#lib/accounts/app-password.ts';
import { resetSecondFactor } from '#lib/accounts/second-factor/factor.ts';
import { requireUserOf, type Staff } from '#lib/accounts/staff.ts';
import { endOtherWebSessions, endWebSession } from '#lib/accounts/web-session.ts';
import { answerButton } from '../../../../form-answer.ts';
import { readClaims, requireStaff } from '../../../../session.ts';

const id = z.string().min(1).max(64);

async function change(staff: Staff, account: string, step: (id: string) => Promise<unknown>) {
  return answerButton(async () => {
    const { id: wanted } = await requireUserOf(staff, id.parse(account));
    await step(wanted);
    revalidatePath('/admin', 'layout');
  });
}

export async function resetSecondFactorAction(account: string): Promise<string | undefined> {
  const staff = await requireStaff('users');
  return change(staff, account, (each) => resetSecondFactor(each, staff.address));
}

export async function removeUserAppPasswordAction(
  account: string,
  passwordId: string,
): Promise<string | undefined> {
  const staff = await requireStaff('users');
  return change(staff, account, (each) =>
    removeAppPassword(each, id.parse(passwordId), staff.address),
  );
}

export async function endUserSessionAction(
  account: string,
  sessionId: string,
): Promise<string | undefined> {
  const staff = await requireStaff('sessions');
  return change(staff, account, (each) => endWebSession(each, id.parse(sessionId)));
}

/** Every browser of the user, but the asking one. */
export async function endUserSessionsAction(account: string): Promise<string | undefined> {
  const staff = await requireStaff('sessions');
  const claims = await readClaims();
  return change(staff, account, (each) => endOtherWebSessions(each, claims?.sessionId ?? ''));
}
