'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { dropHeldMail, holdSending, lockSender, releaseSending } from '#lib/queue/sending-hold.ts';
import { answerButton } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const id = z.string().min(1).max(64);

async function change(account: string, step: (id: string) => Promise<unknown>) {
  return answerButton(async () => {
    await step(id.parse(account));
    revalidatePath('/admin', 'layout');
  });
}

export async function holdSendingAction(account: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return change(account, (id) => holdSending(id, admin.address));
}

export async function releaseSendingAction(account: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return change(account, (id) => releaseSending(id, admin.address));
}

export async function lockSenderAction(account: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return change(account, (id) => lockSender(id, admin.address));
}

export async function dropHeldMailAction(account: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return change(account, (id) => dropHeldMail(id, admin.address));
}
