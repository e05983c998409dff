'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { formatCount } from '#components/ui/format.ts';
import { requireDefaultsOf } from '#lib/accounts/staff-defaults.ts';
import {
  maxWelcomeSubject,
  maxWelcomeText,
  writeUserDefaults,
} from '#lib/accounts/user-defaults.ts';
import { answerForm } from '../../../../form-answer.ts';
import { requireStaff } from '../../../../session.ts';
import { countField, sizeField } from '../../../limit-fields.ts';
import { protocolFields, readClosedFields } from '../protocol-fields.ts';

const wrongSize = 'Give a size such as 500 MB or 5 GB, 0 for none, or nothing.';
const tooLong = (most: number) => `At most ${formatCount(most)} characters.`;
const schema = z.object({
  domain: z.string().trim().min(1).max(253),
  quota: sizeField(null, wrongSize),
  messages: countField(null, 'Give a whole number, 0 for none, or nothing.'),
  mustChange: z.enum(['', 'yes', 'no']),
  protocols: z.enum(['', 'these']),
  ...protocolFields,
  language: z.string().max(20).default(''),
  timeZone: z.string().trim().max(64).default(''),
  welcomeSubject: z.string().max(maxWelcomeSubject, tooLong(maxWelcomeSubject)).default(''),
  welcomeText: z.string().max(maxWelcomeText, tooLong(maxWelcomeText)).default(''),
});

/** What new users of a domain get, or with "*" those of every domain. */
export async function saveUserDefaultsAction(
  _previous: FormState,
  form: FormData,
): Promise<FormState> {
  const staff = await requireStaff('users');
  return answerForm(schema, form, async (fields) => {
    const { language, timeZone, welcomeSubject, welcomeText } = fields;
    const defaults = {
      quotaBytes: fields.quota,
      quotaMessages: fields.messages,
      mustChange: fields.mustChange === '' ? null : fields.mustChange === 'yes',
      closedProtocols: fields.protocols === '' ? null : readClosedFields(fields),
      ...{ language, timeZone, welcomeSubject, welcomeText },
    };
    const domain = await requireDefaultsOf(staff, fields.domain, defaults);
    await writeUserDefaults(domain, defaults, staff.address);
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: 'Saved; users who are here keep what they have' };
  });
}
