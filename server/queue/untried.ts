// Recipients that end without an attempt: given back by an administrator, returned or thrown away by a relay rule, or
// known not to exist. Their result looks like an answer, so that report and trail are made as after one.
import type { db } from '#lib/db.ts';
import type { Relay } from '#lib/queue/relay-choice.ts';
import { describeConditions } from '#lib/queue/relay-words.ts';
import { findSuppressed } from '#lib/queue/suppression.ts';
import { cleanText, type Result } from '#server/delivery/outbound/reply.ts';
import type { Route } from '#server/delivery/outbound/route.ts';

type Message = { accountId: string | null };
type Row = Awaited<ReturnType<typeof db.queueRecipient.findMany>>[number];

/** Results by recipient. */
export async function findUntried(
  { accountId }: Message,
  rows: Row[],
  route: Route,
): Promise<Map<string, Result>> {
  const results = new Map<string, Result>();
  for (const { recipient, holdReason } of rows) {
    if (holdReason === 'bounce') {
      // RFC 3463 §3.8: a decision of this site.
      const text = 'Returned by an administrator of the mail system, without another try';
      results.set(recipient, { kind: 'failed', code: 0, status: '5.7.1', text, host: '' });
    } else if (route.key === 'return') {
      const text = 'To be returned, but tried again by an administrator';
      results.set(recipient, { kind: 'deferred', code: 0, status: '4.3.0', text, host: '' });
    } else if (route.rule && !route.isFallback) {
      const result = resultOf(route.rule);
      if (result) results.set(recipient, result);
    }
  }
  // Of users alone: what is forwarded, or comes from a trusted network, is not theirs to mend. What was tried before is
  // tried again.
  const fresh = rows.filter(({ recipient, attempts }) => attempts === 0 && !results.has(recipient));
  if (accountId === null || route.isLocal || fresh.length === 0) return results;
  const known = await findSuppressed(fresh.map(({ recipient }) => recipient));
  for (const [recipient, { lastCode, lastText, expiresAt }] of known) {
    const said = `${lastCode} ${lastText}`.slice(0, 500);
    const day = expiresAt.toISOString().slice(0, 10);
    const text = cleanText(`Not tried until ${day}, since the address was refused before: ${said}`);
    results.set(recipient, { kind: 'failed', code: 0, status: '5.1.1', text, host: '' });
  }
  return results;
}

/** What a rule says without asking anybody; null where it names a way. */
function resultOf(rule: Relay): Result | null {
  const base = { code: 0, host: '' };
  if (rule.target === 'discard') {
    const text = `discarded by relay rule ${rule.position} (${describeConditions(rule)})`;
    return { ...base, kind: 'discarded', status: '2.0.0', text };
  }
  if (rule.target !== 'return') return null;
  // "5.1.1 gone away", as error(8) of Postfix has it; without a number RFC 3463 §3.8: a decision of this site.
  const [, status = '5.7.1', words] =
    /^(?:(5\.\d{1,3}\.\d{1,3})(?:\s+|$))?(.*)$/.exec(rule.text) ?? [];
  const text = words || 'Mail for this address is not sent on';
  return { ...base, kind: 'failed', status, text: cleanText(text) };
}
