'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { requireUserOf, type Staff } from '#lib/accounts/staff.ts';
import { dropHeldMail, holdSending, lockSender, releaseSending } from '#lib/queue/sending-hold.ts';
import { answerButton } from '../../../form-answer.ts';
import { requireStaff } from '../../../session.ts';

const id = z.string().min(1).max(64);

async function change(
  staff: Staff,
  account: string,
  step: (id: string, by: string) => Promise<unknown>,
) {
  return answerButton(async () => {
    const { id: wanted } = await requireUserOf(staff, id.parse(account));
    await step(wanted, staff.address);
    revalidatePath('/admin', 'layout');
  });
}

export async function holdSendingAction(account: string): Promise<string | undefined> {
  const staff = await requireStaff('users');
  return change(staff, account, holdSending);
}

export async function releaseSendingAction(account: string): Promise<string | undefined> {
  const staff = await requireStaff('users');
  return change(staff, account, releaseSending);
}

export async function lockSenderAction(account: string): Promise<string | undefined> {
  const staff = await requireStaff('users');
  return change(staff, account, lockSender);
}

export async function dropHeldMailAction(account: string): Promise<string | undefined> {
  const staff = await requireStaff('users');
  return change(staff, account, dropHeldMail);
}
