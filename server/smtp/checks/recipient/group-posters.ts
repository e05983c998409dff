// A group that users here, or its members, alone may write to. On port 25 a sender is only a claim: a member
// elsewhere counts where SPF says that its domain sends from this client, and an address of ours never does,
// since its owner would have signed in.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Group, Resolution } from '#lib/accounts/route.ts';
import { canonicalAddress, splitAddress } from '#lib/mail/address.ts';
import type { Client } from '../../session.ts';
import { resolveForMailauth } from '../../trust/resolver.ts';
import { pass, passed, refuse, type Verdict } from '../../verdict.ts';
import type { Check } from '../stages.ts';

/** The sender waits for the answer to RCPT meanwhile. */
const waitMs = 8000;

type Local = Extract<Resolution, { status: 'local' }>;

export const groupPosters: Check<'rcpt'> = {
  name: 'group-posters',
  title: 'Who may write to a group',
  run({ client, transaction, resolution, isTrusted }) {
    if (resolution.status !== 'local' || !resolution.group) return pass;
    const { group } = resolution;
    const sender = canonicalAddress(transaction.sender) ?? '';
    if (client.account) return judgeUser(client.account, sender, group, resolution);
    return judgeOther(client, sender, group, resolution, isTrusted);
  },
};

const closed = (group: Group, note: string) =>
  refuse('not-a-poster', 'You may not write to this group', `${group.address}: ${note}`);

/** The sender has been proven to be the user's own. */
function judgeUser(account: { id: string }, sender: string, group: Group, local: Local): Verdict {
  if (group.posters === 'inside') return passed('a user here');
  const isMember = local.mailboxes.some(({ accountId }) => accountId === account.id);
  return isMember || isAmong(sender, group, local)
    ? passed('a member')
    : closed(group, 'no member');
}

async function judgeOther(
  client: Client,
  sender: string,
  group: Group,
  local: Local,
  isTrusted: () => Promise<boolean>,
): Promise<Verdict> {
  const isNear = client.isLocal || (await isTrusted());
  if (group.posters === 'inside') {
    return isNear ? passed('from a trusted network') : closed(group, 'not from here');
  }
  if (isNear)
    return isAmong(sender, group, local) ? passed('a member') : closed(group, 'no member');
  if (!local.forwards.includes(sender)) return closed(group, 'no member elsewhere');
  const result = await askSpf(client, sender);
  if (result === 'pass') return passed('a member, SPF pass');
  return result === 'temperror'
    ? refuse('access-deferred', 'Your address cannot be verified now', 'SPF temperror')
    : closed(group, `a member's address, but SPF ${result}`);
}

function isAmong(sender: string, { targets }: Group, { mailboxes, forwards }: Local): boolean {
  if (sender === '') return false;
  return [...targets, ...forwards, ...mailboxes.map(({ address }) => address)].includes(sender);
}

/** RFC 7208 §2.6: the result for the domain of `sender`; 'temperror' where the DNS does not say in time. */
async function askSpf(client: Client, sender: string): Promise<string> {
  // Loaded by who needs it: seldom, and the start of the server would wait for it.
  const { spf } = await import('mailauth/lib/spf/index.js');
  const asked = spf({
    ip: client.remote,
    helo: client.helo || `[${client.remote}]`,
    sender,
    mta: client.hostname,
    resolver: resolveForMailauth as never,
  }).then(({ domain, status }) =>
    domain === splitAddress(sender).domain ? status.result : 'none',
  );
  const late = sleep(waitMs, 'temperror', { ref: false });
  return Promise.race([asked, late]).catch(() => 'temperror');
}
