'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { dropEntry, holdEntry, releaseEntry, retryAll, retryEntry } from '#lib/queue/entries.ts';
import { answerButton } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const id = z.string().min(1).max(64);

async function change(entry: string, step: (id: string) => Promise<void>) {
  return answerButton(async () => {
    await step(id.parse(entry));
    revalidatePath('/admin', 'layout');
  });
}

export async function retryEntryAction(entry: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return change(entry, (id) => retryEntry(id, admin.address));
}

export async function holdEntryAction(entry: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return change(entry, (id) => holdEntry(id, admin.address));
}

export async function releaseEntryAction(entry: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return change(entry, (id) => releaseEntry(id, admin.address));
}

export async function dropEntryAction(entry: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return change(entry, (id) => dropEntry(id, admin.address));
}

export async function retryAllAction(): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await retryAll(admin.address);
    revalidatePath('/admin', 'layout');
  });
}
