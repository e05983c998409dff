// A full mailbox, or domain, is told at RCPT, while the other recipients can still be served. The size counts
// where the client declared it (RFC 1870 §6.1); where the message turns out larger, it is looked at again at
// its end, and delivery itself is the last word. What never fits is refused for good, what does not fit now for now.
import type { LocalTarget } from '#lib/accounts/route.ts';
import {
  findDomainExcess,
  findOwnExcess,
  isLargerThanAll,
  readQuotas,
} from '#server/store/quota/quota.ts';
import type { Transaction } from '../../session.ts';
import { mailboxFull, neverFits, pass, type Verdict } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const quota: Check<'rcpt'> = {
  name: 'quota',
  title: 'Room in the mailbox',
  settings: ['storage.defaultQuotaBytes', 'storage.defaultQuotaMessages'],
  run({ resolution, transaction }) {
    if (resolution.status !== 'local') return pass;
    const sizeBytes = Math.max(1, transaction.declaredBytes);
    return findRoom(resolution.mailboxes, sizeBytes, listTargets(transaction));
  },
};

export const quotaAtEnd: Check<'data'> = {
  name: 'quota-at-end',
  title: 'Room for this message',
  settings: ['storage.defaultQuotaBytes', 'storage.defaultQuotaMessages'],
  run({ client, transaction, body }) {
    // LMTP answers for each recipient, so delivery itself tells who has no room (RFC 2033 §4.2).
    if (client.isLocal || body.sizeBytes <= transaction.declaredBytes) return pass;
    return findRoom(listTargets(transaction), body.sizeBytes, []);
  },
};

function listTargets({ recipients }: Transaction): LocalTarget[] {
  return [...recipients.values()].flatMap(({ mailboxes }) => mailboxes);
}

/** Whether a message has room in all of `targets`, beside copies of it in the mailboxes of `others`. */
async function findRoom(
  targets: LocalTarget[],
  sizeBytes: number,
  others: LocalTarget[],
): Promise<Verdict> {
  const quotas = await readQuotas(targets.map(({ accountId }) => accountId));
  for (const quota of quotas.values()) {
    if (isLargerThanAll(quota, sizeBytes)) return neverFits;
    const own = findOwnExcess(quota, sizeBytes, 1);
    if (own) return mailboxFull(own);
    if (!quota.domain) continue;
    const copies = countIn(quota.domain.name, [...targets, ...others]);
    const shared = findDomainExcess(quota, copies * sizeBytes, copies);
    if (shared) return mailboxFull(shared);
  }
  return pass;
}

/** Mailboxes of a domain among them, each counted once. */
function countIn(domain: string, targets: LocalTarget[]): number {
  const inside = targets.filter(({ address }) => address.endsWith(`@${domain}`));
  return new Set(inside.map(({ accountId }) => accountId)).size;
}
