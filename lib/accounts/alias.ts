// Aliases: an address that stands for others, here or outside; "@domain" is the catch-all of a domain, and "*"
// in the local part stands for anything (alias-pattern.ts).
import { now } from '../clock.ts';
import { db, isUniqueViolation, type Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import { revise } from '../history/revise.ts';
import { newId } from '../id.ts';
import { splitAddress } from '../mail/address.ts';
import { recordChangeIn } from '../trail/change.ts';
import { domainOf, requireAddress, requireAliasAddress } from './address.ts';
import { isRoute, maxStars } from './alias-pattern.ts';
import { requireDomain } from './domain.ts';
import { requireRoomForAlias } from './domain-limits.ts';
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

/** The alias of that address, or null. */
export async function findAlias(address: string): Promise<Alias | null> {
  const row = await db.alias.findUnique({ where: { address: address.trim().toLowerCase() } });
  if (!row) return null;
  const targets = await db.aliasTarget.findMany({
    where: { aliasId: row.id },
    orderBy: { address: 'asc' },
  });
  return toAlias(row, targets);
}

type Row = NonNullable<Awaited<ReturnType<typeof db.alias.findUnique>>>;

/** Of its rows; the targets in their order. */
export function toAlias({ domainId: _domain, ...row }: Row, targets: { address: string }[]): Alias {
  return {
    ...row,
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
      await requireRoomForAlias(tx, domain);
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

/**
 * Adds targets (canonical addresses) to an alias; resolves with how many were not among them. Refusal 'not-found', 'limit'.
 */
export async function addTargets(address: string, targets: string[], by: string): Promise<number> {
  const alias = await requireAlias(address);
  return revise(by, recordedAlias, alias.address, async (tx) => {
    const rows = await tx.aliasTarget.findMany({ where: { aliasId: alias.id } });
    const known = new Set(rows.map((row) => row.address));
    const fresh = [...new Set(targets)].filter((target) => !known.has(target));
    requireTargets([...known, ...fresh]);
    await tx.aliasTarget.createMany({
      data: fresh.map((target) => ({ aliasId: alias.id, address: target })),
    });
    const text = `added ${fresh.length} targets: ${fresh.join(', ')}`;
    if (fresh.length > 0) await recordChangeIn(tx, by, `alias ${alias.address}`, text);
    return fresh.length;
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
