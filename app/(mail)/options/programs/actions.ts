'use server';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { changePop3Choice } from '#lib/accounts/pop3-choice.ts';
import { answerForm } from '../../../form-answer.ts';
import { pop3Fields, toPop3Change } from '../../../pop3-fields.ts';
import { currentActor, requireUser } from '../../../session.ts';

/** Empty = as the server has it. */
export async function changePop3Action(_previous: FormState, form: FormData): Promise<FormState> {
  const account = await requireUser();
  return answerForm(z.object(pop3Fields), form, async (fields) => {
    await changePop3Choice(
      account,
      toPop3Change(fields),
      (await currentActor()) ?? account.address,
    );
    return { status: 'ok' };
  });
}
