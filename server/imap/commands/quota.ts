// GETQUOTA and GETQUOTAROOT (RFC 9208), read only: one root "" for the whole account, counted in units of
// 1024 octets. An account without a limit has no root.
import { Refusal } from '#lib/errors.ts';
import { findMailbox } from '#server/store/mailboxes.ts';
import { readQuota } from '#server/store/quota.ts';
import { formatName, no, ok, untagged } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

export const getQuota = defineCommand<string>({
  name: 'GETQUOTA',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    const root = cursor.astringText();
    cursor.expectEnd();
    return root;
  },
  async *run(session, root) {
    const quota = await formatQuota(session.accountId);
    if (root !== '' || quota === null) return no('There is no such quota root', 'NONEXISTENT');
    yield quota;
    return ok('Getquota completed');
  },
});

export const getQuotaRoot = defineCommand<string>({
  name: 'GETQUOTAROOT',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    const name = cursor.mailbox();
    cursor.expectEnd();
    return name;
  },
  async *run(session, name) {
    const mailbox = await findMailbox(session.accountId, name);
    if (!mailbox) throw new Refusal('not-found', 'There is no such mailbox');
    const quota = await formatQuota(session.accountId);
    yield untagged(`QUOTAROOT ${formatName(mailbox.name)}${quota === null ? '' : ' ""'}`);
    if (quota !== null) yield quota;
    return ok('Getquotaroot completed');
  },
});

async function formatQuota(accountId: string): Promise<string | null> {
  const { limitBytes, usedBytes } = await readQuota(accountId);
  if (limitBytes === null) return null;
  const used = Math.ceil(usedBytes / 1024);
  return untagged(`QUOTA "" (STORAGE ${used} ${Math.ceil(limitBytes / 1024)})`);
}
