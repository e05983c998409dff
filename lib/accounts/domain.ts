// The domains this server receives mail for (Postfix: mydestination, virtual_mailbox_domains).
import { domainToASCII } from 'node:url';
import { now } from '../clock.ts';
import { db, isUniqueViolation } from '../db.ts';
import { Refusal } from '../errors.ts';
import { revise } from '../history/revise.ts';
import { newId } from '../id.ts';
import { canonicalAddress } from '../mail/address.ts';
import { recordChangeIn } from '../trail/change.ts';
import { requireLimit } from './limit.ts';
import { requireReachable } from './reachable.ts';
import { recordedDomain } from './recorded.ts';

/** All addresses; those with a user or alias here, others do not exist; or all but those with a user here. */
export const elsewheres = ['all', 'listed', 'others'] as const;
export type Elsewhere = (typeof elsewheres)[number];

export type Domain = {
  id: string;
  /** Lower case, A-label */
  name: string;
  comment: string;
  isDisabled: boolean;
  /** The domain whose addresses this one has as well; empty = addresses of its own only */
  aliasOf: string;
  /** Address that gets a copy of all mail to and from the domain; empty = none */
  archive: string;
  /** Whose mail is passed on to another server; empty = mailboxes are here */
  elsewhere: Elsewhere | '';
  /** What its accounts may use together; 0: no limit */
  quotaBytes: number;
  quotaMessages: number;
  /** How many it may have; 0: no limit */
  maxUsers: number;
  maxAliases: number;
  createdAt: Date;
};

type Row = NonNullable<Awaited<ReturnType<typeof db.domain.findUnique>>>;

/** The domain as the rest of Drey sees it. */
export function toDomain({ warnedPercent: _hidden, ...row }: Row): Domain {
  return {
    ...row,
    elsewhere: row.elsewhere as Elsewhere | '',
    quotaBytes: Number(row.quotaBytes),
    quotaMessages: Number(row.quotaMessages),
  };
}

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

/** The domain of that name, or null. */
export async function findDomain(name: string): Promise<Domain | null> {
  const row = await db.domain.findUnique({ where: { name: name.toLowerCase() } });
  return row && toDomain(row);
}

/** The domain of that name. Refusal 'not-found'. */
export async function requireDomain(name: string): Promise<Domain> {
  const domain = await findDomain(canonicalDomain(name));
  if (!domain) throw new Refusal('not-found', `There is no domain ${name} here.`, 'domain');
  return domain;
}

export type DomainPolicy = { aliasOf?: string; archive?: string; elsewhere?: string };
const limitNames = ['quotaBytes', 'quotaMessages', 'maxUsers', 'maxAliases'] as const;
export type DomainLimits = Partial<Record<(typeof limitNames)[number], number>>;

