// What an action on many rows of a list is for, as the browser says it, and how it answers.
import { z } from 'zod';
import type { BulkAnswer, Wanted } from '#components/admin/table/bulk-bar.tsx';
import type { BulkReport, WantedRows } from '#lib/accounts/bulk-report.ts';
import { answerButton } from '../form-answer.ts';

const wantedSchema = z.union([
  z.object({ ids: z.array(z.string().min(1).max(400)).min(1).max(500) }),
  z.object({ filter: z.record(z.string().max(20), z.string().max(300)) }),
]);

/** `change` gets the ids, or the filter that the parameters of the page stand for. */
export async function answerBulk<Filter>(
  wanted: Wanted,
  readFilter: (parameters: Record<string, string>) => Filter,
  change: (wanted: WantedRows<Filter>) => Promise<BulkReport>,
): Promise<BulkAnswer> {
  let report: BulkReport | undefined;
  const error = await answerButton(async () => {
    const read = wantedSchema.parse(wanted);
    report = await change('ids' in read ? read : { filter: readFilter(read.filter) });
  });
  return { error, report };
}
