'use server';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { changePop3Choice } from '#lib/accounts/pop3-choice.ts';
import { answerForm } from '../../../form-answer.ts';
import { currentActor, requireUser } from '../../../session.ts';

const choice = z.object({
  folders: z
    .string()
    .max(6000)
    .transform((text) => text.split('\n').map((line) => line.trim()))
    .transform((lines) => lines.filter((line) => line !== '')),
  deletion: z.string().max(20),
  marksSeen: z.enum(['', 'on', 'off']),
});

/** Empty = as the server has it. */
export async function changePop3Action(_previous: FormState, form: FormData): Promise<FormState> {
  const account = await requireUser();
  return answerForm(choice, form, async ({ folders, deletion, marksSeen }) => {
    const change = {
      'pop3.folders': folders.length > 0 ? folders : undefined,
      'pop3.deletion': deletion || undefined,
      'pop3.marksSeen': marksSeen === '' ? undefined : marksSeen === 'on',
    };
    await changePop3Choice(account, change, (await currentActor()) ?? account.address);
    return { status: 'ok' };
  });
}
