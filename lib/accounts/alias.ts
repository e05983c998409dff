// Aliases: an address that stands for others, here or outside; "@domain" is the catch-all of a domain, and "*"
// in the local part stands for anything (alias-pattern.ts).
import { now } from '../clock.ts';
import { db, isUniqueViolation, type Tx } from '../db.ts';
import { containsText } from '../dialect/index.ts';
import { Refusal } from '../errors.ts';
import { revise } from '../history/revise.ts';
import { newId } from '../id.ts';
import { splitAddress } from '../mail/address.ts';
import { recordChangeIn } from '../trail/change.ts';
import { domainOf, requireAddress, requireAliasAddress } from './address.ts';
import { isRoute, maxStars } from './alias-pattern.ts';
import { requireDomain } from './domain.ts';
import { recordedAlias } from './recorded.ts';

export type Alias = {
  id: string;
  /** Canonical, or "@example.org" */
  address: string;
  targets: string[];
  comment: string;
  /** Who may write to it: anybody, users here, or its targets */
  posters: Posters;
  /** "*" in the local part stands for anything */
  isPattern: boolean;
  isDisabled: boolean;
  createdAt: Date;
};

export const posterKinds = ['anyone', 'inside', 'members'] as const;
export type Posters = (typeof posterKinds)[number];

const maxTargets = 500;

export type AliasFilter = {
  search?: string;
  domain?: string;
  target?: string;
  /** Of these domains only. */
  domainIds?: string[];
};

/** Aliases by address, of a domain, to a target or with a text in address, comment or a target. */
export async function listAliases(filter: AliasFilter = {}): Promise<Alias[]> {
  const search = filter.search?.trim().toLowerCase();
  const idsOf = async (where: object) =>
    (await db.aliasTarget.findMany({ where, select: { aliasId: true } })).map((row) => row.aliasId);
  const conditions: object[] = [];
  if (filter.domain) conditions.push({ address: { endsWith: `@${filter.domain.toLowerCase()}` } });
  if (filter.domainIds) conditions.push({ domainId: { in: filter.domainIds } });
  if (filter.target) conditions.push({ id: { in: await idsOf({ address: filter.target }) } });
  if (search) {
    const found = await idsOf({ address: containsText(search) });
    conditions.push({
      OR: [
        { address: containsText(search) },
        { comment: containsText(search) },
        { id: { in: found } },
      ],
    });
  }
  const rows = await db.alias.findMany({
    where: { AND: conditions },
    orderBy: { address: 'asc' },
    take: 5000,
  });
  const targets = await db.aliasTarget.findMany({
    where: { aliasId: { in: rows.map((row) => row.id) } },
    orderBy: { address: 'asc' },
  });
  const byAlias = Map.groupBy(targets, (target) => target.aliasId);
  return rows.map(({ domainId: _domain, ...row }) => ({
    ...row,
    posters: row.posters as Posters,
    targets: (byAlias.get(row.id) ?? []).map((target) => target.address),
  }));
}

/** The alias of that address, or null. */
export async function findAlias(address: string): Promise<Alias | null> {
  const row = await db.alias.findUnique({ where: { address: address.trim().toLowerCase() } });
  if (!row) return null;
  const targets = await db.aliasTarget.findMany({
    where: { aliasId: row.id },
    orderBy: { address: 'asc' },
  });
  const { domainId: _domain, ...rest } = row;
  return {
    ...rest,
    posters: row.posters as Posters,
    targets: targets.map((target) => target.address),
  };
}

async function requireAlias(address: string): Promise<Alias> {
  const alias = await findAlias(requireAliasAddress(address));
  if (!alias) throw new Refusal('not-found', `There is no alias ${address} here.`);
  return alias;
}

function requireTargets(targets: string[]): string[] {
  const unique = [...new Set(targets.map((target) => requireAddress(target, 'targets')))];
  if (unique.length === 0) {
    throw new Refusal('invalid', 'Give at least one address the mail goes to.', 'targets');
  }
  if (unique.length > maxTargets) {
    throw new Refusal('limit', `An alias may have at most ${maxTargets} targets.`, 'targets');
  }
  return unique;
}

