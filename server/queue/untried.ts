// Recipients that end without an attempt: given back by an administrator, or known not to exist. Their result looks like
// an answer, so that report and trail are made as after one.
import type { db } from '#lib/db.ts';
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
