// What THREAD needs of each message of a mailbox: ids, references, subject and times as columns of numbers.
// References stand only in the header, which is read once for a message and remembered for the mailboxes that
// were asked for last, bounded in bytes. One memory a process, derived, never the truth.
import { countDatabasesOpened, db, raw } from '#lib/db.ts';
import { FACTS_VERSION } from '#lib/mail/facts.ts';
import { isReplySubject } from '#lib/mail/subject.ts';
import type { ThreadColumns } from '#lib/mail/thread.ts';
import { toBuffer } from './blobs.ts';
import { casemapKey } from './casemap.ts';
import { readView } from './journal.ts';
import { hashText, readReferences } from './message-references.ts';
import { renderOutdated } from './render-outdated.ts';
import { nextTurn, startLoop } from './turn.ts';
import { chunkUids } from './uid-condition.ts';

/** A References field behind that much of a header is not looked for. */
const header = raw('SUBSTR("Rendering"."header", 1, 65536)');
const rowsPerQuery = 200;
const maxBytes = 24 * 1024 * 1024;

type Link = {
  uid: number;
  id: number;
  references: readonly number[];
  sentAt: number;
  arrivedAt: number;
  subject: number;
  isReply: boolean;
};

type Index = { uids: Uint32Array; columns: ThreadColumns };

const remembered = new Map<string, { index: Index; database: number; bytes: number }>();
let rememberedBytes = 0;

/**
 * The columns of those of the UIDs (ascending) that exist, and which these are. Refusal 'not-found'. Throws the
 * signal's reason once it is aborted.
 */
export async function readThreadColumns(
  accountId: string,
  mailboxId: string,
  uids: readonly number[],
  signal?: AbortSignal,
): Promise<Index> {
  const { mailbox, roll } = await readView(accountId, mailboxId);
  const key = `${accountId} ${mailboxId} ${mailbox.uidValidity}`;
  const database = countDatabasesOpened();
  const known = recall(key, database);
  const places = new Map<number, number>();
  for (const [place, uid] of known?.uids.entries() ?? []) places.set(uid, place);
  const missing = uids.filter((uid) => !places.has(uid));
  const read = await readLinks(accountId, mailboxId, missing, signal);
  if (missing.length === 0 && known && isSame(known.uids, uids)) return known;
  const loop = startLoop();
  const linkOf = (uid: number): Link | undefined => {
    const place = places.get(uid);
    return place === undefined ? read.get(uid) : toLink(known as Index, place);
  };
  if (read.size > 0) {
    const kept = [...places.keys()].filter((uid) => roll.indexOf(uid) >= 0);
    const all = [...kept, ...read.keys()].sort((one, other) => one - other);
    const whole = await makeIndex(all, linkOf, loop);
    remember(key, database, whole);
    if (isSame(whole.uids, uids)) return whole;
  }
  return makeIndex(uids, linkOf, loop);
}

async function makeIndex(
  uids: readonly number[],
  linkOf: (uid: number) => Link | undefined,
  loop: { pause(): Promise<void> },
): Promise<Index> {
  const links: Link[] = [];
  let total = 0;
  for (const [step, uid] of uids.entries()) {
    const link = linkOf(uid);
    if (link) total += link.references.length;
    if (link) links.push(link);
    if (step % 1000 === 999) await loop.pause();
  }
  const size = links.length;
  const columns: ThreadColumns = {
    size,
    ids: new Float64Array(size),
    starts: new Uint32Array(size + 1),
    references: new Float64Array(total),
    sentAt: new Float64Array(size),
    arrivedAt: new Float64Array(size),
    subjects: new Float64Array(size),
    replies: new Uint8Array(size),
  };
  let end = 0;
  for (const [at, link] of links.entries()) {
    columns.ids[at] = link.id;
    columns.starts[at] = end;
    for (const reference of link.references) columns.references[end++] = reference;
    columns.sentAt[at] = link.sentAt;
    columns.arrivedAt[at] = link.arrivedAt;
    columns.subjects[at] = link.subject;
    columns.replies[at] = link.isReply ? 1 : 0;
    if (at % 1000 === 999) await loop.pause();
  }
  columns.starts[size] = end;
  return { uids: Uint32Array.from(links, ({ uid }) => uid), columns };
}

function toLink({ uids, columns }: Index, place: number): Link {
  return {
    uid: uids[place]!,
    id: columns.ids[place]!,
    references: [
      ...columns.references.subarray(columns.starts[place]!, columns.starts[place + 1]!),
    ],
    sentAt: columns.sentAt[place]!,
    arrivedAt: columns.arrivedAt[place]!,
    subject: columns.subjects[place]!,
    isReply: columns.replies[place] === 1,
  };
}

function isSame(one: Uint32Array, other: readonly number[]): boolean {
  return one.length === other.length && one.every((uid, index) => uid === other[index]);
}

type LinkRow = {
  uid: bigint | number;
  blobId: number;
  /** Of the rendering; null where there is none. */
  version: bigint | number | null;
  internalDate: Date;
  sentAt: Date | null;
  messageId: string | null;
  subject: string | null;
  baseSubject: string | null;
  header: Uint8Array | null;
};

async function readLinks(
  accountId: string,
  mailboxId: string,
  uids: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Map<number, Link>> {
  const links = new Map<number, Link>();
  for (const { condition } of chunkUids(uids, rowsPerQuery)) {
    signal?.throwIfAborted();
    const select = () => db.$queryRaw<LinkRow[]>`SELECT "uid", "Message"."blobId", "version",
      "internalDate", "sentAt", "messageId", "subject", "baseSubject", ${header} AS "header"
      FROM "Message" LEFT JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${condition}`;
    let rows = await select();
    const outdated = rows.filter(({ version }) => Number(version) !== FACTS_VERSION);
    if (outdated.length > 0) {
      await renderOutdated(new Set(outdated.map(({ blobId }) => blobId)));
      rows = await select();
    }
    for (const row of rows) links.set(Number(row.uid), readLink(row));
    await nextTurn();
  }
  return links;
}

function readLink(row: LinkRow): Link {
  const { internalDate, sentAt, subject } = row;
  const base = casemapKey(row.baseSubject ?? '');
  return {
    uid: Number(row.uid),
    id: hashText((row.messageId ?? '').replace(/["\\]/g, '')),
    references: readReferences(toBuffer(row.header)).map(hashText),
    // RFC 5256 §2.2: an unreadable Date field counts as the internal date.
    sentAt: (sentAt ?? internalDate).getTime(),
    arrivedAt: internalDate.getTime(),
    subject: hashText(base),
    isReply: isReplySubject(subject ?? ''),
  };
}

function recall(key: string, database: number): Index | null {
  const found = remembered.get(key);
  if (!found) return null;
  forget(key);
  if (found.database !== database) return null;
  rememberedBytes += found.bytes;
  remembered.set(key, found);
  return found.index;
}

function remember(key: string, database: number, index: Index): void {
  forget(key);
  const bytes = 45 * index.columns.size + 8 * index.columns.references.length;
  if (bytes > maxBytes) return;
  remembered.set(key, { index, database, bytes });
  rememberedBytes += bytes;
  for (const oldest of remembered.keys()) {
    if (rememberedBytes <= maxBytes) return;
    forget(oldest);
  }
}

function forget(key: string): void {
  rememberedBytes -= remembered.get(key)?.bytes ?? 0;
  remembered.delete(key);
}