/** Whether the address is a wildcard. Refusal 'invalid' where it could not work. */
function checkPattern(address: string): boolean {
  const { local } = splitAddress(address);
  const stars = local.split('*').length - 1;
  if (stars === 0) return false;
  if (local.replaceAll('*', '') === '') {
    throw new Refusal('invalid', 'For every address of a domain write @example.org.', 'address');
  }
  if (stars > maxStars || isRoute(local)) {
    throw new Refusal(
      'invalid',
      `A wildcard has at most ${maxStars} stars and no %, ! or quotes.`,
      'address',
    );
  }
  return true;
}

function requirePosters(posters: Posters): Posters {
  if (posterKinds.includes(posters)) return posters;
  throw new Refusal('invalid', `Writers are one of ${posterKinds.join(', ')}.`, 'posters');
}

async function writeTargets(tx: Tx, aliasId: string, targets: string[]): Promise<void> {
  await tx.aliasTarget.deleteMany({ where: { aliasId } });
  await tx.aliasTarget.createMany({ data: targets.map((address) => ({ aliasId, address })) });
}

export type NewAlias = {
  address: string;
  targets: string[];
  comment?: string;
  posters?: Posters;
};

/** Adds an alias in a domain that exists. Refusal 'invalid', 'not-found', 'exists'. */
export async function addAlias(input: NewAlias, by: string): Promise<void> {
  const address = requireAliasAddress(input.address);
  const isPattern = checkPattern(address);
  const targets = requireTargets(input.targets);
  const posters = requirePosters(input.posters ?? 'anyone');
  const domain = await requireDomain(domainOf(address));
  const id = newId();
  const comment = input.comment?.trim().slice(0, 500) ?? '';
  if (address.startsWith('@') && domain.aliasOf !== '') {
    throw new Refusal(
      'invalid',
      `${domain.name} has the addresses of ${domain.aliasOf}; its catch-all is the one of that domain.`,
      'address',
    );
  }
  try {
    await revise(by, recordedAlias, address, async (tx) => {
      if (await tx.account.findUnique({ where: { address } })) {
        throw new Refusal('exists', `${address} is a user already.`, 'address');
      }
      const fields = { address, domainId: domain.id, comment, posters, isPattern };
      await tx.alias.create({ data: { id, ...fields, createdAt: now() } });
      await writeTargets(tx, id, targets);
      const who = posters === 'anyone' ? '' : `, from ${posters} only`;
      await recordChangeIn(tx, by, `alias ${address}`, `added: ${targets.join(', ')}${who}`);
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new Refusal('exists', `${address} is here already.`, 'address');
    throw error;
  }
}

export type AliasChange = {
  targets?: string[];
  comment?: string;
  posters?: Posters;
  isDisabled?: boolean;
};

/** Changes targets, comment, posters or state. Refusal 'not-found', 'invalid', 'limit'. */
export async function updateAlias(address: string, change: AliasChange, by: string): Promise<void> {
  const alias = await requireAlias(address);
  const targets = change.targets && requireTargets(change.targets);
  const posters = change.posters && requirePosters(change.posters);
  await revise(by, recordedAlias, alias.address, async (tx) => {
    await tx.alias.update({
      where: { id: alias.id },
      data: {
        comment: change.comment?.trim().slice(0, 500),
        posters,
        isDisabled: change.isDisabled,
      },
    });
    if (targets) await writeTargets(tx, alias.id, targets);
    await recordChangeIn(tx, by, `alias ${alias.address}`, JSON.stringify(change));
  });
}

/** Removes an alias. */
export async function removeAlias(address: string, by: string): Promise<void> {
  const alias = await requireAlias(address);
  await revise(by, recordedAlias, alias.address, async (tx) => {
    await tx.aliasTarget.deleteMany({ where: { aliasId: alias.id } });
    await tx.alias.delete({ where: { id: alias.id } });
    await recordChangeIn(tx, by, `alias ${alias.address}`, 'removed');
  });
}
