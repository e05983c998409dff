// A page of a folder: newest first straight from sequence numbers, which costs nothing in a folder of any size;
// other orders by the server's SORT (RFC 5256), searches by its SEARCH.
import type { FetchMessageObject, ImapFlow, MessageAddressObject } from 'imapflow';
import { Refusal } from '../../errors.ts';
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { atom, runCommand, type Token, tokenText } from '../imap/raw-command.ts';
import { formatUidSet } from '../imap/uid-set.ts';
import { readStructure } from '../reader/structure.ts';
import { readPreviews } from './preview.ts';
import { compileSearch, parseSearchQuery } from './search-query.ts';

export type Person = { name: string; address: string };
export type SortKey = 'newest' | 'oldest' | 'from' | 'subject' | 'largest' | 'smallest';

export type MessageRow = {
  uid: number;
  emailId: string;
  threadId: string | null;
  from: Person[];
  to: Person[];
  subject: string;
  /** ISO, when it arrived */
  receivedAt: string;
  sizeBytes: number;
  preview: string;
  isSeen: boolean;
  isFlagged: boolean;
  isAnswered: boolean;
  isForwarded: boolean;
  isDraft: boolean;
  hasAttachments: boolean;
  /** Keywords as IMAP has them, labels among them; at most 50 */
  keywords: string[];
  /** Where it is, in a list over several folders; absent in a list of one */
  folder?: string;
  /** In a list of conversations: how many of its messages are in the folder, and how many of these are unread */
  count?: number;
  unread?: number;
  /** Who wrote them, the oldest first, each once */
  participants?: Person[];
  /** UIDs of these messages, ascending: what is done to the row is done to them */
  uids?: number[];
  /** ISO; when a snoozed message comes back */
  snoozedUntil?: string;
};

export type MessagePage = {
  folder: string;
  uidValidity: string;
  query: string;
  sort: SortKey;
  /** From 1 */
  page: number;
  pageSize: number;
  /** Messages in the folder or matches of the search */
  total: number;
  rows: MessageRow[];
};

export type ListRequest = {
  folder: string;
  page?: number;
  pageSize?: number;
  sort?: SortKey;
  query?: string;
};

const sortKeys: Record<Exclude<SortKey, 'newest' | 'oldest'>, string[]> = {
  from: ['FROM', 'REVERSE', 'ARRIVAL'],
  subject: ['SUBJECT', 'REVERSE', 'ARRIVAL'],
  largest: ['REVERSE', 'SIZE'],
  smallest: ['SIZE'],
};
export const sortNames: SortKey[] = ['newest', 'oldest', 'from', 'subject', 'largest', 'smallest'];

/** One page of a folder, a search or a sorted view. Refusal 'not-found' for a folder that does not exist. */
export async function listMessages(
  account: MailAccount,
  request: ListRequest,
): Promise<MessagePage> {
  const { folder, sort = 'newest', query = '' } = request;
  const pageSize = Math.min(Math.max(request.pageSize ?? 50, 1), 200);
  return withMailbox(account, folder, async (client, mailbox) => {
    const terms = parseSearchQuery(query);
    const isByArrival = sort === 'newest' || sort === 'oldest';
    const uids =
      terms.length === 0 && isByArrival
        ? null
        : await findUids(
            client,
            compileSearch(terms),
            isByArrival ? null : sort,
            sort !== 'oldest',
          );
    const total = uids ? uids.length : mailbox.exists;
    const page = clampPage(request.page ?? 1, total, pageSize);
    const from = (page - 1) * pageSize;
    const rows = uids
      ? await fetchRows(client, formatUidSet(uids.slice(from, from + pageSize)), true)
      : await fetchRows(client, sequenceRange(mailbox.exists, from, pageSize, sort), false);
    return {
      folder,
      uidValidity: String(mailbox.uidValidity ?? ''),
      query,
      sort,
      page,
      pageSize,
      total,
      rows: orderRows(rows, uids, sort),
    };
  });
}

/** Sequence numbers of a page, '' where it is empty: the newest have the highest. */
export function sequenceRange(exists: number, from: number, size: number, sort: SortKey): string {
  if (exists === 0 || from >= exists) return '';
  if (sort === 'oldest') return `${from + 1}:${Math.min(exists, from + size)}`;
  return `${Math.max(1, exists - from - size + 1)}:${exists - from}`;
}

