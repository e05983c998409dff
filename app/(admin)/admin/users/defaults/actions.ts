'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { requireShare } from '#lib/accounts/share.ts';
import { requireDomainOf, type Staff } from '#lib/accounts/staff.ts';
import { everyDomain, type UserDefaults, writeUserDefaults } from '#lib/accounts/user-defaults.ts';
import { answerForm } from '../../../../form-answer.ts';
import { requireStaff } from '../../../../session.ts';
import { countField, sizeField } from '../../../limit-fields.ts';
import { protocolFields, readClosedFields } from '../protocol-fields.ts';

const wrongSize = 'Give a size such as 500 MB or 5 GB, 0 for none, or nothing.';
const schema = z.object({
  domain: z.string().trim().min(1).max(253),
  quota: sizeField(null, wrongSize),
  messages: countField(null, 'Give a whole number, 0 for none, or nothing.'),
  mustChange: z.enum(['', 'yes', 'no']),
  protocols: z.enum(['', 'these']),
  ...protocolFields,
  language: z.string().max(20).default(''),
  timeZone: z.string().trim().max(64).default(''),
  welcomeSubject: z.string().max(200, 'At most 200 characters.').default(''),
  welcomeText: z.string().max(10_000, 'At most 10,000 characters.').default(''),
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
    const domain = await requireTarget(staff, fields.domain, defaults);
    await writeUserDefaults(domain, defaults, staff.address);
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: 'Saved; users who are here keep what they have' };
  });
}

async function requireTarget(staff: Staff, wanted: string, defaults: UserDefaults) {
  if (wanted === everyDomain && staff.role === 'admin') return wanted;
  const domain = await requireDomainOf(staff, wanted);
  await requireShare(staff, domain, defaults);
  return domain.name;
}
