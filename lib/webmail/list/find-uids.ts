// The UIDs of a search in an order: by ESEARCH (RFC 4731), whose answer is one compact set, else by SEARCH,
// and by SORT. The mailbox must be selected.
import type { ImapFlow } from 'imapflow';
import {
  atom,
  type ResponseToken,
  runCommand,
  string,
  type Token,
  tokenText,
} from '../imap/raw-command.ts';
import { compileQuery, type SearchContext, withoutCharset } from '../search/compile.ts';
import { putFirst, readOrder, type SortKey } from './orders.ts';

/** What of a list is shown without typing a search. */
export const listFilters = ['unread', 'starred', 'attachment'] as const;
export type ListFilter = (typeof listFilters)[number];

const filterKeys: Record<ListFilter, Token[]> = {
  unread: [atom('UNSEEN')],
  starred: [atom('FLAGGED')],
  attachment: [atom('HEADER'), atom('Content-Type'), string('multipart/mixed')],
};

/** SEARCH keys of a query and a filter together. */
export function searchKeys(
  query: string,
  filter: ListFilter | null,
  context: SearchContext,
): Token[] {
  const keys = compileQuery(query, context);
  if (!filter) return keys;
  const charset = keys.slice(0, hasCharset(keys) ? 2 : 0);
  const rest = keys.slice(charset.length);
  const isAll = rest.length === 1 && !Array.isArray(rest[0]) && rest[0]?.value === 'ALL';
  return [...charset, ...filterKeys[filter], ...(isAll ? [] : rest)];
}

/** UIDs of all matches, in the order of `sort`. */
export async function findUids(client: ImapFlow, keys: Token[], sort: SortKey): Promise<number[]> {
  const order = readOrder(sort, (name) => client.capabilities.has(name));
  if (order.kind === 'keys' && client.capabilities.has('SORT')) {
    return sortUids(client, order.keys, keys);
  }
  const all = await searchUids(client, keys);
  if (order.kind !== 'parts') return sort === 'oldest' ? all : all.reverse();
  const first = new Set<number>();
  for (const part of order.first) {
    for (const uid of await searchUids(client, [...keys, ...part])) first.add(uid);
  }
  return putFirst(all.reverse(), first, order.isLast);
}

/** UIDs of all matches, the lowest first. */
export async function searchUids(client: ImapFlow, asked: Token[]): Promise<number[]> {
  const keys = withoutCharset(asked, client);
  if (client.capabilities.has('ESEARCH')) {
    const returning: Token[] = [atom('RETURN'), [atom('ALL')]];
    // RFC 9051 §6.4.4: RETURN stands in front of CHARSET.
    return (await askSet(client, 'UID SEARCH', [...returning, ...keys])).sort((a, b) => a - b);
  }
  return (await askList(client, 'UID SEARCH', keys, 'SEARCH')).sort((a, b) => a - b);
}

async function sortUids(client: ImapFlow, sortKeys: string[], keys: Token[]): Promise<number[]> {
  // SORT always names a charset, before the keys (RFC 5256 §3).
  const criteria = [sortKeys.map(atom), atom('UTF-8'), ...keys.slice(hasCharset(keys) ? 2 : 0)];
  // Not ESORT: its answer for a large mailbox is one token of half a megabyte, over which imapflow takes a minute.
  return askList(client, 'UID SORT', criteria, 'SORT');
}

function hasCharset(keys: Token[]): boolean {
  const first = keys[0];
  return first !== undefined && !Array.isArray(first) && first.value === 'CHARSET';
}

async function askList(
  client: ImapFlow,
  command: string,
  attributes: Token[],
  wanted: 'SEARCH' | 'SORT',
): Promise<number[]> {
  const uids: number[] = [];
  await runCommand(client, command, attributes, wanted, (answer) => {
    for (const attribute of answer) {
      const uid = Number(tokenText(attribute));
      if (Number.isInteger(uid) && uid > 0) uids.push(uid);
    }
  });
  return uids;
}

async function askSet(client: ImapFlow, command: string, attributes: Token[]): Promise<number[]> {
  let uids: number[] = [];
  await runCommand(client, command, attributes, 'ESEARCH', (answer) => {
    uids = readSet(setOf(answer));
  });
  return uids;
}

/** The value behind ALL (RFC 4731 §3.1); none where nothing matched. */
function setOf(answer: ResponseToken[]): string {
  const at = answer.findIndex((each) => tokenText(each).toUpperCase() === 'ALL');
  return at < 0 ? '' : tokenText(answer[at + 1]);
}

const mostUids = 5_000_000;

/** The numbers of a sequence set in the order they stand there; "9:7" counts down as it says (RFC 5267 §3.1). */
export function readSet(text: string): number[] {
  const uids: number[] = [];
  for (const piece of text.split(',')) {
    const [from = Number.NaN, to = from] = piece.split(':').map(Number);
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || to < 1) continue;
    const step = from <= to ? 1 : -1;
    for (let uid = from; ; uid += step) {
      if (uids.length >= mostUids) return uids;
      uids.push(uid);
      if (uid === to) break;
    }
  }
  return uids;
}
