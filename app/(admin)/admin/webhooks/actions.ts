'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { Refusal } from '#lib/errors.ts';
import { hookEventNames } from '#lib/trail/outbox.ts';
import { testWebhook } from '#lib/webhooks/send.ts';
import {
  addWebhook,
  removeWebhook,
  renewHookSecret,
  updateWebhook,
} from '#lib/webhooks/webhook.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const id = z.string().min(1).max(64);
const fields = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(80, 'At most 80 characters.'),
  url: z.string().trim().max(2000, 'That is too long.'),
  domains: z
    .string()
    .max(50_000, 'That is too much.')
    .default('')
    .transform((text) => text.split(/[\s,;]+/).filter(Boolean)),
});

const noEvents: FormState = { status: 'error', fields: { events: 'Choose at least one.' } };

/** The ticked boxes. */
function readEvents(form: FormData): string[] {
  return z.array(z.enum(hookEventNames)).max(20).parse(form.getAll('events'));
}

export async function addWebhookAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  const events = readEvents(form);
  if (events.length === 0) return noEvents;
  return answerForm(fields, form, async (given) => {
    const { secret } = await addWebhook({ ...given, events }, admin.address);
    revalidatePath('/admin/webhooks');
    return { status: 'ok', secret };
  });
}

export async function editWebhookAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  const events = readEvents(form);
  if (events.length === 0) return noEvents;
  return answerForm(fields.extend({ id }), form, async ({ id, ...change }) => {
    await updateWebhook(id, { ...change, events }, admin.address);
    revalidatePath('/admin/webhooks');
    return { status: 'ok', text: `${change.name} saved` };
  });
}

export async function switchWebhookAction(
  hook: string,
  isDisabled: boolean,
): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await updateWebhook(id.parse(hook), { isDisabled: isDisabled === true }, admin.address);
    revalidatePath('/admin/webhooks');
  });
}

export async function testWebhookAction(hook: string): Promise<string | undefined> {
  await requireAdmin();
  return answerButton(async () => {
    const { problem } = await testWebhook(id.parse(hook));
    revalidatePath('/admin/webhooks');
    if (problem !== '') throw new Refusal('unavailable', problem);
  });
}

export async function renewSecretAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(z.object({ id }), form, async ({ id }) => {
    return { status: 'ok', secret: await renewHookSecret(id, admin.address) };
  });
}

export async function removeWebhookAction(hook: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await removeWebhook(id.parse(hook), admin.address);
    revalidatePath('/admin/webhooks');
  });
}
