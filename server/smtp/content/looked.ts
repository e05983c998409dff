// One look into a message for all rules about its texts and attachments, shared by the checks that have them.
import { readAccessRules } from '#lib/accounts/access-rule.ts';
import type { Settings } from '#lib/settings/index.ts';
import type { StagedBody } from '#server/store/bodies/blobs.ts';
import type { Transaction } from '../session.ts';
import { lookApart } from '../trust/trust-worker.ts';
import type { Looked } from './look.ts';

const known = new WeakMap<Transaction, Promise<Looked | null>>();

/**
 * What of the enabled rules, in their order, and of the setting of refused attachments (behind the rules) is in
 * the message; null where it could not be found out.
 */
export async function lookOnce(
  transaction: Transaction,
  settings: Settings,
  body: StagedBody,
): Promise<Looked | null> {
  const looked = known.get(transaction) ?? start(settings, body);
  known.set(transaction, looked);
  return looked;
}

async function start(settings: Settings, body: StagedBody): Promise<Looked | null> {
  const [lines, names] = await Promise.all([
    readAccessRules('body'),
    readAccessRules('attachment'),
  ]);
  const wanted = {
    lines: lines.map(({ pattern }) => pattern),
    names: [...names.map(({ pattern }) => pattern), ...settings['content.blockedAttachments']],
  };
  return lookApart(body, wanted);
}
