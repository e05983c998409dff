// Mail of the domains here, by hour: counted in memory, stored with the numbers of the minute.
import { now } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { splitAddress } from '#lib/mail/address.ts';
import { addMail, type DomainHour } from '#lib/numbers/domain-mail.ts';

const hourMs = 3_600_000;
let counted = new Map<string, DomainHour>();

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
  const none = { externalIn: 0, externalOut: 0, internal: 0 };
  count({ hour: Math.floor(now().getTime() / hourMs), domain, ...none, [way]: 1 });
}

function count(mail: DomainHour): void {
  const key = `${mail.hour} ${mail.domain}`;
  const row = counted.get(key);
  if (row) addMail(row, mail);
  else counted.set(key, mail);
}

/** What was counted since the last time; gone here with that. */
export function takeDomainMail(): DomainHour[] {
  const taken = [...counted.values()];
  counted = new Map();
  return taken;
}

/** What could not be stored is counted again. */
export function returnDomainMail(hours: DomainHour[]): void {
  for (const mail of hours) count(mail);
}
