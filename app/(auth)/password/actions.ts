// Sets a password by a one-time link. Guard: the token, checked again by setPasswordByLink().
'use server';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { setPasswordByLink } from '#lib/accounts/password-link.ts';
import { answerForm } from '../../form-answer.ts';
import { newPassword } from './new-password.ts';

/** The form signs in afterwards. */
export async function setPasswordByLinkAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  return answerForm(newPassword({ token: z.string().max(100) }), form, async (fields) => {
    await setPasswordByLink(fields.token, fields.password);
    return { status: 'ok' };
  });
}
