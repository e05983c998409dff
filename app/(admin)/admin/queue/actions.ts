'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { BulkAnswer, Wanted } from '#components/admin/table/bulk-bar.tsx';
import type { FormState } from '#components/ui/form-state.ts';
import { fromNow } from '#lib/clock.ts';
import { bulkActions, changeAndReport } from '#lib/queue/bulk.ts';
import { bounceEntry, dropEntry, holdEntry, releaseEntry, retryEntry } from '#lib/queue/entries.ts';
import { requireRetryable } from '#lib/queue/own-entry.ts';
import { addPause, removePause } from '#lib/queue/pause.ts';
import { rerouteDomain } from '#lib/queue/reroute.ts';
import { removeSuppressed } from '#lib/queue/suppression.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin, requireStaff } from '../../../session.ts';
import { answerBulk } from '../../bulk-wanted.ts';
import { readFilter } from './filter.ts';

const id = z.string().min(1).max(64);
const address = z.string().min(1).max(320);

async function change(entry: string, step: (id: string) => Promise<void>) {
  return answerButton(async () => {
    await step(id.parse(entry));
    revalidatePath('/admin', 'layout');
  });
}

export async function retryEntryAction(entry: string): Promise<string | undefined> {
  const staff = await requireStaff('queue');
  return change(entry, async (id) => {
    await requireRetryable(staff, id);
    await retryEntry(id, staff.address);
  });
}

export async function holdEntryAction(entry: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return change(entry, (id) => holdEntry(id, admin.address));
}

export async function releaseEntryAction(entry: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return change(entry, (id) => releaseEntry(id, admin.address));
}

export async function bounceEntryAction(entry: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return change(entry, (id) => bounceEntry(id, admin.address));
}

export async function dropEntryAction(entry: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return change(entry, (id) => dropEntry(id, admin.address));
}

/** To those of the ids, or to all that the parameters of the page find. */
export async function changeQueueAction(wanted: Wanted, action: string): Promise<BulkAnswer> {
  const admin = await requireAdmin();
  return answerBulk(wanted, readFilter, async (rows) => {
    const filter = 'ids' in rows ? { ids: rows.ids } : rows.filter;
    const report = await changeAndReport(filter, z.enum(bulkActions).parse(action), admin.address);
    revalidatePath('/admin', 'layout');
    return report;
  });
}

export async function rerouteAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  const fields = z.object({ domain: address, host: z.string().max(260).default('') });
  return answerForm(fields, form, async ({ domain, host }) => {
    const count = await rerouteDomain(domain, host, admin.address);
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: `Rerouted; tried now: ${count}` };
  });
}

export async function pauseAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  const fields = z.object({
    destination: z.string().trim().min(1, 'Give a domain, or * for the whole queue.').max(260),
    hours: z.coerce.number().min(0).max(8760),
    reason: z.string().max(200, 'At most 200 characters.').default(''),
  });
  return answerForm(fields, form, async ({ destination, hours, reason }) => {
    const until = hours > 0 ? fromNow(hours * 3_600_000) : null;
    await addPause({ destination, reason, until }, admin.address);
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: 'Paused' };
  });
}

export async function resumeAction(destination: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await removePause(address.parse(destination), admin.address);
    revalidatePath('/admin', 'layout');
  });
}

export async function allowAddressAction(suppressed: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await removeSuppressed(address.parse(suppressed), admin.address);
    revalidatePath('/admin/queue/suppressed');
  });
}
