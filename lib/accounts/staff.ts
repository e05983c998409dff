// Those who look after others: a super admin after everything, domain admins and the help desk after the domains of
// their charges. What is outside of them does not exist for them: "not-found", never "forbidden", so that nothing leaks.
// Accounts with a role are for super admins alone: whoever could set their passwords would have their roles.
import { db } from '../db.ts';
import { Refusal } from '../errors.ts';
import { type Account, findAccount, readAccount } from './account.ts';
import { type Domain, findDomain } from './domain.ts';
import { listMembers, type Member } from './member.ts';
import { isOverDomains, type Role } from './role.ts';

/** "all", or these domains and no others */
export type Scope = 'all' | { id: string; name: string }[];
/** Who does something, and over what */
export type Staff = {
  /** Of the account; empty on the command line without --as */
  id: string;
  /** For the trail */
  address: string;
  role: Role;
  scope: Scope;
};

/** The account with what it looks after, now. */
export async function readStaff<T extends Pick<Account, 'id' | 'role' | 'address'>>(
  account: T,
): Promise<T & Staff> {
  return { ...account, scope: await readScope(account) };
}

async function readScope({ id, role }: { id: string; role: Role }): Promise<Scope> {
  if (role === 'admin') return 'all';
  if (!isOverDomains(role)) return [];
  const charges = await db.charge.findMany({ where: { accountId: id } });
  const ids = charges.map(({ domainId }) => domainId);
  const select = { id: true, name: true };
  return db.domain.findMany({ where: { id: { in: ids } }, select, orderBy: { name: 'asc' } });
}

/** The ids of the domains, for filters; undefined = all. */
export function idsOf(scope: Scope): string[] | undefined {
  return scope === 'all' ? undefined : scope.map(({ id }) => id);
}

/** Their names, likewise. */
export function namesOf(scope: Scope): string[] | undefined {
  return scope === 'all' ? undefined : scope.map(({ name }) => name);
}

export function isInScope(scope: Scope, domainId: string): boolean {
  return scope === 'all' || scope.some(({ id }) => id === domainId);
}

/** Whether the staff may change the account: one of its domains, without a role that is not its own to give. */
export function mayChange(staff: Staff, account: Pick<Account, 'domainId' | 'role'>): boolean {
  if (staff.role === 'admin') return true;
  return isInScope(staff.scope, account.domainId) && account.role === 'user';
}

/** The account of that id that the staff may change. Refusal 'not-found', 'forbidden' (has a role). */
export async function requireUserOf(staff: Staff, id: string): Promise<Account> {
  return requireChangeable(staff, await readAccount(id), 'There is no such user.');
}

/** The same by address. */
export async function requireUserAt(staff: Staff, address: string): Promise<Account> {
  const unknown = `There is no user ${address} here.`;
  return requireChangeable(staff, await findAccount(address), unknown);
}

function requireChangeable(staff: Staff, account: Account | null, unknown: string): Account {
  if (!account || !isInScope(staff.scope, account.domainId)) {
    throw new Refusal('not-found', unknown);
  }
  if (mayChange(staff, account)) return account;
  throw new Refusal('forbidden', `${account.address} has a role: only a super admin changes it.`);
}

/** The shared mailbox of that address. Refusal 'not-found', also for a user's. */
export async function requireSharedOf(staff: Staff, address: string): Promise<Account> {
  const account = await findAccount(address);
  if (account?.kind === 'shared' && isInScope(staff.scope, account.domainId)) return account;
  throw new Refusal('not-found', `There is no shared mailbox ${address} here.`);
}

/** Whom it may make a member of a shared mailbox: anybody of its domains, with a role or not. Refusal 'not-found'. */
export async function requirePersonOf({ scope }: Staff, address: string): Promise<Account> {
  const account = await findAccount(address);
  if (account && isInScope(scope, account.domainId)) return account;
  throw new Refusal('not-found', `There is no user ${address} here.`);
}

/** Who is a member already, of whichever domain. Refusal 'not-found'. */
export async function requireMemberOf(sharedId: string, address: string): Promise<Member> {
  const members = (await listMembers([sharedId])).get(sharedId) ?? [];
  const member = members.find((each) => each.address === address.trim().toLowerCase());
  if (member) return member;
  throw new Refusal('not-found', `${address} is no member.`, 'member');
}

/** The domain of that name. Refusal 'not-found'. */
export async function requireDomainOf(staff: Staff, name: string): Promise<Domain> {
  const domain = await findDomain(name.trim());
  if (domain && isInScope(staff.scope, domain.id)) return domain;
  throw new Refusal('not-found', `There is no domain ${name} here.`, 'domain');
}

/** For an address to be made, changed or removed: its domain. Refusal 'invalid', 'not-found'. */
export async function requireDomainOfAddress(staff: Staff, address: string): Promise<Domain> {
  if (!address.includes('@')) {
    throw new Refusal('invalid', `"${address.slice(0, 100)}" is no address.`, 'address');
  }
  return requireDomainOf(staff, address.trim().slice(address.trim().lastIndexOf('@') + 1));
}
