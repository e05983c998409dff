'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { askDaemon } from '#lib/control.ts';
import type { RelayAnswer } from '#lib/queue/relay-answer.ts';
import { addressFamilies, relayTargets, relayTlsModes } from '#lib/queue/relay-check.ts';
import { readRelayLogin } from '#lib/queue/relay-login.ts';
import {
  addRelayRule,
  moveRelayRule,
  removeRelayRule,
  updateRelayRule,
} from '#lib/queue/relay-rule.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const id = z.string().min(1).max(64);
/** Each is waited for. */
const mostTried = 5;
const words = z.string().trim().max(4000).default('');
const line = z.string().trim().max(500).default('');
/** Empty = as the settings say. */
const number = z
  .string()
  .trim()
  .regex(/^\d{0,6}$/, 'Give a whole number, or nothing.')
  .default('')
  .transform((text) => (text === '' ? null : Number(text)));

const fields = z.object({
  recipient: words,
  sender: words,
  user: words,
  target: z.enum(relayTargets, 'Choose where it goes.'),
  hosts: words,
  fallbackHosts: words,
  fallbackAfter: number.transform((count) => count ?? undefined),
  tlsMode: z.enum(relayTlsModes, 'Choose a mode.').default('opportunistic'),
  username: line,
  password: z.string().max(500).default(''),
  sourceIpv4: line,
  sourceIpv6: line,
  helo: line,
  family: z.enum(['', ...addressFamilies]).default(''),
  firstRetryMinutes: number,
  maxRetryMinutes: number,
  delayNoticeHours: number,
  lifetimeHours: number,
  concurrency: number,
  rateDelaySeconds: number,
  text: line,
  comment: z.string().trim().max(500, 'At most 500 characters.').default(''),
});

export async function addRelayRuleAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(fields, form, async (rule) => {
    await addRelayRule(rule, admin.address);
    revalidatePath('/admin/relays');
    return { status: 'ok', text: 'Rule added; it counts from the next attempt on' };
  });
}

export async function editRelayRuleAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(fields.extend({ id }), form, async ({ id, ...rule }) => {
    // An empty password field keeps the stored one; without a login name there is none to keep.
    const password = rule.password === '' && rule.username !== '' ? undefined : rule.password;
    await updateRelayRule(id, { ...rule, password }, admin.address);
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

const question = z.object({
  sender: z.string().trim().max(320),
  recipient: z.string().trim().max(320),
  user: z.string().trim().max(320),
});

/** Where a mail would go now; nothing is sent. */
export async function testRouteAction(
  asked: z.input<typeof question>,
): Promise<{ error?: string; answer?: RelayAnswer }> {
  await requireAdmin();
  let answer: RelayAnswer | undefined;
  const error = await answerButton(async () => {
    answer = await askDaemon<RelayAnswer>('explain-route', question.parse(asked));
  });
  return { error, answer };
}

/** Whether each host of the rule answers and takes the login, in words; nothing is sent. */
export async function tryHostsAction(
  rule: string,
): Promise<{ error?: string; tried?: { host: string; error?: string }[] }> {
  await requireAdmin();
  const tried: { host: string; error?: string }[] = [];
  const error = await answerButton(async () => {
    const { hosts, ...login } = await readRelayLogin(id.parse(rule));
    for (const { host, port } of hosts.slice(0, mostTried)) {
      const failure = await answerButton(async () => {
        await askDaemon('smart-host', { host, port, ...login });
      });
      tried.push({ host: `${host}:${port}`, error: failure });
    }
  });
  return error ? { error } : { tried };
}
