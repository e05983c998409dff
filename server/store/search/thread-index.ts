// What THREAD needs of each message of a mailbox: ids, references, subject and times as columns of numbers.
// References stand only in the header, which is read once for a message and remembered for the mailboxes that
// were asked for last, bounded in bytes. One memory a process, derived, never the truth.
import { countDatabasesOpened, db, raw } from '#lib/db.ts';
import { FACTS_VERSION } from '#lib/mail/facts.ts';
import { isReplySubject } from '#lib/mail/subject.ts';
import {
  buildThreads,
  type Forest,
  type ThreadAlgorithm,
  type ThreadColumns,
} from '#lib/mail/thread.ts';
import { toBuffer } from '../bodies/blobs.ts';
import { renderOutdated } from '../bodies/render-outdated.ts';
import { readView } from '../journal.ts';
import { hashText, readReferences } from '../message-references.ts';
import type { Progress } from '../progress.ts';
import { nextTurn, runInTurns, startLoop } from '../turn.ts';
import { chunkUids } from '../uid-condition.ts';
import { findUid } from '../uid-list.ts';
import { casemapKey } from './casemap.ts';

/** A References field behind that much of a header is not looked for. */
const header = raw('SUBSTR("Rendering"."header", 1, 65536)');
const rowsPerQuery = 200;
const maxBytes = 24 * 1024 * 1024;
/** Columns and threads. */
const bytesPerMessage = 110;

const copied = ['ids', 'sentAt', 'arrivedAt', 'subjects', 'replies'] as const;
const stepsPerLook = 500;

/** A message, under the names of the columns. */
type Link = Record<(typeof copied)[number], number> & { references: readonly number[] };

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
  progress?: Progress,
): Promise<Index> {
  const { mailbox, roll } = await readView(accountId, mailboxId);
  const key = `${accountId} ${mailboxId} ${mailbox.uidValidity}`;
  const database = countDatabasesOpened();
  const known = recall(key, database) ?? nothing;
  if (isSame(known.uids, uids)) return known;
  const missing = uids.filter((uid) => known.uids[findUid(known.uids, uid)] !== uid);
  const read = await readLinks(accountId, mailboxId, missing, signal, progress);
  if (read.size > 0) {
    const all = [...known.uids.filter((uid) => roll.indexOf(uid) >= 0), ...read.keys()];
    if (all[known.uids.length]! < known.uids.at(-1)!) all.sort((one, other) => one - other);
    const whole = await makeIndex(all, known, read);
    remember(key, database, whole);
    if (isSame(whole.uids, uids)) return whole;
  }
  return makeIndex(uids, known, read);
}

/** The threads of an index that were asked for last; they go with it. */
const forests = new WeakMap<Index, { algorithm: ThreadAlgorithm; forest: Forest }>();

/**
 * The threads of those of the UIDs (ascending) that exist; nodes are indexes in `uids`. Refusal 'not-found'. Throws
 * the signal's reason once it is aborted.
 */
export async function threadMessages(
  accountId: string,
  mailboxId: string,
  { uids, algorithm }: { uids: readonly number[]; algorithm: ThreadAlgorithm },
  signal?: AbortSignal,
  progress?: Progress,
): Promise<{ uids: Uint32Array; forest: Forest }> {
  const index = await readThreadColumns(accountId, mailboxId, uids, signal, progress);
  const known = forests.get(index);
  if (known?.algorithm === algorithm) return { uids: index.uids, forest: known.forest };
  const forest = await runInTurns(buildThreads(index.columns, algorithm), signal);
  forests.set(index, { algorithm, forest });
  return { uids: index.uids, forest };
}

const nothing: Index = {
  uids: new Uint32Array(0),
  columns: makeColumns(0, 0),
};

function makeColumns(size: number, references: number): ThreadColumns {
  return {
    size,
    ids: new Float64Array(size),
    starts: new Uint32Array(size + 1),
    references: new Float64Array(references),
    sentAt: new Float64Array(size),
    arrivedAt: new Float64Array(size),
    subjects: new Float64Array(size),
    replies: new Uint8Array(size),
  };
}

/** The index of those of the UIDs (ascending) that one or the other knows. */
async function makeIndex(
  uids: readonly number[],
  { uids: knownUids, columns: known }: Index,
  read: ReadonlyMap<number, Link>,
): Promise<Index> {
  const loop = startLoop();
  const found = new Uint32Array(uids.length);
  /** Where it stands in `known`, or -1. */
  const places = new Int32Array(uids.length);
  let size = 0;
  let total = 0;
  let place = -1;
  for (const [step, uid] of uids.entries()) {
    place = knownUids[place + 1] === uid ? place + 1 : findUid(knownUids, uid);
    const isKnown = knownUids[place] === uid;
    const link = isKnown ? undefined : read.get(uid);
    if (!isKnown && !link) continue;
    found[size] = uid;
    places[size++] = isKnown ? place : -1;
    total += link?.references.length ?? known.starts[place + 1]! - known.starts[place]!;
    if (step % stepsPerLook === 0) await loop.pause();
  }
  const columns = makeColumns(size, total);
  let end = 0;
  for (let at = 0; at < size; at++) {
    const from = places[at]!;
    columns.starts[at] = end;
    if (from >= 0) {
      for (const name of copied) columns[name][at] = known[name][from]!;
      for (let next = known.starts[from]!; next < known.starts[from + 1]!; next++) {
        columns.references[end++] = known.references[next]!;
      }
    } else {
      const link = read.get(found[at]!)!;
      for (const name of copied) columns[name][at] = link[name];
      for (const reference of link.references) columns.references[end++] = reference;
    }
    if (at % stepsPerLook === 0) await loop.pause();
  }
  columns.starts[size] = end;
  return { uids: found.slice(0, size), columns };
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
  progress: Progress | undefined,
): Promise<Map<number, Link>> {
  const links = new Map<number, Link>();
  if (progress) Object.assign(progress, { done: 0, goal: uids.length });
  for (let at = 0; at < uids.length; at += rowsPerQuery) {
    signal?.throwIfAborted();
    const [chunk] = chunkUids(uids.slice(at, at + rowsPerQuery));
    if (!chunk) continue;
    const select = () => db.$queryRaw<LinkRow[]>`SELECT "uid", "Message"."blobId", "version",
      "internalDate", "sentAt", "messageId", "subject", "baseSubject", ${header} AS "header"
      FROM "Message" LEFT JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${chunk.condition}`;
    let rows = await select();
    const outdated = rows.filter(({ version }) => Number(version) !== FACTS_VERSION);
    if (outdated.length > 0) {
      await renderOutdated(new Set(outdated.map(({ blobId }) => blobId)));
      rows = await select();
    }
    for (const row of rows) links.set(Number(row.uid), readLink(row));
    if (progress) progress.done = at;
    await nextTurn();
  }
  return links;
}

function readLink(row: LinkRow): Link {
  const { internalDate, sentAt, subject } = row;
  const base = casemapKey(row.baseSubject ?? '');
  return {
    ids: hashText((row.messageId ?? '').replace(/["\\]/g, '')),
    references: readReferences(toBuffer(row.header)).map(hashText),
    // RFC 5256 §2.2: an unreadable Date field counts as the internal date.
    sentAt: (sentAt ?? internalDate).getTime(),
    arrivedAt: internalDate.getTime(),
    subjects: hashText(base),
    replies: isReplySubject(subject ?? '') ? 1 : 0,
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
  const bytes = bytesPerMessage * index.columns.size + 8 * index.columns.references.length;
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
