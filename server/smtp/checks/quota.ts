// A full mailbox is told at RCPT, while the other recipients can still be served. The size counts where the
// client declared it (RFC 1870 §6.1); delivery itself is the last word.
import { readQuotas } from '#server/store/quota.ts';
import { mailboxFull, pass } from '../verdict.ts';
import type { Check } from './stages.ts';

export const quota: Check<'rcpt'> = {
  name: 'quota',
  async run({ resolution, transaction }) {
    if (resolution.status !== 'local') return pass;
    const accountIds = resolution.mailboxes.map(({ accountId }) => accountId);
    const needed = Math.max(1, transaction.declaredBytes);
    for (const { limitBytes, usedBytes } of (await readQuotas(accountIds)).values()) {
      if (limitBytes !== null && usedBytes + needed > limitBytes) return mailboxFull;
    }
    return pass;
  },
};
