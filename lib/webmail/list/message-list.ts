// A stretch of a folder: by arrival straight from sequence numbers, which costs nothing in a folder of any size; other
// orders by the server's SORT (RFC 5256), searches by its SEARCH, whose UIDs are kept for the next stretch.
import type { FetchMessageObject, ImapFlow, MailboxObject, MessageAddressObject } from 'imapflow';
import { Refusal } from '../../errors.ts';
import { parseHeaderFields, readFieldText } from '../../mail/header.ts';
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { formatUidSet } from '../imap/uid-set.ts';
import { readStructure } from '../reader/structure.ts';
import { readSearchContext } from '../search/context.ts';
import { findUids, type ListFilter, searchKeys } from './find-uids.ts';
import { type KeptUids, keepUids, recallUids } from './kept-uids.ts';
import type { SortKey } from './orders.ts';
import { readPreviews } from './preview.ts';

export { type ListFilter, listFilters } from './find-uids.ts';
export { type SortKey, sortNames } from './orders.ts';

export type Person = { name: string; address: string };
export type Priority = 'high' | 'normal' | 'low';

export type MessageRow = {
  uid: number;
  emailId: string;
  threadId: string | null;
  from: Person[];
  to: Person[];
  cc: Person[];
  subject: string;
  /** ISO, when it arrived */
  receivedAt: string;
  /** ISO, what the message says of itself; null where it says nothing */
  sentAt: string | null;
  sizeBytes: number;
  preview: string;
  isSeen: boolean;
  isFlagged: boolean;
  isAnswered: boolean;
  isForwarded: boolean;
  isDraft: boolean;
  /** Marked as deleted and not yet expunged */
  isDeleted: boolean;
  hasAttachments: boolean;
  priority: Priority;
  /** IMAP keywords that people and filters set, without those of mail programs; at most 30 */
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
  filter: ListFilter | null;
  sort: SortKey;
  /** From 1 */
  page: number;
  pageSize: number;
  /** Of the first row, from 0 */
  offset: number;
  /** Messages in the folder or matches of the search */
  total: number;
  /** While it stays the same, every message keeps its place in the list */
  snapshot: string;
  rows: MessageRow[];
};

export type ListRequest = {
  folder: string;
  page?: number;
  pageSize?: number;
  /** First row wanted, from 0; with it `page` counts for nothing */
  offset?: number;
  sort?: SortKey;
  query?: string;
  filter?: ListFilter | null;
  /** Of an earlier answer: where it is still kept the same list goes on, whatever has changed */
  snapshot?: string;
  /** Read the priority, which costs a header of each row */
  withPriority?: boolean;
};

const mostRows = 200;

/** One stretch of a folder, a search or a sorted view. Refusal 'not-found' for a folder that does not exist. */
export async function listMessages(
  account: MailAccount,
  request: ListRequest,
): Promise<MessagePage> {
  const { folder, sort = 'newest', query = '', filter = null } = request;
  const pageSize = Math.min(Math.max(request.pageSize ?? 50, 1), mostRows);
  return withMailbox(account, folder, async (client, mailbox) => {
    const listed = await listUids(client, mailbox, account, request);
    const total = listed ? listed.uids.length : mailbox.exists;
    const offset =
      request.offset === undefined
        ? (clampPage(request.page ?? 1, total, pageSize) - 1) * pageSize
        : Math.min(Math.max(Math.trunc(request.offset) || 0, 0), total);
    const wanted = listed?.uids.subarray(offset, offset + pageSize) ?? null;
    const withPriority = request.withPriority === true;
    const range = wanted
      ? formatUidSet([...wanted])
      : sequenceRange(mailbox.exists, offset, pageSize, sort);
    const rows = await fetchRows(client, range, wanted !== null, withPriority);
    return {
      folder,
      uidValidity: String(mailbox.uidValidity ?? ''),
      query,
      filter,
      sort,
      page: Math.floor(offset / pageSize) + 1,
      pageSize,
      offset,
      total,
      snapshot: listed
        ? listed.state
        : `${mailbox.uidValidity}.${mailbox.exists}.${mailbox.uidNext}`,
      rows: orderRows(rows, wanted, sort),
    };
  });
}

