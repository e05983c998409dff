// Who may do what with one's own folder (RFC 4314): shown and changed over IMAP. The person chooses among a few steps;
// whatever else a mail program has granted is kept and shown as letters.
import type { ImapFlow } from 'imapflow';
import { encodePath } from 'imapflow/lib/tools.js';
import { db } from '../../db.ts';
import { Refusal } from '../../errors.ts';
import { type MailAccount, withConnection } from '../imap/pool.ts';
import { atom, runCommand, string, tokenText } from '../imap/raw-command.ts';

export type Grant = { who: string; rights: string };
export type Candidate = { address: string; name: string };

/** "read" = see and read it, "write" = everything with messages and folders below it, "all" = also share it on. */
export const shareLevels = ['read', 'write', 'all'] as const;
export type ShareLevel = (typeof shareLevels)[number];

const rightsOf: Record<ShareLevel, string> = {
  read: 'lrs',
  write: 'lrswipkxte',
  all: 'lrswipkxtea',
};
const mostSuggested = 12;

/** Grants on a folder without the owner's. Refusal 'not-found', 'forbidden'. */
export async function readGrants(account: MailAccount, path: string): Promise<Grant[]> {
  return withConnection(account, async (client) => {
    const grants: Grant[] = [];
    await runCommand(client, 'GETACL', [nameOf(client, path)], 'ACL', ([, ...pairs]) => {
      for (let at = 0; at + 1 < pairs.length; at += 2) {
        const who = tokenText(pairs[at]);
        if (who !== account.address) grants.push({ who, rights: tokenText(pairs[at + 1]) });
      }
    });
    return grants;
  });
}

/** Gives somebody a step of rights, or takes all of them away (null). Refusal 'not-found' for an unknown user. */
export async function changeGrant(
  account: MailAccount,
  path: string,
  who: string,
  level: ShareLevel | null,
): Promise<void> {
  if (!/^[^\s\u0000-\u001f\u007f]{1,320}$/.test(who)) {
    throw new Refusal('invalid', 'This is not an address.', 'who');
  }
  await withConnection(account, async (client) => {
    const subject = [nameOf(client, path), string(who)];
    if (level === null) await runCommand(client, 'DELETEACL', subject, 'ACL', () => {});
    else await runCommand(client, 'SETACL', [...subject, atom(rightsOf[level])], 'ACL', () => {});
  });
}

function nameOf(client: ImapFlow, path: string) {
  return string(encodePath(client as unknown as Parameters<typeof encodePath>[0], path));
}

/** Users of the same domain whose address or name begins with what is typed. */
export async function suggestColleagues(account: MailAccount, typed: string): Promise<Candidate[]> {
  const wanted = typed.trim().toLowerCase().slice(0, 100);
  const own = await db.account.findUnique({
    where: { id: account.id },
    select: { domainId: true },
  });
  if (!own) return [];
  const rows = await db.account.findMany({
    where: { domainId: own.domainId, isDisabled: false, kind: 'person', NOT: { id: account.id } },
    select: { address: true, displayName: true },
    orderBy: { address: 'asc' },
    take: 2000,
  });
  return rows
    .map(({ address, displayName }) => ({ address, name: displayName }))
    .filter(({ address, name }) =>
      [address, ...name.toLowerCase().split(/\s+/)].some((word) => word.startsWith(wanted)),
    )
    .slice(0, mostSuggested);
}
