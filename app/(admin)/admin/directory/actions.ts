'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { BulkAnswer, Wanted } from '#components/admin/table/bulk-bar.tsx';
import type { FormState } from '#components/ui/form-state.ts';
import {
  addDirectoryEntry,
  removeDirectoryEntry,
  updateDirectoryEntry,
} from '#lib/contacts/directory-entry.ts';
import { removeDirectoryEntries } from '#lib/contacts/directory-list.ts';
import { testLdap } from '#lib/contacts/ldap-search.ts';
import { Refusal } from '#lib/errors.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';
import { answerBulk } from '../../bulk-wanted.ts';
import { readFilter } from './filter.ts';

const line = (max: number) => z.string().trim().max(max, `At most ${max} characters.`).default('');
const fields = {
  name: line(200),
  address: line(320),
  organization: line(200),
  phone: line(60),
  note: line(500),
};
const id = z.string().min(1).max(64);

export async function addEntryAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  const schema = z.object({
    domain: z.string().trim().min(1, 'Choose a domain.').max(253),
    ...fields,
  });
  return answerForm(schema, form, async ({ domain, ...entry }) => {
    await addDirectoryEntry(domain, entry, admin.address);
    revalidatePath('/admin/directory');
    return { status: 'ok', text: `${entry.name || entry.address} added` };
  });
}

export async function editEntryAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(z.object({ id, ...fields }), form, async ({ id: entryId, ...entry }) => {
    await updateDirectoryEntry(entryId, entry, admin.address);
    revalidatePath('/admin/directory');
    return { status: 'ok', text: `${entry.name || entry.address} saved` };
  });
}

export async function removeEntryAction(entryId: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await removeDirectoryEntry(id.parse(entryId), admin.address);
    revalidatePath('/admin/directory');
  });
}

/** Those of the ids, or all that the parameters of the page find. */
export async function removeEntriesAction(wanted: Wanted): Promise<BulkAnswer> {
  const admin = await requireAdmin();
  return answerBulk(wanted, readFilter, async (entries) => {
    const report = await removeDirectoryEntries(entries, admin.address);
    revalidatePath('/admin/directory');
    return report;
  });
}

export async function testLdapAction(_previous: FormState, form: FormData): Promise<FormState> {
  await requireAdmin();
  return answerForm(z.object({ text: line(100) }), form, async ({ text }) => {
    const people = await testLdap(text).catch((error: Error) => {
      throw new Refusal('unavailable', `The LDAP server: ${error.message.slice(0, 300)}`);
    });
    const names = people.slice(0, 5).map(({ name, address }) => `${name} <${address}>`);
    const shown = names.length > 0 ? `: ${names.join(', ')}` : '';
    return { status: 'ok', text: `${people.length} found${shown}` };
  });
}
