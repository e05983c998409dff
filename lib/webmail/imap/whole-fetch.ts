// A server may tell flag changes as FETCH responses of their own at any time (RFC 9051 §7.5.2), also in the middle
// of an answer. Imapflow lists them beside the answer and takes the first of a message for the whole of it; here
// they are put together, and what was not asked for is left out.
import type { FetchMessageObject, FetchOptions, FetchQueryObject, ImapFlow } from 'imapflow';

const dataOf: [keyof FetchQueryObject, keyof FetchMessageObject][] = [
  ['envelope', 'envelope'],
  ['bodyStructure', 'bodyStructure'],
  ['source', 'source'],
  ['headers', 'headers'],
  ['size', 'size'],
  ['internalDate', 'internalDate'],
  ['flags', 'flags'],
];

/** The messages of a fetch answer, each once, in the order they came; later flags win. */
export function mergeFetched(
  list: readonly FetchMessageObject[],
  query: FetchQueryObject,
): FetchMessageObject[] {
  const merged = new Map<number, FetchMessageObject>();
  for (const entry of list) {
    // An expunge cannot come in the middle of a FETCH (§7.5.1), so the sequence number identifies.
    const known = merged.get(entry.seq);
    merged.set(entry.seq, known ? { ...known, ...withoutGaps(entry) } : entry);
  }
  return [...merged.values()].filter((entry) => isWhole(entry, query));
}

function isWhole(entry: FetchMessageObject, query: FetchQueryObject): boolean {
  if (query.bodyParts && query.bodyParts.length > 0 && !entry.bodyParts?.size) return false;
  return dataOf.every(([asked, given]) => !query[asked] || entry[given] !== undefined);
}

function withoutGaps(entry: FetchMessageObject): Partial<FetchMessageObject> {
  return Object.fromEntries(
    Object.entries(entry).filter(([, value]) => value !== undefined),
  ) as Partial<FetchMessageObject>;
}

/** Makes fetchAll, fetchOne and with them download() of a connection give whole messages only. */
export function fetchWhole(client: ImapFlow): void {
  const fetchAll = client.fetchAll.bind(client);
  client.fetchAll = async (range, query: FetchQueryObject, options?: FetchOptions) =>
    mergeFetched(await fetchAll(range, query, options), query);
  client.fetchOne = async (range, query, options) =>
    (await client.fetchAll(range, query, options))[0] ?? false;
}
