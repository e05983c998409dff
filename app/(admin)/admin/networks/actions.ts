'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { BulkAnswer, Wanted } from '#components/admin/table/bulk-bar.tsx';
import type { FormState } from '#components/ui/form-state.ts';
import { addNetwork, removeNetwork, updateNetwork } from '#lib/accounts/network.ts';
import { removeNetworks } from '#lib/accounts/network-list.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';
import { answerBulk } from '../../bulk-wanted.ts';
import { readFilter } from './filter.ts';

const schema = z.object({
  cidr: z
    .string()
    .trim()
    .min(1, 'Give a network such as 192.168.1.0/24.')
    .max(64, 'Give a network such as 192.168.1.0/24.'),
  /** As the browser gives it, in UTC; empty = for ever */
  expiresAt: z
    .string()
    .trim()
    .max(40)
    .default('')
    .refine(
      (text) => text === '' || !Number.isNaN(Date.parse(text)),
      'Give a day and a time, or nothing.',
    )
    .transform((text) => (text === '' ? null : new Date(text))),
  comment: z.string().trim().max(500, 'At most 500 characters.').default(''),
});

export async function addNetworkAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(schema, form, async (fields) => {
    const network = await addNetwork(fields, admin.address);
    revalidatePath('/admin/networks');
    return { status: 'ok', text: `${network.cidr} is trusted now` };
  });
}

export async function editNetworkAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(schema, form, async ({ cidr, ...change }) => {
    await updateNetwork(cidr, change, admin.address);
    revalidatePath('/admin/networks');
    return { status: 'ok', text: `${cidr} saved` };
  });
}

export async function removeNetworkAction(cidr: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await removeNetwork(schema.shape.cidr.parse(cidr), admin.address);
    revalidatePath('/admin/networks');
  });
}

/** Those of the ids, or all that the parameters of the page find. */
export async function removeNetworksAction(wanted: Wanted): Promise<BulkAnswer> {
  const admin = await requireAdmin();
  return answerBulk(wanted, readFilter, async (networks) => {
    const report = await removeNetworks(networks, admin.address);
    revalidatePath('/admin/networks');
    return report;
  });
}
