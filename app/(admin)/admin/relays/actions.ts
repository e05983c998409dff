'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import {
  addRelayRule,
  moveRelayRule,
  removeRelayRule,
  updateRelayRule,
} from '#lib/queue/relay-rule.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const id = z.string().min(1).max(64);
const fields = z.object({
  match: z.enum(['recipient', 'sender', 'default'], 'Choose what the rule looks at.'),
  pattern: z.string().trim().max(320).default(''),
  way: z.enum(['host', 'mx']),
  host: z.string().trim().max(253).default(''),
  port: z
    .string()
    .trim()
    .regex(/^\d{0,5}$/, 'The port is a number from 1 to 65535.')
    .default(''),
  tlsMode: z.enum(['none', 'opportunistic', 'required', 'implicit'], 'Choose a mode.'),
  username: z.string().trim().max(500).default(''),
  password: z.string().max(500).default(''),
  comment: z.string().trim().max(500, 'At most 500 characters.').default(''),
});
const needsHost = {
  path: ['host'],
  message: 'Give the host, or choose direct delivery.',
};
const hasHost = (rule: { way: string; host: string }) => rule.way === 'mx' || rule.host !== '';

function toInput({ way, port, ...rule }: z.output<typeof fields>) {
  if (way === 'mx') return { ...rule, host: '', username: '', password: '', port: 25 };
  return { ...rule, port: port === '' ? undefined : Number(port) };
}

export async function addRelayRuleAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(fields.refine(hasHost, needsHost), form, async (rule) => {
    await addRelayRule(toInput(rule), admin.address);
    revalidatePath('/admin/relays');
    return { status: 'ok', text: 'Rule added; it counts from the next attempt on' };
  });
}

export async function editRelayRuleAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  const admin = await requireAdmin();
  const schema = fields.extend({ id }).refine(hasHost, needsHost);
  return answerForm(schema, form, async ({ id, ...rule }) => {
    const input = toInput(rule);
    // An empty password field keeps the stored one; without a login name there is none to keep.
    const password = input.password === '' && input.username !== '' ? undefined : input.password;
    await updateRelayRule(id, { ...input, password }, admin.address);
    revalidatePath('/admin/relays');
    return { status: 'ok', text: 'Rule saved' };
  });
}

export async function moveRelayRuleAction(
  rule: string,
  position: number,
): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await moveRelayRule(id.parse(rule), z.int().parse(position), admin.address);
    revalidatePath('/admin/relays');
  });
}

export async function removeRelayRuleAction(rule: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await removeRelayRule(id.parse(rule), admin.address);
    revalidatePath('/admin/relays');
  });
}
