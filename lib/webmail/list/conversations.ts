// A stretch of a folder as conversations: one row for each thread, drawn from its newest message here (or from the
// first that a search or an order gives), with the others counted. Only what is shown is fetched.
import type { ImapFlow } from 'imapflow';
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { formatUidSet } from '../imap/uid-set.ts';
import {
  clampPage,
  fetchRows,
  type ListRequest,
  listUids,
  type MessagePage,
  type MessageRow,
  type Person,
  toPeople,
} from './message-list.ts';
import { groupInOrder, listThread, readThreadIndex, type ThreadIndex } from './thread-index.ts';

const mostRows = 200;
/** Of one conversation: older ones are counted, and neither looked at nor acted on by the row. */
const mostOfThread = 500;
/** Of all conversations of a stretch. */
const mostLookedAt = 4000;
const mostParticipants = 12;

type Group = { uid: number; uids: number[]; count: number };
type Member = {
  uid: number;
  isSeen: boolean;
  isFlagged: boolean;
  keywords: string[];
  from: Person[];
};

/** One stretch of the conversations of a folder. Refusal 'not-found' for a folder that does not exist. */
export async function listConversations(
  account: MailAccount,
  request: ListRequest,
): Promise<MessagePage> {
  const { folder, sort = 'newest', query = '', filter = null } = request;
  const pageSize = Math.min(Math.max(request.pageSize ?? 50, 1), mostRows);
  return withMailbox(account, folder, async (client, mailbox) => {
    const uidValidity = String(mailbox.uidValidity ?? '');
    const index = await readThreadIndex(account, client, folder);
    const listed = await listUids(client, mailbox, account, request);
    const groups = listed ? groupInOrder(index, listed.uids) : null;
    const total = groups ? groups.length : index.heads.length;
    const offset =
      request.offset === undefined
        ? (clampPage(request.page ?? 1, total, pageSize) - 1) * pageSize
        : Math.min(Math.max(Math.trunc(request.offset) || 0, 0), total);
    const wanted = groups
      ? groups.slice(offset, offset + pageSize)
      : sliceHeads(index, offset, pageSize, sort === 'oldest');
    const rows = await readRows(
      client,
      wanted.map((each) => toGroup(index, each)),
      request,
    );
    return {
      folder,
      uidValidity,
      query,
      filter,
      sort,
      page: Math.floor(offset / pageSize) + 1,
      pageSize,
      offset,
      total,
      snapshot: listed?.state ?? index.state,
      rows,
    };
  });
}

function sliceHeads(index: ThreadIndex, offset: number, size: number, isOldestFirst: boolean) {
  const { heads, uids } = index;
  const slice = isOldestFirst
    ? heads.slice(Math.max(0, heads.length - offset - size), heads.length - offset).reverse()
    : heads.slice(offset, offset + size);
  return [...slice].map((head) => ({ uid: uids[head]!, head }));
}

function toGroup(index: ThreadIndex, { uid, head }: { uid: number; head: number }): Group {
  const uids = listThread(index, head);
  return { uid, uids: uids.slice(-mostOfThread), count: uids.length };
}

async function readRows(
  client: ImapFlow,
  groups: Group[],
  request: ListRequest,
): Promise<MessageRow[]> {
  const first = formatUidSet(groups.map(({ uid }) => uid));
  const rows = await fetchRows(client, first, true, request.withPriority === true);
  const byUid = new Map(rows.map((row) => [row.uid, row]));
  const others = groups
    .flatMap(({ uid, uids }) => uids.filter((each) => each !== uid))
    .slice(0, mostLookedAt);
  const members = await readMembers(client, others);
  return groups.flatMap((group) => {
    const row = byUid.get(group.uid);
    return row ? [group.count > 1 ? joinRow(row, group, members) : row] : [];
  });
}

async function readMembers(client: ImapFlow, uids: number[]): Promise<Map<number, Member>> {
  if (uids.length === 0) return new Map();
  const query = { uid: true, flags: true, envelope: true };
  const messages = await client.fetchAll(formatUidSet(uids), query, { uid: true });
  return new Map(
    messages.map(({ uid, flags = new Set<string>(), envelope }) => [
      uid,
      {
        uid,
        isSeen: flags.has('\\Seen'),
        isFlagged: flags.has('\\Flagged'),
        keywords: [...flags].filter((flag) => !/^[\\$]/.test(flag) || /^\$label/i.test(flag)),
        from: toPeople(envelope?.from),
      },
    ]),
  );
}

/** The row of a conversation: unread and starred where one of its messages is, with the labels of all. */
function joinRow(row: MessageRow, group: Group, members: Map<number, Member>): MessageRow {
  const all = group.uids.flatMap((uid) => (uid === row.uid ? [row] : (members.get(uid) ?? [])));
  const unread = all.filter((each) => !each.isSeen).length;
  const people = new Map<string, Person>();
  for (const person of all.flatMap((each) => each.from)) {
    const key = person.address.toLowerCase();
    if (!people.has(key) && people.size < mostParticipants) people.set(key, person);
  }
  return {
    ...row,
    isSeen: unread === 0,
    isFlagged: all.some((each) => each.isFlagged),
    keywords: [...new Set(all.flatMap((each) => each.keywords))].slice(0, 30),
    count: group.count,
    unread,
    participants: [...people.values()],
    uids: group.uids,
  };
}
