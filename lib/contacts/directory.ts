// The book of a domain that nobody has to keep: its users, shared mailboxes and groups (aliases to several), and the
// entries administrators added (directory-entry.ts). Invariant: nobody sees more than the settings directory.isShown
// and directory.scope allow, disabled users and addresses of wildcards never.
import type { Account } from '../accounts/account.ts';
import { db } from '../db.ts';
import { readSettings } from '../settings/index.ts';
import { foldText, foldWords, rankWord } from './fold.ts';
import { keepFresh } from './fresh.ts';

export type DirectoryPerson = {
  kind: 'person' | 'shared' | 'group' | 'entry' | 'ldap';
  name: string;
  /** Canonical */
  address: string;
  organization: string;
  phone: string;
  note: string;
};
type Kept = DirectoryPerson & {
  /** Folded, for the search */
  text: string;
  /** Who else may know of it: addresses of members; null = everybody */
  members: Set<string> | null;
};

/** Beyond this a domain's book is cut. */
const maxPeople = 20_000;
const everywhere = '*';
const kept = keepFresh('directory', { freshMs: 15_000, maxEntries: 50 }, readDirectory);

/** Makes the next look at any book a new one; for tests and after a change. */
export function forgetDirectory(domainId: string): void {
  kept.drop(domainId);
  kept.drop(everywhere);
}

/**
 * Who fits every word of `search` in the book that `account` may see, by name; all of them without words. `page`
 * counts from 1.
 */
export async function searchDirectory(
  account: Pick<Account, 'domainId' | 'address'>,
  search: string,
  { page = 1, pageSize = 50 }: { page?: number; pageSize?: number } = {},
): Promise<{ people: DirectoryPerson[]; total: number }> {
  const words = foldWords(search);
  const fitting = (await listSeen(account)).filter(({ text }) =>
    words.every((word) => rankWord(text, word) > 0),
  );
  const start = (page - 1) * pageSize;
  return {
    people: fitting.slice(start, start + pageSize).map(toPerson),
    total: fitting.length,
  };
}

/** Everybody of the book with the folded text that a search compares; empty where it is not shown. */
export async function listSeen(account: Pick<Account, 'domainId' | 'address'>): Promise<Kept[]> {
  const settings = await readSettings();
  if (!settings['directory.isShown']) return [];
  const scope = settings['directory.scope'] === 'all' ? everywhere : account.domainId;
  const all = await kept.read(scope);
  return all.filter(({ members }) => members === null || members.has(account.address));
}

export function toPerson({ text: _text, members: _members, ...person }: Kept): DirectoryPerson {
  return person;
}

async function readDirectory(scope: string): Promise<Kept[]> {
  const domainIds = await listDomainIds(scope);
  const where = { domainId: { in: domainIds } };
  const [accounts, groups, entries] = await Promise.all([
    db.account.findMany({
      where: { ...where, isDisabled: false },
      select: { address: true, displayName: true, kind: true },
      orderBy: { address: 'asc' },
      take: maxPeople,
    }),
    readGroups(domainIds),
    db.directoryEntry.findMany({ where, orderBy: { address: 'asc' }, take: maxPeople }),
  ]);
  const plain = { organization: '', phone: '', note: '' };
  const people: Kept[] = accounts.map(({ address, displayName, kind }) =>
    keep({ kind: kind === 'shared' ? 'shared' : 'person', name: displayName, address, ...plain }),
  );
  for (const { address, members } of groups) {
    people.push(keep({ kind: 'group', name: '', address, ...plain }, members));
  }
  const known = new Set(people.map(({ address }) => address));
  for (const { name, address, organization, phone, note } of entries) {
    if (known.has(address)) continue;
    people.push(keep({ kind: 'entry', name, address, organization, phone, note }));
  }
  const keys = new Map(people.map((each) => [each, foldText(each.name || each.address)]));
  const key = (each: Kept) => keys.get(each) ?? '';
  return people.sort((one, other) => (key(one) < key(other) ? -1 : 1)).slice(0, maxPeople);
}

function keep(person: DirectoryPerson, members: Set<string> | null = null): Kept {
  return {
    ...person,
    text: foldText(`${person.name} ${person.address} ${person.organization}`),
    members,
  };
}

async function listDomainIds(scope: string): Promise<string[]> {
  const rows = await db.domain.findMany({
    where: { isDisabled: false, ...(scope === everywhere ? {} : { id: scope }) },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** Aliases to several addresses; those that only their members may write to carry them. */
async function readGroups(
  domainIds: string[],
): Promise<{ address: string; members: Set<string> | null }[]> {
  const aliases = await db.alias.findMany({
    where: { domainId: { in: domainIds }, isDisabled: false, isPattern: false },
    select: { id: true, address: true, posters: true },
    orderBy: { address: 'asc' },
    take: 2000,
  });
  const targets = await readTargets(aliases.map(({ id }) => id));
  return aliases.flatMap(({ id, address, posters }) => {
    const members = targets.get(id) ?? [];
    if (members.length < 2 || address.startsWith('@')) return [];
    return [{ address, members: posters === 'members' ? new Set(members) : null }];
  });
}

async function readTargets(aliasIds: string[]): Promise<Map<string, string[]>> {
  const targets = new Map<string, string[]>();
  for (let start = 0; start < aliasIds.length; start += 500) {
    const rows = await db.aliasTarget.findMany({
      where: { aliasId: { in: aliasIds.slice(start, start + 500) } },
    });
    for (const { aliasId, address } of rows) {
      targets.set(aliasId, [...(targets.get(aliasId) ?? []), address]);
    }
  }
  return targets;
}
