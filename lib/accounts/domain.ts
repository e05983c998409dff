// The domains this server receives mail for (Postfix: mydestination, virtual_mailbox_domains).
import { domainToASCII } from 'node:url';
import { now } from '../clock.ts';
import { db, isUniqueViolation, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { newId } from '../id.ts';
import { recordChangeIn } from '../trail/change.ts';

export type Domain = {
  id: string;
  /** Lower case, A-label */
  name: string;
  comment: string;
  isDisabled: boolean;
  createdAt: Date;
};

const namePattern =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** The stored form of a domain name. Refusal 'invalid' (field "name"). */
export function canonicalDomain(text: string): string {
  const name = domainToASCII(text.trim().replace(/\.$/, '').toLowerCase());
  if (!namePattern.test(name)) {
    throw new Refusal('invalid', 'Give a domain name such as example.org.', 'name');
  }
  return name;
}

/** Every domain by name, with how many accounts and aliases it has. */
export async function listDomains(): Promise<(Domain & { accounts: number; aliases: number })[]> {
  const [domains, accounts, aliases] = await Promise.all([
    db.domain.findMany({ orderBy: { name: 'asc' } }),
    db.account.groupBy({ by: ['domainId'], _count: true }),
    db.alias.groupBy({ by: ['domainId'], _count: true }),
  ]);
  const countOf = (rows: { domainId: string; _count: number }[]) =>
    new Map(rows.map((row) => [row.domainId, row._count]));
  const accountsOf = countOf(accounts);
  const aliasesOf = countOf(aliases);
  return domains.map((domain) => ({
    ...domain,
    accounts: accountsOf.get(domain.id) ?? 0,
    aliases: aliasesOf.get(domain.id) ?? 0,
  }));
}

/** The domain of that name, or null. */
export async function findDomain(name: string): Promise<Domain | null> {
  return db.domain.findUnique({ where: { name: name.toLowerCase() } });
}

/** The domain of that name. Refusal 'not-found'. */
export async function requireDomain(name: string): Promise<Domain> {
  const domain = await findDomain(canonicalDomain(name));
  if (!domain) throw new Refusal('not-found', `There is no domain ${name} here.`, 'domain');
  return domain;
}

/** Adds a domain. Refusal 'invalid', 'exists'. */
export async function addDomain(
  input: { name: string; comment?: string },
  by: string,
): Promise<Domain> {
  const name = canonicalDomain(input.name);
  try {
    return await write(async (tx) => {
      await recordChangeIn(tx, by, `domain ${name}`, 'added');
      const comment = input.comment?.trim().slice(0, 500) ?? '';
      return tx.domain.create({ data: { id: newId(), name, comment, createdAt: now() } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new Refusal('exists', `${name} is here already.`, 'name');
    throw error;
  }
}

/** Changes comment or state. A disabled domain receives no mail; its users still sign in. */
export async function updateDomain(
  name: string,
  change: { comment?: string; isDisabled?: boolean },
  by: string,
): Promise<void> {
  const domain = await requireDomain(name);
  await write(async (tx) => {
    await tx.domain.update({
      where: { id: domain.id },
      data: { comment: change.comment?.trim().slice(0, 500), isDisabled: change.isDisabled },
    });
    await recordChangeIn(tx, by, `domain ${domain.name}`, JSON.stringify(change));
  });
}

/** Removes an empty domain. Refusal 'in-use' while it has accounts or aliases. */
export async function removeDomain(name: string, by: string): Promise<void> {
  const domain = await requireDomain(name);
  await write(async (tx) => {
    const accounts = await tx.account.count({ where: { domainId: domain.id } });
    const aliases = await tx.alias.count({ where: { domainId: domain.id } });
    if (accounts + aliases > 0) {
      throw new Refusal(
        'in-use',
        `${domain.name} still has ${accounts} users and ${aliases} aliases; remove them first.`,
      );
    }
    await tx.domain.delete({ where: { id: domain.id } });
    await recordChangeIn(tx, by, `domain ${domain.name}`, 'removed');
  });
}
