// What mail programs may do for a user.
'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { updateAccount } from '#lib/accounts/account.ts';
import { changePop3Choice } from '#lib/accounts/pop3-choice.ts';
import { requireUserOf } from '#lib/accounts/staff.ts';
import { answerForm } from '../../../../form-answer.ts';
import { pop3Fields, toPop3Change } from '../../../../pop3-fields.ts';
import { requireStaff } from '../../../../session.ts';
import { protocolFields, readClosedFields } from '../protocol-fields.ts';

const id = z.string().min(1).max(64);

export async function saveProtocolsAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  const staff = await requireStaff('users');
  return answerForm(z.object({ id, ...protocolFields }), form, async ({ id, ...open }) => {
    const user = await requireUserOf(staff, id);
    await updateAccount(user.id, { closedProtocols: readClosedFields(open) }, staff.address);
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: 'Saved' };
  });
}

export async function savePop3Action(_previous: FormState, form: FormData): Promise<FormState> {
  const staff = await requireStaff('users');
  return answerForm(z.object({ id, ...pop3Fields }), form, async ({ id, ...fields }) => {
    const user = await requireUserOf(staff, id);
    await changePop3Choice(user, toPop3Change(fields), staff.address);
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: 'Saved' };
  });
}
