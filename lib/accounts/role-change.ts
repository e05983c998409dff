// Giving roles and the domains to look after. Only super admins do (requireAdmin() of app/session.ts).
import { db, type Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import { revise } from '../history/revise.ts';
import { recordChangeIn } from '../trail/change.ts';
import { type Account, toAccount } from './account.ts';
import { requireDomain } from './domain.ts';
import { refuseLastAdmin } from './last-admin.ts';
import { endPasswordLinksIn } from './one-time-token.ts';
import { recordedAccount } from './recorded.ts';
import { isOverDomains, type Role, readRole, roles, roleTexts } from './role.ts';
import { endWebSessionsIn } from './web-session-end.ts';

export type StaffMember = Account & {
  /** Names; empty for a super admin, who needs none */
  domains: string[];
};

/**
 * Gives an account a role, and to a domain admin or the help desk the domains. Its sessions end, and so do links to set
 * its password that others made. Refusal 'not-found' (account, domain), 'invalid', 'forbidden' (the last super admin, a
 * shared mailbox).
 */
export async function giveRole(
  id: string,
  { role, domains }: { role: Role; domains: string[] },
  by: string,
): Promise<void> {
  if (!roles.includes(role)) throw new Refusal('invalid', 'There is no such role.', 'role');
  const wanted = isOverDomains(role) ? await Promise.all(domains.map(requireDomain)) : [];
  const ids = [...new Set(wanted.map((domain) => domain.id))].sort();
  await revise(by, recordedAccount, id, async (tx) => {
    const row = await tx.account.findUnique({ where: { id } });
    if (!row) throw new Refusal('not-found', 'This user is not here any more.');
    if (row.kind === 'shared' && role !== 'user') {
      throw new Refusal('forbidden', `${row.address} is a shared mailbox: nobody signs in as it.`);
    }
    if (row.role === 'admin' && role !== 'admin') await refuseLastAdmin(tx, id);
    if (row.role === role && (await readChargesIn(tx, id)).join() === ids.join()) return;
    await tx.charge.deleteMany({ where: { accountId: id } });
    await tx.charge.createMany({ data: ids.map((domainId) => ({ accountId: id, domainId })) });
    await tx.account.update({ where: { id }, data: { role, epoch: { increment: 1 } } });
    await endWebSessionsIn(tx, id);
    await endPasswordLinksIn(tx, id);
    const over = wanted.length > 0 ? ` of ${wanted.map(({ name }) => name).join(', ')}` : '';
    const text = `${roleTexts[role]}${over}; before: ${roleTexts[readRole(row.role)]}`;
    // No "user …": it names domains that are not for everybody who sees changes of users (lib/trail/list.ts).
    await recordChangeIn(tx, by, `role of ${row.address}`, text);
  });
}

async function readChargesIn(tx: Tx, accountId: string): Promise<string[]> {
  const rows = await tx.charge.findMany({ where: { accountId } });
  return rows.map(({ domainId }) => domainId).sort();
}

/** Everybody with a role, super admins first, then by address; at most 1000. */
export async function listStaff(): Promise<StaffMember[]> {
  const rows = await db.account.findMany({
    where: { role: { not: 'user' } },
    orderBy: [{ role: 'asc' }, { address: 'asc' }],
    take: 1000,
  });
  const names = await readDomainNames(rows.map(({ id }) => id));
  return rows.map((row) => ({ ...toAccount(row), domains: names.get(row.id) ?? [] }));
}

/** The names of the domains that the account looks after. */
export async function listCharges(accountId: string): Promise<string[]> {
  return (await readDomainNames([accountId])).get(accountId) ?? [];
}

async function readDomainNames(accountIds: string[]): Promise<Map<string, string[]>> {
  const charges = await db.charge.findMany({ where: { accountId: { in: accountIds } } });
  const ids = [...new Set(charges.map(({ domainId }) => domainId))];
  const domains = await db.domain.findMany({
    where: { id: { in: ids } },
    orderBy: { name: 'asc' },
  });
  const names = new Map<string, string[]>();
  for (const { id, name } of domains) {
    for (const { accountId, domainId } of charges) {
      if (domainId === id) names.set(accountId, [...(names.get(accountId) ?? []), name]);
    }
  }
  return names;
}
