// Finding things of this server while somebody types, for the panel: users, domains, aliases, who is blocked, messages on their
// way and those that the trail knows. Each by the beginning of what stands in an index, so that it is quick however many there are; names of
// users, which no index has, last. Whoever asks finds what the role may see, in own domains alone.
import { listBlockPage } from '../accounts/block-list.ts';
import { mayRole } from '../accounts/permission.ts';
import { idsOf, namesOf, type Staff } from '../accounts/staff.ts';
import { db } from '../db.ts';
import { containsText } from '../dialect/index.ts';
import { readServiceClock } from '../settings/service-zone.ts';
import { listEvents } from '../trail/list.ts';

export type FoundThing = {
  kind: 'user' | 'domain' | 'alias' | 'blocked' | 'message';
  label: string;
  detail: string;
  href: string;
};

const most = 6;
const shortestName = 3;
const maxLength = 320;

/** At most six of each kind. */
export async function findThings(staff: Staff, typed: string): Promise<FoundThing[]> {
  const text = typed.trim().toLowerCase().slice(0, maxLength);
  if (text === '') return [];
  const may = (permission: Parameters<typeof mayRole>[1]) => mayRole(staff.role, permission);
  const found = await Promise.all([
    may('people') ? findUsers(staff, text) : [],
    may('domains') ? findDomains(staff, text) : [],
    may('aliases') ? findAliases(staff, text) : [],
    staff.role === 'admin' ? findBlocks(text) : [],
    may('trail') ? findMessages(staff, typed.trim().slice(0, 1000)) : [],
  ]);
  return found.flat();
}

/** What begins with the text, in the order of bytes that both databases have. */
function beginsWith(text: string): { gte: string; lt: string } {
  return { gte: text, lt: `${text}\u{10ffff}` };
}

async function findUsers({ scope }: Staff, text: string): Promise<FoundThing[]> {
  const own = { deletedAt: null, ...(scope === 'all' ? {} : { domainId: { in: idsOf(scope) } }) };
  const select = { id: true, address: true, displayName: true, kind: true };
  const byAddress = await db.account.findMany({
    where: { ...own, address: beginsWith(text) },
    orderBy: { address: 'asc' },
    take: most,
    select,
  });
  const isMore = byAddress.length < most && text.length >= shortestName;
  const byName = isMore
    ? await db.account.findMany({
        where: {
          ...own,
          displayName: containsText(text),
          id: { notIn: byAddress.map(({ id }) => id) },
        },
        take: most - byAddress.length,
        select,
      })
    : [];
  return [...byAddress, ...byName].map(({ id, address, displayName, kind }) => ({
    kind: 'user',
    label: address,
    detail: kind === 'shared' ? 'shared mailbox' : displayName,
    href:
      kind === 'shared'
        ? `/admin/shared?q=${encodeURIComponent(address)}`
        : `/admin/users/${encodeURIComponent(id)}`,
  }));
}

async function findDomains({ scope }: Staff, text: string): Promise<FoundThing[]> {
  const rows = await db.domain.findMany({
    where: {
      name: beginsWith(text.replace(/^@/, '')),
      ...(scope === 'all' ? {} : { id: { in: idsOf(scope) } }),
    },
    orderBy: { name: 'asc' },
    take: most,
    select: { name: true, comment: true },
  });
  return rows.map(({ name, comment }) => ({
    kind: 'domain',
    label: name,
    detail: comment,
    href: `/admin/domains/${encodeURIComponent(name)}`,
  }));
}

async function findAliases({ scope }: Staff, text: string): Promise<FoundThing[]> {
  const rows = await db.alias.findMany({
    where: {
      address: beginsWith(text),
      ...(scope === 'all' ? {} : { domainId: { in: idsOf(scope) } }),
    },
    orderBy: { address: 'asc' },
    take: most,
    select: { address: true, comment: true },
  });
  return rows.map(({ address, comment }) => ({
    kind: 'alias',
    label: address,
    detail: comment,
    href: `/admin/aliases?q=${encodeURIComponent(address)}`,
  }));
}

/** Addresses, networks, accounts and browsers that may not sign in for now, by a part of them. */
async function findBlocks(text: string): Promise<FoundThing[]> {
  if (text.length < shortestName) return [];
  const { rows } = await listBlockPage({ search: text, pageSize: most });
  const write = await readServiceClock();
  return rows.map(({ kind, subject, failures, until }) => ({
    kind: 'blocked',
    label: subject,
    detail: `${kind}, ${failures} failures, until ${write(until)}`,
    href: `/admin/blocked?q=${encodeURIComponent(subject)}`,
  }));
}

/** By Message-ID, by the id of the queue or of the reply "queued as …", or by a whole address. */
async function findMessages({ scope }: Staff, typed: string): Promise<FoundThing[]> {
  const id = typed.replace(/^<|>$/g, '');
  if (id.length < 5 || /\s/.test(id)) return [];
  const address = id.toLowerCase();
  const select = { traceId: true };
  const newest = { orderBy: { at: 'desc' as const }, take: most * 2, select };
  const isAddress = address.includes('@');
  const rows = await Promise.all([
    db.trailEvent.findMany({ where: { traceId: id }, take: 1, select }),
    db.trailEvent.findMany({ where: { messageId: id }, take: most, select }),
    db.queueMessage.findMany({ where: { id }, select }),
    isAddress ? db.trailEvent.findMany({ where: { recipient: address }, ...newest }) : [],
    isAddress ? db.trailEvent.findMany({ where: { sender: address }, ...newest }) : [],
  ]);
  const traceIds = [...new Set(rows.flat().map(({ traceId }) => traceId))].slice(0, most * 2);
  const write = await readServiceClock();
  const events = await Promise.all(
    traceIds.map(async (traceId) => {
      // Through the filter of the trail, which knows what is whose.
      const [event] = await listEvents({ traceId, domains: namesOf(scope), pageSize: 1 });
      return event;
    }),
  );
  return events
    .flatMap((event) => event ?? [])
    .sort((one, other) => other.at.getTime() - one.at.getTime())
    .slice(0, most)
    .map(({ traceId, kind, sender, recipient, at }) => ({
      kind: 'message',
      label: [sender || '<>', recipient].filter(Boolean).join(' → '),
      detail: `${kind}, ${write(at)}`,
      href: `/admin/events?trace=${encodeURIComponent(traceId)}`,
    }));
}
