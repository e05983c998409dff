// The orders of a list as IMAP has them: SORT keys (RFC 5256, RFC 5957), or, for what SORT has no key for, the
// messages that match a search in front of the others, each part newest first. Pure.
import type { ListSort } from '../../preferences/list-names.ts';
import { atom, string, type Token } from '../imap/raw-command.ts';

export type Order =
  /** By arrival, which is the order of sequence numbers and needs no command */
  | { kind: 'arrival'; isNewestFirst: boolean }
  | { kind: 'keys'; keys: string[] }
  | { kind: 'parts'; first: Token[][]; isLast: boolean };

const keys = (...names: string[]): Order => ({
  kind: 'keys',
  keys: [...names, 'REVERSE', 'ARRIVAL'],
});
const parts = (isLast: boolean, ...first: Token[][]): Order => ({ kind: 'parts', first, isLast });

const attachment = [atom('HEADER'), atom('Content-Type'), string('multipart/mixed')];
// RFC 2156 Importance, and X-Priority, which came first and is what programs write.
const important = [
  atom('OR'),
  ...[atom('HEADER'), atom('Importance'), string('high')],
  atom('OR'),
  ...[atom('HEADER'), atom('X-Priority'), string('1')],
  ...[atom('HEADER'), atom('X-Priority'), string('2')],
];

const orders = {
  newest: { kind: 'arrival', isNewestFirst: true },
  oldest: { kind: 'arrival', isNewestFirst: false },
  'sent-newest': keys('REVERSE', 'DATE'),
  'sent-oldest': keys('DATE'),
  from: keys('DISPLAYFROM'),
  'from-desc': keys('REVERSE', 'DISPLAYFROM'),
  to: keys('DISPLAYTO'),
  'to-desc': keys('REVERSE', 'DISPLAYTO'),
  cc: keys('CC'),
  'cc-desc': keys('REVERSE', 'CC'),
  subject: keys('SUBJECT'),
  'subject-desc': keys('REVERSE', 'SUBJECT'),
  largest: keys('REVERSE', 'SIZE'),
  smallest: keys('SIZE'),
  unread: parts(false, [atom('UNSEEN')]),
  read: parts(true, [atom('UNSEEN')]),
  starred: parts(false, [atom('FLAGGED')]),
  unstarred: parts(true, [atom('FLAGGED')]),
  attachment: parts(false, attachment),
  'no-attachment': parts(true, attachment),
  priority: parts(false, important),
  'low-priority': parts(true, important),
} as const satisfies Record<ListSort, Order>;

export type SortKey = keyof typeof orders;
export const sortNames = Object.keys(orders) as SortKey[];

/** What an order means; `has` says what the server can. */
export function readOrder(sort: SortKey, has: (capability: string) => boolean): Order {
  const order: Order = orders[sort];
  if (order.kind !== 'keys' || has('SORT=DISPLAY')) return order;
  return { kind: 'keys', keys: order.keys.map((key) => key.replace(/^DISPLAY/, '')) };
}

/** The messages of `first` in front (or behind) of the others; both lists are newest first. Pure. */
export function putFirst(
  all: readonly number[],
  first: ReadonlySet<number>,
  isLast: boolean,
): number[] {
  const chosen = all.filter((uid) => first.has(uid));
  const others = all.filter((uid) => !first.has(uid));
  return isLast ? [...others, ...chosen] : [...chosen, ...others];
}
