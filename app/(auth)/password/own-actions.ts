// Changes the password of whoever is signed in.
'use server';
import { headers } from 'next/headers';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { changeOwnPassword } from '#lib/accounts/own-password.ts';
import { readDevice } from '../../device.ts';
import { answerForm } from '../../form-answer.ts';
import { remoteAddress } from '../../remote-address.ts';
import { requireUserToChange } from '../../session.ts';
import { newPassword } from './new-password.ts';

/** Ends every session, this one too; the form signs in afterwards. */
export async function changePasswordAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  const account = await requireUserToChange();
  const present = z.string().min(1, 'Give the present password.').max(1024);
  return answerForm(newPassword({ present }), form, async (fields) => {
    await changeOwnPassword({
      account,
      present: fields.present,
      next: fields.password,
      remote: remoteAddress((await headers()).get('x-forwarded-for')),
      device: await readDevice(),
    });
    return { status: 'ok' };
  });
}
