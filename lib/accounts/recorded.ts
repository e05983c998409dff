// What the history of the configuration (lib/history/revise.ts) keeps of addresses and policy. The names of the fields are
// those of the file of lib/configuration too.
import { db, type Tx } from '../db.ts';
import type { Fields, Recorded } from '../history/revise.ts';
import { readClosed } from './closed-protocols.ts';
import { isOverDomains, readRole } from './role.ts';

/** Key: its CIDR. */
export const recordedNetwork: Recorded = {
  kind: 'network',
  read: async (tx, cidr) => {
    const row = await tx.network.findUnique({ where: { cidr } });
    return row && { cidr, comment: row.comment, expiresAt: row.expiresAt?.toISOString() ?? null };
  },
  describe: (cidr) => `network ${cidr}`,
};

/** Key: its name. */
export const recordedDomain: Recorded = {
  kind: 'domain',
  read: async (tx, name) => {
    const row = await tx.domain.findUnique({ where: { name } });
    return row && toDomainFields(row);
  },
  describe: (name) => `domain ${name}`,
};

type DomainRow = {
  name: string;
  comment: string;
  isDisabled: boolean;
  quotaBytes: bigint | number;
  quotaMessages: bigint | number;
  maxUsers: number;
  maxAliases: number;
  aliasOf: string;
  archive: string;
  elsewhere: string;
  footerText: string;
  footerHtml: string;
  footerFor: string;
};

/** Of its row. */
export function toDomainFields(row: DomainRow): Fields {
  const { name, comment, isDisabled, aliasOf, archive, elsewhere } = row;
  const { footerText, footerHtml, footerFor, maxUsers, maxAliases } = row;
  return {
    ...{ name, comment, isDisabled },
    quotaBytes: Number(row.quotaBytes),
    quotaMessages: Number(row.quotaMessages),
    ...{ maxUsers, maxAliases },
    ...{ aliasOf, archive, elsewhere, footerText, footerHtml, footerFor },
  };
}

/** Key: its address. */
export const recordedAlias: Recorded = {
  kind: 'alias',
  read: async (tx, address) => {
    const row = await tx.alias.findUnique({ where: { address } });
    if (!row) return null;
    const targets = await tx.aliasTarget.findMany({
      where: { aliasId: row.id },
      orderBy: { address: 'asc' },
    });
    const { comment, posters, isDisabled } = row;
    return {
      address,
      targets: targets.map((target) => target.address),
      comment,
      posters,
      isDisabled,
    };
  },
  describe: (address) => `alias ${address}`,
};

/** Key: its id. */
export const recordedAccessRule: Recorded = {
  kind: 'access rule',
  read: async (tx, id) => {
    const row = await tx.accessRule.findUnique({ where: { id } });
    if (!row) return null;
    const { scope, position, pattern, action, argument, comment, isDisabled } = row;
    return { scope, position, pattern, action, argument, comment, isDisabled };
  },
  describe: (_id, { scope, pattern }) => `access rule ${scope} ${pattern}`,
};

/** Key: its id. */
export const recordedRewrite: Recorded = {
  kind: 'rewriting',
  read: async (tx, id) => {
    const row = await tx.rewrite.findUnique({ where: { id } });
    if (!row) return null;
    const { scope, pattern, replacement, comment } = row;
    return { scope, pattern, replacement, comment };
  },
  describe: (_id, { scope, pattern }) => `rewriting of ${scope} ${pattern}`,
};

/** Key: its id. Never what opens it; one that is deleted is not there. */
export const recordedAccount: Recorded = {
  kind: 'user',
  read: async (tx, id) => {
    const row = await tx.account.findUnique({ where: { id } });
    if (row?.kind !== 'person' || row.deletedAt) return null;
    return toAccountFields(row, await readCharges(tx, row));
  },
  describe: (_id, { address }) => `user ${address}`,
};

/** Key: its id; one that is deleted is not there. */
export const recordedSharedMailbox: Recorded = {
  kind: 'shared mailbox',
  read: async (tx, id) => {
    const row = await tx.account.findUnique({ where: { id } });
    return row?.kind === 'shared' && !row.deletedAt ? toSharedFields(row) : null;
  },
  describe: (_id, { address }) => `shared mailbox ${address}`,
};

/** Of its row. */
export function toSharedFields(
  row: Pick<AccountRow, 'address' | 'displayName' | 'isDisabled' | 'quotaBytes' | 'quotaMessages'>,
): Fields {
  const { address, displayName, isDisabled } = row;
  return {
    ...{ address, displayName, isDisabled },
    quotaBytes: toNumber(row.quotaBytes),
    quotaMessages: toNumber(row.quotaMessages),
  };
}

/** Of an account, whatever it is; its key is its id. */
export async function recordedOf(id: string): Promise<Recorded> {
  const row = await db.account.findUnique({ where: { id }, select: { kind: true } });
  return row?.kind === 'shared' ? recordedSharedMailbox : recordedAccount;
}

/** Key: the id of the shared mailbox and that of the member, a blank between. */
export const recordedMember: Recorded = {
  kind: 'member',
  read: async (tx, key) => {
    const [sharedId = '', memberId = ''] = key.split(' ');
    const where = { sharedId_memberId: { sharedId, memberId } };
    const row = await tx.member.findUnique({ where });
    const shared = row && (await tx.account.findUnique({ where: { id: sharedId } }));
    const member = row && (await tx.account.findUnique({ where: { id: memberId } }));
    if (!shared || !member) return null;
    const { mayWrite, maySend } = row;
    return { mailbox: shared.address, address: member.address, mayWrite, maySend };
  },
  describe: (_key, { mailbox, address }) => `member ${address} of ${mailbox}`,
};

/** The names of the domains that an account looks after. */
async function readCharges(tx: Tx, { id, role }: { id: string; role: string }): Promise<string[]> {
  if (!isOverDomains(readRole(role))) return [];
  const charges = await tx.charge.findMany({ where: { accountId: id } });
  const domains = await tx.domain.findMany({
    where: { id: { in: charges.map(({ domainId }) => domainId) } },
    orderBy: { name: 'asc' },
    select: { name: true },
  });
  return domains.map(({ name }) => name);
}

type AccountRow = {
  address: string;
  displayName: string;
  role: string;
  isDisabled: boolean;
  quotaBytes: bigint | number | null;
  quotaMessages: bigint | number | null;
  dailyMessages: number | null;
  dailyRecipients: number | null;
  closedProtocols: string;
};

/** Of its row and the names of the domains that it looks after. */
export function toAccountFields(row: AccountRow, domains: string[]): Fields {
  const { address, displayName, role, isDisabled, dailyMessages, dailyRecipients } = row;
  return {
    ...{ address, displayName, role, domains, isDisabled },
    quotaBytes: toNumber(row.quotaBytes),
    quotaMessages: toNumber(row.quotaMessages),
    ...{ dailyMessages, dailyRecipients },
    closedProtocols: readClosed(row.closedProtocols),
  };
}

function toNumber(value: bigint | number | null): number | null {
  return value === null ? null : Number(value);
}
