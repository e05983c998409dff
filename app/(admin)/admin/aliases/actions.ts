'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { BulkAnswer, Wanted } from '#components/admin/table/bulk-bar.tsx';
import type { FormState } from '#components/ui/form-state.ts';
import { addAlias, posterKinds, removeAlias, updateAlias } from '#lib/accounts/alias.ts';
import { aliasActions, changeAliases } from '#lib/accounts/bulk-aliases.ts';
import { requireDomainOf, requireDomainOfAddress } from '#lib/accounts/staff.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireStaff } from '../../../session.ts';
import { answerBulk } from '../../bulk-wanted.ts';
import { readFilter } from './filter.ts';

const address = z.string().trim().max(320);
const comment = z.string().trim().max(500, 'At most 500 characters.').default('');
const posters = z.enum(posterKinds, 'Choose who may write to it.').default('anyone');
const targets = z
  .string()
  .max(100_000, 'Too many addresses.')
  .transform((text) => text.split(/[\s,;]+/).filter(Boolean));

export async function addAliasAction(_previous: FormState, form: FormData): Promise<FormState> {
  const staff = await requireStaff('aliases');
  const schema = z
    .object({
      kind: z.enum(['address', 'catch-all']),
      localPart: z.string().trim().max(64, 'At most 64 characters.'),
      domain: z.string().trim().min(1, 'Choose a domain.').max(253),
      targets,
      comment,
      posters,
    })
    .refine((fields) => fields.kind === 'catch-all' || /^[^@\s]+$/.test(fields.localPart), {
      path: ['localPart'],
      message: 'Give the part before the @.',
    });
  return answerForm(
    schema,
    form,
    async (fields) => {
      const { name } = await requireDomainOf(staff, fields.domain);
      const alias = `${fields.kind === 'catch-all' ? '' : fields.localPart}@${name}`;
      const { targets, comment, posters } = fields;
      await addAlias({ address: alias, targets, comment, posters }, staff.address);
      revalidatePath('/admin', 'layout');
      return { status: 'ok', text: `${alias} added` };
    },
    { address: 'localPart' },
  );
}

export async function editAliasAction(_previous: FormState, form: FormData): Promise<FormState> {
  const staff = await requireStaff('aliases');
  const schema = z.object({ address, targets, comment, posters, isEnabled: z.string().optional() });
  return answerForm(schema, form, async (fields) => {
    const { targets, comment, posters } = fields;
    const change = { targets, comment, posters, isDisabled: fields.isEnabled === undefined };
    await requireDomainOfAddress(staff, fields.address);
    await updateAlias(fields.address, change, staff.address);
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: `${fields.address} saved` };
  });
}

export async function removeAliasAction(alias: string): Promise<string | undefined> {
  const staff = await requireStaff('aliases');
  return answerButton(async () => {
    const wanted = address.parse(alias);
    await requireDomainOfAddress(staff, wanted);
    await removeAlias(wanted, staff.address);
    revalidatePath('/admin', 'layout');
  });
}

/** To the aliases of `ids`, or to all that the parameters of the page find. */
export async function changeAliasesAction(wanted: Wanted, action: string): Promise<BulkAnswer> {
  const staff = await requireStaff('aliases');
  return answerBulk(wanted, readFilter, async (aliases) => {
    const report = await changeAliases(staff, aliases, z.enum(aliasActions).parse(action));
    revalidatePath('/admin', 'layout');
    return report;
  });
}
