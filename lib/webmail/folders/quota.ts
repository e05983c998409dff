// How full the mailbox is (QUOTA, RFC 9208), as the server tells every mail program.
import { type MailAccount, withConnection } from '../imap/pool.ts';
import { runCommand, string, tokenText } from '../imap/raw-command.ts';

/** Bytes; a limit of 0 is none. */
export type Quota = {
  usedBytes: number;
  limitBytes: number;
  usedMessages: number;
  limitMessages: number;
};

/** What is used and allowed; null where the server sets no limit. */
export async function readQuota(account: MailAccount): Promise<Quota | null> {
  return withConnection(account, async (client) => {
    if (!client.capabilities.has('QUOTA')) return null;
    const quota: Quota = { usedBytes: 0, limitBytes: 0, usedMessages: 0, limitMessages: 0 };
    await runCommand(client, 'GETQUOTAROOT', [string('INBOX')], 'QUOTA', ([, resources]) => {
      const list = Array.isArray(resources) ? resources : [];
      for (let at = 0; at + 2 < list.length; at += 3) {
        const [name, used, limit] = list.slice(at, at + 3).map(tokenText);
        // RFC 9208 §5.1: STORAGE counts units of 1024 octets.
        if (name?.toUpperCase() === 'STORAGE') {
          quota.usedBytes = Number(used) * 1024;
          quota.limitBytes = Number(limit) * 1024;
        } else if (name?.toUpperCase() === 'MESSAGE') {
          quota.usedMessages = Number(used);
          quota.limitMessages = Number(limit);
        }
      }
    });
    return quota.limitBytes > 0 || quota.limitMessages > 0 ? quota : null;
  });
}
