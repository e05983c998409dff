// Completes the first run. Guard: the one-time token, checked again by completeSetup().
'use server';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { completeSetup } from '#lib/accounts/setup.ts';
import { answerForm } from '../../form-answer.ts';

const schema = z
  .object({
    token: z.string().max(100),
    hostname: z.string().trim().max(253),
    domain: z.string().trim().min(1, 'Give the domain, for example example.org.').max(253),
    localPart: z
      .string()
      .trim()
      .min(1, 'Give the part before the @.')
      .max(64, 'At most 64 characters.')
      .regex(/^[^@\s]+$/, 'Only the part before the @.'),
    displayName: z.string().trim().max(200, 'At most 200 characters.'),
    password: z.string().min(1, 'Choose a password.').max(1024, 'At most 1024 characters.'),
    repeated: z.string(),
    bind: z.enum(['loopback', 'all']),
  })
  .refine((fields) => fields.password === fields.repeated, {
    path: ['repeated'],
    message: 'The two passwords differ.',
  });

/** Sets the server up; the form signs in afterwards. */
export async function completeSetupAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  return answerForm(
    schema,
    form,
    async ({ localPart, domain, ...fields }) => {
      const { token, hostname, displayName, password, bind } = fields;
      const address = `${localPart}@${domain}`;
      await completeSetup({ token, hostname, displayName, password, bind, address });
      return { status: 'ok' };
    },
    { address: 'localPart', name: 'domain', 'server.hostname': 'hostname' },
  );
}