/** The page asked for, or the last one where there are fewer. */
export function clampPage(page: number, total: number, pageSize: number): number {
  const last = Math.max(1, Math.ceil(total / pageSize));
  return Number.isInteger(page) ? Math.min(Math.max(page, 1), last) : 1;
}

function orderRows(rows: MessageRow[], uids: number[] | null, sort: SortKey): MessageRow[] {
  if (!uids) return rows.sort((a, b) => (sort === 'oldest' ? a.uid - b.uid : b.uid - a.uid));
  const place = new Map(uids.map((uid, i) => [uid, i]));
  return rows.sort((a, b) => (place.get(a.uid) ?? 0) - (place.get(b.uid) ?? 0));
}

async function findUids(
  client: ImapFlow,
  keys: Token[],
  sort: Exclude<SortKey, 'newest' | 'oldest'> | null,
  isNewestFirst: boolean,
): Promise<number[]> {
  const uids: number[] = [];
  const collect = (attributes: Parameters<typeof tokenText>[0][]) => {
    for (const attribute of attributes) {
      const uid = Number(tokenText(attribute));
      if (Number.isInteger(uid) && uid > 0) uids.push(uid);
    }
  };
  if (sort && client.capabilities.has('SORT')) {
    const criteria = withoutCharset(keys);
    const order = [sortKeys[sort].map(atom), atom('UTF-8'), ...criteria];
    await runCommand(client, 'UID SORT', order, 'SORT', collect);
    return uids;
  }
  await runCommand(client, 'UID SEARCH', keys, 'SEARCH', collect);
  return uids.sort((a, b) => (isNewestFirst ? b - a : a - b));
}

/** SORT names its charset before the keys, SEARCH in front of them (RFC 5256 §3). */
function withoutCharset(keys: Token[]): Token[] {
  const first = keys[0];
  return first && !Array.isArray(first) && first.value === 'CHARSET' ? keys.slice(2) : keys;
}

async function fetchRows(client: ImapFlow, range: string, isUid: boolean): Promise<MessageRow[]> {
  if (range === '') return [];
  const messages = await client.fetchAll(
    range,
    {
      uid: true,
      flags: true,
      envelope: true,
      bodyStructure: true,
      internalDate: true,
      size: true,
      threadId: true,
    },
    { uid: isUid },
  );
  const previews = await readPreviews(client, messages);
  return messages.map((message) => toRow(message, previews.get(message.uid) ?? ''));
}

/** The row of a fetched message; text from the message is passed on as text. */
export function toRow(message: FetchMessageObject, preview: string): MessageRow {
  const { envelope } = message;
  const flags = message.flags ?? new Set<string>();
  return {
    uid: message.uid,
    emailId: message.emailId ?? `${message.uid}`,
    threadId: message.threadId ?? null,
    from: toPeople(envelope?.from),
    to: toPeople([...(envelope?.to ?? []), ...(envelope?.cc ?? [])]),
    subject: cleanLine(envelope?.subject ?? ''),
    receivedAt: toIso(message.internalDate ?? envelope?.date),
    sizeBytes: message.size ?? 0,
    preview,
    isSeen: flags.has('\\Seen'),
    isFlagged: flags.has('\\Flagged'),
    isAnswered: flags.has('\\Answered'),
    isForwarded: flags.has('$Forwarded'),
    isDraft: flags.has('\\Draft'),
    hasAttachments: readStructure(message.bodyStructure).hasAttachments,
    keywords: [...flags].filter((flag) => !flag.startsWith('\\')).slice(0, 50),
  };
}

/** Names and addresses of an envelope field, at most 200, without what could mislead in a line. */
export function toPeople(list: MessageAddressObject[] | undefined): Person[] {
  return (list ?? []).slice(0, 200).map((each) => ({
    name: cleanLine(each.name ?? '').slice(0, 200),
    address: cleanLine(each.address ?? '').slice(0, 320),
  }));
}

/** Text of one header on one line: no control characters, no direction overrides (RFC 5322 text is hostile). */
export function cleanLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim();
}

function toIso(date: Date | string | undefined): string {
  const value = date instanceof Date ? date : new Date(date ?? 0);
  return Number.isNaN(value.getTime()) ? new Date(0).toISOString() : value.toISOString();
}

/** Refusal 'invalid' for a folder name no server would take. */
export function checkFolderPath(path: unknown): string {
  if (
    typeof path !== 'string' ||
    path === '' ||
    path.length > 1000 ||
    /[\u0000-\u001f\u007f]/.test(path)
  ) {
    throw new Refusal('invalid', 'This is not a folder.', 'folder');
  }
  return path;
}
