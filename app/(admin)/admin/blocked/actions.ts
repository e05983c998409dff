'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { BulkAnswer, Wanted } from '#components/admin/table/bulk-bar.tsx';
import { liftBlocks } from '#lib/accounts/block-list.ts';
import { liftBlock } from '#lib/accounts/throttle.ts';
import { answerButton } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';
import { answerBulk } from '../../bulk-wanted.ts';
import { readFilter } from './filter.ts';

export async function liftBlockAction(id: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await liftBlock(z.string().max(400).parse(id), admin.address);
    revalidatePath('/admin/blocked');
  });
}

/** Those of the ids, or all that the parameters of the page find. */
export async function liftBlocksAction(wanted: Wanted): Promise<BulkAnswer> {
  const admin = await requireAdmin();
  return answerBulk(wanted, readFilter, async (blocks) => {
    const report = await liftBlocks(blocks, admin.address);
    revalidatePath('/admin/blocked');
    return report;
  });
}
