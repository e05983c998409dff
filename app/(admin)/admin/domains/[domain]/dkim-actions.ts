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
import { requireDomainOf } from '#lib/accounts/staff.ts';
import { askDaemon } from '#lib/control.ts';
import { answerButton } from '../../../../form-answer.ts';
import { requireStaff } from '../../../../session.ts';

const name = z.string().min(1).max(253);
const selectorText = z.string().min(1).max(63);

export async function createKeysAction(domain: string): Promise<string | undefined> {
  const staff = await requireStaff('domains');
  return answerButton(async () => {
    const wanted = await requireDomainOf(staff, name.parse(domain));
    await createDkimKeys(wanted.name, staff.address);
    revalidatePath('/admin/domains', 'layout');
  });
}

/** Of all new keys where no selector is given. The daemon looks the records up first. */
export async function activateKeysAction(
  domain: string,
  selector: string | null,
): Promise<string | undefined> {
  const staff = await requireStaff('domains');
  return answerButton(async () => {
    const wanted = selectorText.nullable().parse(selector);
    const input = { domain: (await requireDomainOf(staff, name.parse(domain))).name };
    const verdicts = await askDaemon<Record<string, RecordVerdict>>('dkim-check', input);
    const known = new Map(Object.entries(verdicts));
    await activateDkimKeys(input.domain, wanted, known, staff.address);
    revalidatePath('/admin/domains', 'layout');
  });
}

export async function retireKeyAction(
  domain: string,
  selector: string,
): Promise<string | undefined> {
  const staff = await requireStaff('domains');
  return answerButton(async () => {
    const wanted = await requireDomainOf(staff, name.parse(domain));
    await retireDkimKey(wanted.name, selectorText.parse(selector), staff.address);
    revalidatePath('/admin/domains', 'layout');
  });
}

export async function removeKeyAction(
  domain: string,
  selector: string,
): Promise<string | undefined> {
  const staff = await requireStaff('domains');
  return answerButton(async () => {
    const wanted = await requireDomainOf(staff, name.parse(domain));
    await removeDkimKey(wanted.name, selectorText.parse(selector), staff.address);
    revalidatePath('/admin/domains', 'layout');
  });
}

/** The page looks the records up whenever it is made. */
export async function lookUpAction(domain: string): Promise<string | undefined> {
  const staff = await requireStaff('domains');
  return answerButton(async () => {
    const wanted = await requireDomainOf(staff, name.parse(domain));
    revalidatePath(`/admin/domains/${wanted.name}`, 'layout');
  });
}