/**
 * The UIDs of a list in its order, kept between calls; null for a whole folder by arrival, which needs none. The
 * mailbox must be selected.
 */
export async function listUids(
  client: ImapFlow,
  mailbox: MailboxObject,
  account: MailAccount,
  { folder, sort = 'newest', query = '', filter = null, snapshot }: ListRequest,
): Promise<KeptUids | null> {
  const isByArrival = sort === 'newest' || sort === 'oldest';
  if (isByArrival && query.trim() === '' && !filter) return null;
  const key = [folder, sort, query, filter ?? ''].join('\u0000');
  const kept = recallUids(account.id, key);
  if (kept && kept.state === snapshot) return kept;
  const status = await client.status(folder, { highestModseq: true });
  // Without a MODSEQ nothing says that the list is still right.
  const modseq = (status ? status.highestModseq : 0n) || `unknown-${Date.now()}`;
  const state = `${mailbox.uidValidity}.${modseq}`;
  if (kept && kept.state === state) return kept;
  const context = await readSearchContext(account.id);
  const keys = searchKeys(query, filter, context);
  const uids = Uint32Array.from(await findUids(client, keys, sort));
  const found = { uids, state };
  keepUids(account.id, key, found);
  return found;
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

function orderRows(rows: MessageRow[], uids: Uint32Array | null, sort: SortKey): MessageRow[] {
  if (!uids) return rows.sort((a, b) => (sort === 'oldest' ? a.uid - b.uid : b.uid - a.uid));
  const place = new Map([...uids].map((uid, i) => [uid, i]));
  return rows.sort((a, b) => (place.get(a.uid) ?? 0) - (place.get(b.uid) ?? 0));
}

/** Rows of a range of the selected mailbox, in the order of the answer. */
export async function fetchRows(
  client: ImapFlow,
  range: string,
  isUid: boolean,
  withPriority: boolean,
): Promise<MessageRow[]> {
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
      ...(withPriority ? { headers: ['importance', 'x-priority', 'priority'] } : {}),
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
    to: toPeople(envelope?.to),
    cc: toPeople(envelope?.cc),
    subject: cleanLine(envelope?.subject ?? ''),
    receivedAt: toIso(message.internalDate ?? envelope?.date),
    sentAt: envelope?.date ? toIso(envelope.date) : null,
    sizeBytes: message.size ?? 0,
    preview,
    isSeen: flags.has('\\Seen'),
    isFlagged: flags.has('\\Flagged'),
    isAnswered: flags.has('\\Answered'),
    isForwarded: flags.has('$Forwarded'),
    isDraft: flags.has('\\Draft'),
    isDeleted: flags.has('\\Deleted'),
    hasAttachments: readStructure(message.bodyStructure).hasAttachments,
    priority: readPriority(message.headers),
    keywords: [...flags].filter(isLabel).slice(0, mostKeywords),
  };
}

const mostKeywords = 30;
const keywordsOfPrograms = new Set(
  'forwarded mdnsent junk notjunk nonjunk phishing submitpending submitted hasattachment hasnoattachment'.split(
    ' ',
  ),
);

/** Flags of the system begin with a backslash; those of mail programs are told nobody (RFC 5788). */
function isLabel(flag: string): boolean {
  return !flag.startsWith('\\') && !keywordsOfPrograms.has(flag.replace(/^\$/, '').toLowerCase());
}

/** RFC 2156 §5.3.3 Importance, or X-Priority with its five steps, or Priority. */
export function readPriority(headers: Buffer | undefined): Priority {
  if (!headers || headers.length === 0) return 'normal';
  const fields = parseHeaderFields(headers);
  const words = ['importance', 'x-priority', 'priority'].map((name) =>
    readFieldText(fields, name).trim().toLowerCase(),
  );
  if (words.some((word) => /^(?:high|urgent|[12](?:\s|$))/.test(word))) return 'high';
  return words.some((word) => /^(?:low|non-urgent|[45](?:\s|$))/.test(word)) ? 'low' : 'normal';
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
