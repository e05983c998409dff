// Where a user's mail goes and what is answered while the user is away, set by an administrator; the user is told.
'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { requireUserOf } from '#lib/accounts/staff.ts';
import { removeRule, saveRule, switchRule } from '#lib/filters/rules.ts';
import { readVacation, saveVacation } from '#lib/filters/vacation.ts';
import { answerButton, answerForm } from '../../../../form-answer.ts';
import { requireStaff } from '../../../../session.ts';

const id = z.string().min(1).max(64);

/** A rule that forwards all mail. */
export async function addForwardAction(_previous: FormState, form: FormData): Promise<FormState> {
  const staff = await requireStaff('users');
  const isKept = z.literal('on').optional();
  const schema = z.object({ id, address: z.string().trim().min(1, 'Give an address.'), isKept });
  return answerForm(
    schema,
    form,
    async ({ id, address, isKept }) => {
      const user = await requireUserOf(staff, id);
      const action = { do: 'forward', address, isKept: isKept === 'on' };
      const rule = {
        name: `Forward to ${address}`.slice(0, 100),
        conditions: [],
        actions: [action],
      };
      await saveRule(user.id, rule, null, staff.address);
      revalidatePath('/admin', 'layout');
      return { status: 'ok', text: `Forwarded to ${address}` };
    },
    { actions: 'address', 'actions.0.address': 'address' },
  );
}

export async function switchUserRuleAction(
  account: string,
  rule: string,
  isDisabled: boolean,
): Promise<string | undefined> {
  const staff = await requireStaff('users');
  return answerButton(async () => {
    const user = await requireUserOf(staff, id.parse(account));
    await switchRule(user.id, id.parse(rule), isDisabled === true, staff.address);
    revalidatePath('/admin', 'layout');
  });
}

export async function removeUserRuleAction(
  account: string,
  rule: string,
): Promise<string | undefined> {
  const staff = await requireStaff('users');
  return answerButton(async () => {
    const user = await requireUserOf(staff, id.parse(account));
    await removeRule(user.id, id.parse(rule), staff.address);
    revalidatePath('/admin', 'layout');
  });
}

export async function saveUserVacationAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  const staff = await requireStaff('users');
  const schema = z.object({
    id,
    isOn: z.literal('on').optional(),
    subject: z.string().max(200, 'At most 200 characters.').default(''),
    text: z.string().max(10_000, 'At most 10,000 characters.').default(''),
    /** "YYYY-MM-DD", or empty */
    endsOn: z.union([z.literal(''), z.iso.date('Give a day.')]).default(''),
  });
  return answerForm(schema, form, async ({ id, isOn, subject, text, endsOn }) => {
    const user = await requireUserOf(staff, id);
    const { startsAt, endsAt: _endsAt, ...kept } = await readVacation(user.id);
    const times = {
      startsAt: startsAt?.toISOString() ?? null,
      endsAt: endsOn ? `${endsOn}T23:59:59Z` : null,
    };
    const vacation = { ...kept, ...times, isOn: isOn === 'on', subject, text };
    await saveVacation(user.id, vacation, staff.address);
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: isOn ? 'The answer is on' : 'The answer is off' };
  });
}