/** Adds a domain. Refusal 'invalid', 'exists', 'not-found'. */
export async function addDomain(
  input: { name: string; comment?: string } & DomainLimits & DomainPolicy,
  by: string,
): Promise<Domain> {
  const name = canonicalDomain(input.name);
  const limits = readLimits(input);
  const policy = {
    archive: await requireArchive(input.archive),
    aliasOf: await requireAliasOf(name, input.aliasOf),
    elsewhere: requireElsewhere(input.elsewhere),
  };
  refuseBoth(policy);
  try {
    return await revise(by, recordedDomain, name, async (tx) => {
      const of = policy.aliasOf ? `: alias of ${policy.aliasOf}` : '';
      await recordChangeIn(tx, by, `domain ${name}`, `added${of}`);
      const comment = input.comment?.trim().slice(0, 500) ?? '';
      const data = { id: newId(), name, comment, ...limits, ...policy, createdAt: now() };
      return toDomain(await tx.domain.create({ data }));
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new Refusal('exists', `${name} is here already.`, 'name');
    throw error;
  }
}

/**
 * Changes comment, state, limits, archive, what it is an alias of or where its mailboxes are. A disabled domain receives no mail; its users still sign in. Where less is
 * allowed than is used, nothing goes and nothing more comes. Refusal 'not-found', 'invalid', 'in-use'.
 */
export async function updateDomain(
  name: string,
  change: { comment?: string; isDisabled?: boolean } & DomainLimits & DomainPolicy,
  by: string,
): Promise<Domain> {
  const domain = await requireDomain(name);
  const limits = readLimits(change);
  const archive = await requireArchive(change.archive);
  const aliasOf = await requireAliasOf(domain.name, change.aliasOf);
  const elsewhere = requireElsewhere(change.elsewhere);
  refuseBoth({ aliasOf: aliasOf ?? domain.aliasOf, elsewhere: elsewhere ?? domain.elsewhere });
  return revise(by, recordedDomain, domain.name, async (tx) => {
    const { isDisabled } = change;
    const comment = change.comment?.trim().slice(0, 500);
    const row = await tx.domain.update({
      where: { id: domain.id },
      data: { comment, isDisabled, ...limits, archive, aliasOf, elsewhere },
    });
    await recordChangeIn(tx, by, `domain ${domain.name}`, JSON.stringify(change));
    return toDomain(row);
  });
}

function readLimits(input: DomainLimits): DomainLimits {
  for (const name of limitNames) requireLimit(input[name], name);
  return Object.fromEntries(limitNames.map((name) => [name, input[name]]));
}

async function requireArchive(text: string | undefined): Promise<string | undefined> {
  if (text === undefined || text.trim() === '') return text?.trim();
  const address = canonicalAddress(text.trim());
  if (!address || address.endsWith(']')) {
    const example = 'archive@example.org';
    throw new Refusal('invalid', `The archive is an address such as ${example}.`, 'archive');
  }
  await requireReachable(address, 'archive');
  return address;
}

/** The domain that `name` may be an alias of: one that is here and no alias itself; '' = none. */
async function requireAliasOf(name: string, text: string | undefined): Promise<string | undefined> {
  if (text === undefined || text.trim() === '') return text?.trim();
  const refuse = (why: string) => {
    throw new Refusal('invalid', why, 'aliasOf');
  };
  const other = await findDomain(canonicalDomain(text));
  if (!other) throw new Refusal('not-found', `There is no domain ${text.trim()} here.`, 'aliasOf');
  if (other.name === name) refuse('A domain is no alias of itself.');
  if (other.aliasOf) refuse(`${other.name} is an alias of ${other.aliasOf}; name that one.`);
  if ((await db.domain.count({ where: { aliasOf: name } })) > 0) {
    refuse(`Other domains are aliases of ${name}.`);
  }
  if (await db.alias.findUnique({ where: { address: `@${name}` } })) {
    refuse(`${name} has a catch-all; remove it first.`);
  }
  return other.name;
}

function requireElsewhere(text: string | undefined): Elsewhere | '' | undefined {
  if (text === undefined || text === '') return text;
  const found = elsewheres.find((one) => one === text);
  if (found) return found;
  throw new Refusal('invalid', `Say one of ${elsewheres.join(', ')}, or nothing.`, 'elsewhere');
}

function refuseBoth({ aliasOf, elsewhere }: { aliasOf?: string; elsewhere?: string }): void {
  if (!aliasOf || !elsewhere) return;
  const text = 'The addresses of an alias domain are those of the other; pass on the mail of that.';
  throw new Refusal('invalid', text, 'elsewhere');
}

/** Removes an empty domain. Refusal 'in-use' while it has accounts or aliases, or others are aliases of it. */
export async function removeDomain(name: string, by: string): Promise<void> {
  const domain = await requireDomain(name);
  await revise(by, recordedDomain, domain.name, async (tx) => {
    const accounts = await tx.account.count({ where: { domainId: domain.id } });
    const aliases = await tx.alias.count({ where: { domainId: domain.id } });
    if (accounts + aliases > 0) {
      throw new Refusal(
        'in-use',
        `${domain.name} still has ${accounts} users (with deleted ones) and ${aliases} aliases; remove them first.`,
      );
    }
    const others = await tx.domain.findMany({ where: { aliasOf: domain.name } });
    if (others[0]) {
      throw new Refusal('in-use', `${others[0].name} is an alias of ${domain.name}.`);
    }
    await tx.dkimKey.deleteMany({ where: { domainId: domain.id } });
    await tx.directoryEntry.deleteMany({ where: { domainId: domain.id } });
    await tx.charge.deleteMany({ where: { domainId: domain.id } });
    await tx.userDefaults.deleteMany({ where: { id: domain.name } });
    await tx.domain.delete({ where: { id: domain.id } });
    await recordChangeIn(tx, by, `domain ${domain.name}`, 'removed');
  });
}
