// What the DNS has now of the records of a domain's keys, asked by the resolver that delivery uses.
import { z } from 'zod';
import { listDkimKeys } from '#lib/accounts/dkim-key.ts';
import { judgeRecord, type RecordVerdict } from '#lib/accounts/dkim-record.ts';
import { Refusal } from '#lib/errors.ts';
import { forgetAnswers, resolveTxt } from '#server/dns/resolver.ts';

/** The verdict on each key of the domain by selector. Refusal 'not-found'. */
export async function checkDkimRecords(domain: string): Promise<Map<string, RecordVerdict>> {
  const keys = await listDkimKeys(domain);
  // Who has just published a record wants to hear of it, not of the answer of a minute ago.
  forgetAnswers();
  const verdicts = await Promise.all(
    keys.map(async (key) => {
      return [key.selector, judgeRecord(key, await resolveTxt(key.record.name))] as const;
    }),
  );
  return new Map(verdicts);
}

const question = z.object({ domain: z.string().max(253) });

/** The same for the panel (server/control). Refusal 'invalid', 'not-found'. */
export async function answerDkimCheck(input: unknown): Promise<Record<string, RecordVerdict>> {
  const asked = question.safeParse(input);
  if (!asked.success) throw new Refusal('invalid', 'Say the domain.');
  return Object.fromEntries(await checkDkimRecords(asked.data.domain));
}
