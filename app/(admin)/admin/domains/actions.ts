'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { BulkAnswer, Wanted } from '#components/admin/table/bulk-bar.tsx';
import type { FormState } from '#components/ui/form-state.ts';
import { changeDomains, domainActions } from '#lib/accounts/bulk-domains.ts';
import { addDomain, elsewheres, removeDomain, updateDomain } from '#lib/accounts/domain.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';
import { answerBulk } from '../../bulk-wanted.ts';
import { countField, sizeField } from '../../limit-fields.ts';
import { readFilter } from './filter.ts';

const comment = z.string().trim().max(500, 'At most 500 characters.').default('');
const quota = sizeField(0, 'Give a size such as 50 GB, or nothing for no limit.');
const count = countField(0, 'Give a whole number, or nothing for no limit.');
const aliasOf = z.string().trim().max(253).default('');
const elsewhere = z.enum(['', ...elsewheres], 'Say where its mailboxes are.').default('');
const archive = z.string().trim().max(320).default('');
const name = z.string().trim().min(1, 'Give the domain, for example example.org.').max(253);

export async function addDomainAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(z.object({ name, comment, aliasOf, elsewhere }), form, async (fields) => {
    const domain = await addDomain(fields, admin.address);
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: `${domain.name} added` };
  });
}

export async function editDomainAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  const isEnabled = z.string().optional();
  const policy = { aliasOf, archive, elsewhere };
  const limits = { quota, messages: count, maxUsers: count, maxAliases: count };
  const schema = z.object({ name, comment, isEnabled, ...limits, ...policy });
  return answerForm(schema, form, async ({ name, isEnabled, quota, messages, ...others }) => {
    const quotas = { quotaBytes: quota, quotaMessages: messages };
    const change = { ...others, isDisabled: isEnabled === undefined, ...quotas };
    await updateDomain(name, change, admin.address);
    revalidatePath('/admin', 'layout');
    return { status: 'ok', text: `${name} saved` };
  });
}

export async function removeDomainAction(domain: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await removeDomain(name.parse(domain), admin.address);
    revalidatePath('/admin', 'layout');
  });
}

/** To those of the ids, or to all that the parameters of the page find. */
export async function changeDomainsAction(wanted: Wanted, action: string): Promise<BulkAnswer> {
  const admin = await requireAdmin();
  return answerBulk(wanted, readFilter, async (domains) => {
    const report = await changeDomains(domains, z.enum(domainActions).parse(action), admin.address);
    revalidatePath('/admin', 'layout');
    return report;
  });
}
