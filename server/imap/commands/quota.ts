// GETQUOTA and GETQUOTAROOT (RFC 9208), read only: the root "" for the account, a second one for its domain
// where that has limits. STORAGE is counted in units of 1024 octets (§5.1), MESSAGE in messages (§5.2); only
// what is limited is told, and what has no limit at all is no root.
import { type Quota, type Room, readQuota } from '#server/store/quota/quota.ts';
import { locateMailbox } from '../locate.ts';
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
  async *run(session, name) {
    const root = listRoots(await readQuota(session.accountId)).find((root) => root.name === name);
    if (!root) return no('There is no such quota root', 'NONEXISTENT');
    yield formatQuota(root);
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
  async *run(session, asked) {
    const { accountId, name, isOwn } = await locateMailbox(session, asked, 'r');
    // Copies into somebody else's mailbox count there; what the owner uses is nobody else's business.
    const roots = isOwn ? listRoots(await readQuota(accountId)) : [];
    const names = [name, ...roots.map((root) => root.name)].map((each) => session.formatName(each));
    yield untagged(`QUOTAROOT ${names.join(' ')}`);
    // The user's own comes last: imapflow keeps only the last number of each resource.
    for (const root of roots.reverse()) yield formatQuota(root);
    return ok('Getquotaroot completed');
  },
});

type Root = { name: string; resources: string[] };

function listRoots(quota: Quota): Root[] {
  const { domain } = quota;
  const roots = [{ name: '', resources: listResources(quota) }];
  // A person reads it, in the folder's properties of mail programs.
  if (domain) roots.push({ name: `Domain ${domain.name}`, resources: listResources(domain) });
  return roots.filter(({ resources }) => resources.length > 0);
}

function listResources(room: Room): string[] {
  const resources: string[] = [];
  if (room.limitBytes !== null) {
    resources.push(`STORAGE ${toUnits(room.usedBytes)} ${toUnits(room.limitBytes)}`);
  }
  if (room.limitMessages !== null) {
    resources.push(`MESSAGE ${room.usedMessages} ${room.limitMessages}`);
  }
  return resources;
}

function toUnits(bytes: number): number {
  return Math.ceil(bytes / 1024);
}

function formatQuota({ name, resources }: Root): string {
  return untagged(`QUOTA ${formatName(name, false)} (${resources.join(' ')})`);
}
