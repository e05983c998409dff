'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import {
  activateDkimKeys,
  createDkimKeys,
  removeDkimKey,
  retireDkimKey,
} from '#lib/accounts/dkim-key.ts';
import type { RecordVerdict } from '#lib/accounts/dkim-record.ts';
import { askDaemon } from '#lib/control.ts';
import { answerButton } from '../../../../form-answer.ts';
import { requireAdmin } from '../../../../session.ts';

const name = z.string().min(1).max(253);
const selectorText = z.string().min(1).max(63);

export async function createKeysAction(domain: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await createDkimKeys(name.parse(domain), admin.address);
    revalidatePath('/admin/domains', 'layout');
  });
}

/** Of all new keys where no selector is given. The daemon looks the records up first. */
export async function activateKeysAction(
  domain: string,
  selector: string | null,
): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    const wanted = selectorText.nullable().parse(selector);
    const input = { domain: name.parse(domain) };
    const verdicts = await askDaemon<Record<string, RecordVerdict>>('dkim-check', input);
    const known = new Map(Object.entries(verdicts));
    await activateDkimKeys(input.domain, wanted, known, admin.address);
    revalidatePath('/admin/domains', 'layout');
  });
}

export async function retireKeyAction(
  domain: string,
  selector: string,
): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await retireDkimKey(name.parse(domain), selectorText.parse(selector), admin.address);
    revalidatePath('/admin/domains', 'layout');
  });
}

export async function removeKeyAction(
  domain: string,
  selector: string,
): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await removeDkimKey(name.parse(domain), selectorText.parse(selector), admin.address);
    revalidatePath('/admin/domains', 'layout');
  });
}

/** The page looks the records up whenever it is made. */
export async function lookUpAction(domain: string): Promise<string | undefined> {
  await requireAdmin();
  return answerButton(async () => {
    revalidatePath(`/admin/domains/${name.parse(domain)}`);
  });
}
