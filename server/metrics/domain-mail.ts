// Mail of the domains here, by day: counted in memory, stored with the numbers of the minute.
import { now } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { splitAddress } from '#lib/mail/address.ts';
import type { DomainDay } from '#lib/numbers/domain-day.ts';

const dayMs = 86_400_000;
let counted = new Map<string, DomainDay>();

/** Names of the domains here, as they were a minute ago at most. */
let own = new Set<string>();

/** Reads anew which domains are here. */
export async function readOwnDomains(): Promise<void> {
  const rows = await db.domain.findMany({ select: { name: true } });
  own = new Set(rows.map(({ name }) => name));
}

type Delivered = {
  /** Envelope sender */
  sender: string;
  /** Addresses of mailboxes here, each with a copy */
  here: string[];
  /** Recipients outside; `alias`: the address here that leads there */
  outside: { alias?: string }[];
};

/** Counts what was delivered: mail within this server for who gets it, mail that leaves for who sends it. */
export function countDelivery({ sender, here, outside }: Delivered): void {
  const from = splitAddress(sender).domain;
  for (const address of here) {
    add(splitAddress(address).domain, own.has(from) ? 'internal' : 'externalIn');
  }
  for (const { alias } of outside) add(alias ? splitAddress(alias).domain : from, 'externalOut');
}

function add(domain: string, way: 'externalIn' | 'externalOut' | 'internal'): void {
  if (!own.has(domain)) return;
  const day = Math.floor(now().getTime() / dayMs);
  const key = `${day} ${domain}`;
  const row = counted.get(key) ?? { day, domain, externalIn: 0, externalOut: 0, internal: 0 };
  row[way]++;
  counted.set(key, row);
}

/** What was counted since the last time; gone here with that. */
export function takeDomainMail(): DomainDay[] {
  const taken = [...counted.values()];
  counted = new Map();
  return taken;
}

/** What could not be stored is counted again. */
export function returnDomainMail(days: DomainDay[]): void {
  for (const { day, domain, ...ways } of days) {
    const row = counted.get(`${day} ${domain}`);
    if (!row) counted.set(`${day} ${domain}`, { day, domain, ...ways });
    else for (const way of Object.keys(ways) as (keyof typeof ways)[]) row[way] += ways[way];
  }
}
