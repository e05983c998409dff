'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import {
  accessActions,
  accessScopes,
  addAccessRule,
  moveAccessRule,
  removeAccessRule,
  updateAccessRule,
} from '#lib/accounts/access-rule.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const id = z.string().min(1).max(64);
const fields = z.object({
  pattern: z.string().trim().min(1, 'Say what the rule looks for.').max(500, 'That is too long.'),
  action: z.enum(accessActions, 'Choose an action.'),
  argument: z.string().trim().max(320, 'That is too long.').default(''),
  comment: z.string().trim().max(500, 'At most 500 characters.').default(''),
  isEnabled: z.string().optional(),
});

type Fields = z.output<typeof fields>;

function toInput({ isEnabled, ...rule }: Fields) {
  return { ...rule, isDisabled: isEnabled === undefined };
}

export async function addAccessRuleAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  const admin = await requireAdmin();
  const schema = fields.extend({ scope: z.enum(accessScopes, 'Choose what it looks at.') });
  return answerForm(schema, form, async ({ scope, ...rule }) => {
    await addAccessRule({ scope, ...toInput(rule) }, admin.address);
    revalidatePath('/admin/access');
    return { status: 'ok', text: 'Rule added; it counts from the next command on' };
  });
}

export async function editAccessRuleAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(fields.extend({ id }), form, async ({ id, ...rule }) => {
    await updateAccessRule(id, toInput(rule), admin.address);
    revalidatePath('/admin/access');
    return { status: 'ok', text: 'Rule saved' };
  });
}

export async function switchAccessRuleAction(
  rule: string,
  isDisabled: boolean,
): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    const change = { isDisabled: z.boolean().parse(isDisabled) };
    await updateAccessRule(id.parse(rule), change, admin.address);
    revalidatePath('/admin/access');
  });
}

export async function moveAccessRuleAction(
  rule: string,
  position: number,
): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await moveAccessRule(id.parse(rule), z.int().parse(position), admin.address);
    revalidatePath('/admin/access');
  });
}

export async function removeAccessRuleAction(rule: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await removeAccessRule(id.parse(rule), admin.address);
    revalidatePath('/admin/access');
  });
}
