// A search in several folders by one command (MULTISEARCH, RFC 7377); the newest matches of all come first. What was
// found is kept for the next rows of the same list, bounded by number and time.
import type { ImapFlow } from 'imapflow';
import { decodePath, encodePath } from 'imapflow/lib/tools.js';
import { type MailAccount, withConnection, withMailbox } from '../imap/pool.ts';
import {
  atom,
  type ResponseToken,
  runCommand,
  string,
  type Token,
  tokenText,
} from '../imap/raw-command.ts';
import { formatUidSet } from '../imap/uid-set.ts';
import { readSet, searchUids } from '../list/find-uids.ts';
import { fetchRows, type MessageRow } from '../list/message-list.ts';
import { type RecentMap, recentMap } from '../recent-map.ts';
import { withoutCharset } from './compile.ts';

/** Matches of one folder, the newest first. */
type Matches = { folder: string; uids: number[] };
export type Found = { folder: string; uid: number };
type Kept = { found: Found[]; at: number };

/** Names in one command (the server takes a thousand). */
const mostFolders = 500;
/** Matches whose dates are read to put them in order; behind these each folder follows by its UIDs. */
const mostDated = 4000;
const keptMs = 5 * 60_000;
/** Entries of all searches that are kept. */
const keptEntries = 400_000;

const shared = globalThis as { dreyFound?: RecentMap<Kept> };

/**
 * Matches of `keys` in folders, the newest first. `snapshot` of an earlier answer goes on with the same list, where
 * it is still kept.
 */
export async function findAcross(
  account: MailAccount,
  folders: readonly string[],
  keys: Token[],
  { key, snapshot }: { key: string; snapshot?: string | undefined },
): Promise<{ found: Found[]; snapshot: string }> {
  shared.dreyFound ??= recentMap(60, keptEntries);
  const name = `${account.id} ${key}`;
  const kept = shared.dreyFound.get(name);
  if (kept && String(kept.at) === snapshot && Date.now() - kept.at < keptMs) {
    return { found: kept.found, snapshot };
  }
  const matches = await searchFolders(account, folders, keys);
  const found = await orderMatches(account, matches);
  const at = Date.now();
  shared.dreyFound.set(name, { found, at }, found.length);
  return { found, snapshot: String(at) };
}

async function searchFolders(
  account: MailAccount,
  folders: readonly string[],
  keys: Token[],
): Promise<Matches[]> {
  const wanted = folders.slice(0, mostFolders);
  if (wanted.length === 0) return [];
  const first = await withConnection(account, async (client) =>
    client.capabilities.has('MULTISEARCH') ? searchAtOnce(client, wanted, keys) : null,
  );
  if (first) return first;
  const matches: Matches[] = [];
  for (const folder of wanted) {
    const uids = await withMailbox(account, folder, (client) => searchUids(client, keys));
    if (uids.length > 0) matches.push({ folder, uids: uids.reverse() });
  }
  return matches;
}

async function searchAtOnce(
  client: ImapFlow,
  folders: readonly string[],
  keys: Token[],
): Promise<Matches[]> {
  const connection = client as unknown as Parameters<typeof encodePath>[0];
  const names = folders.map((folder) => string(encodePath(connection, folder)));
  const where: Token[] = [atom('mailboxes'), names];
  const matches: Matches[] = [];
  const plain = withoutCharset(keys, client);
  const attributes: Token[] = [atom('IN'), where, atom('RETURN'), [atom('ALL')], ...plain];
  await runCommand(client, 'ESEARCH', attributes, 'ESEARCH', (answer) => {
    const folder = decodePath(connection, valueBehind(answer[0], 'MAILBOX'));
    const uids = readSet(valueBehind(answer, 'ALL')).reverse();
    if (folders.includes(folder) && uids.length > 0) matches.push({ folder, uids });
  });
  return matches;
}

function valueBehind(tokens: ResponseToken | undefined, name: string): string {
  if (!Array.isArray(tokens)) return '';
  const at = tokens.findIndex((each) => tokenText(each).toUpperCase() === name);
  return at < 0 ? '' : tokenText(tokens[at + 1]);
}

async function orderMatches(account: MailAccount, matches: Matches[]): Promise<Found[]> {
  if (matches.length === 1)
    return matches[0]!.uids.map((uid) => ({ ...matches[0]!, uid })).map(toFound);
  const perFolder = Math.ceil(mostDated / Math.max(1, matches.length));
  const dated: (Found & { at: number })[] = [];
  const rest: Found[] = [];
  for (const { folder, uids } of matches) {
    const near = uids.slice(0, perFolder);
    const dates = await readDates(account, folder, near);
    for (const uid of near) dated.push({ folder, uid, at: dates.get(uid) ?? 0 });
    for (const uid of uids.slice(perFolder)) rest.push({ folder, uid });
  }
  dated.sort((a, b) => b.at - a.at || b.uid - a.uid);
  return [...dated.map(toFound), ...rest];
}

const toFound = ({ folder, uid }: Found): Found => ({ folder, uid });

async function readDates(
  account: MailAccount,
  folder: string,
  uids: number[],
): Promise<Map<number, number>> {
  return withMailbox(account, folder, async (client) => {
    const query = { uid: true, internalDate: true };
    const messages = await client.fetchAll(formatUidSet(uids), query, { uid: true });
    return new Map(
      messages.map((each) => [each.uid, new Date(each.internalDate ?? 0).getTime()] as const),
    );
  });
}

/** Rows of messages in several folders, in the order given; what is gone meanwhile is left out. */
export async function readFoundRows(
  account: MailAccount,
  found: readonly Found[],
  withPriority = false,
): Promise<MessageRow[]> {
  const byFolder = Map.groupBy(found, ({ folder }) => folder);
  const rows = new Map<string, MessageRow>();
  for (const [folder, members] of byFolder) {
    const set = formatUidSet(members.map(({ uid }) => uid));
    const fetched = await withMailbox(account, folder, (client) =>
      fetchRows(client, set, true, withPriority),
    );
    for (const row of fetched) rows.set(`${row.uid} ${folder}`, { ...row, folder });
  }
  return found.flatMap(({ folder, uid }) => rows.get(`${uid} ${folder}`) ?? []);
}
