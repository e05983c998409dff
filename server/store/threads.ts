// The thread of a message (RFC 8474 THREADID): an answer joins the thread of the first of its references
// that the account has seen, in whatever mailbox; the root stands first (RFC 5322 §3.6.4). One that names no
// message joins by its subject (thread-subject.ts).
import { createHash } from 'node:crypto';
import { now } from '#lib/clock.ts';
import { cutRows, db, join, sql, type Tx } from '#lib/db.ts';
import { dayOf } from './day.ts';
import { hasSubjectOfAnswer, listSubjectReferences, subjectDays } from './thread-subject.ts';
import { startLoop } from './turn.ts';

/** References of one message that are looked at: more is an attack or a broken program. */
const maxReferences = 50;

type Reference = { accountId: string; reference: string; threadId: string };
type Known = { threadId: string; day: number };
type KnownRow = Reference & { day: bigint | number };
type Facts = Parameters<typeof listSubjectReferences>[0] & {
  messageId: string;
  references: string[];
};

/** A message on its way in, with a thread of its own that it keeps unless it answers another one. */
type Joining = { accountId: string; facts: Facts; threadId: string };

/** A message and what it is found by, as keys of the maps here. */
type Linked = { message: Joining; ids: Key[]; subjects: Key[] };
type Key = { key: string; reference: string };

/**
 * Gives messages the threads of those they answer, in their order, and remembers their references for the
 * answers to come. `threadId` of a message changes where it has ancestors.
 */
export async function joinThreads(tx: Tx, messages: Joining[]): Promise<void> {
  const linked = messages.map(linkMessage);
  // Who names a reference first offers its thread for it; what is known keeps its own.
  const offered = new Map<string, Reference>();
  for (const { message, ids, subjects } of linked) {
    const { accountId, threadId } = message;
    for (const { key, reference } of [...ids, ...subjects]) {
      if (!offered.has(key)) offered.set(key, { accountId, reference, threadId });
    }
  }
  const known = await findReferences(tx, offered);
  const bySubject = listRecent(linked, known);
  const stored = await storeReferences(tx, offered, known);
  const byId = new Map<string, string>();
  for (const { key } of linked.flatMap(({ ids }) => ids)) {
    const threadId = stored.get(key) as string;
    if (threadId !== offered.get(key)?.threadId) byId.set(key, threadId);
  }
  for (const { message, ids, subjects } of linked) {
    const parent = ids.map(({ key }) => byId.get(key)).find(Boolean);
    const alike = parent ?? (isSubjectUsed(message) ? findFirst(bySubject, subjects) : undefined);
    message.threadId = alike ?? message.threadId;
    for (const { key } of ids) if (!byId.has(key)) byId.set(key, message.threadId);
    // The newest conversation of a subject is the one that an answer means.
    for (const { key } of subjects) bySubject.set(key, message.threadId);
  }
  const moved = new Map<string, Reference[]>();
  for (const [key, { accountId, reference }] of offered) {
    const threadId = (byId.get(key) ?? bySubject.get(key)) as string;
    if (stored.get(key) === threadId) continue;
    const group = moved.get(keyOf(accountId, threadId));
    if (group) group.push({ accountId, reference, threadId });
    else moved.set(keyOf(accountId, threadId), [{ accountId, reference, threadId }]);
  }
  for (const group of moved.values()) await moveReferences(tx, group);
}

function linkMessage(message: Joining): Linked {
  const { accountId, facts } = message;
  const toKey = (reference: string): Key => ({ key: keyOf(accountId, reference), reference });
  return {
    message,
    ids: listIds(facts).map(toKey),
    subjects: listSubjectReferences(facts).map(toKey),
  };
}

/** Only what names no other message: the parents of those that do may still arrive. */
function isSubjectUsed({ facts }: Joining): boolean {
  return facts.references.length === 0 && hasSubjectOfAnswer(facts);
}

function findFirst(threads: Map<string, string>, keys: Key[]): string | undefined {
  return keys.map(({ key }) => threads.get(key)).find(Boolean);
}

/** The rows that there are already, by key. */
async function findReferences(
  tx: Tx,
  offered: Map<string, Reference>,
): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  const rows = [...offered.values()].map((own) => sql`(${own.accountId}, ${own.reference})`);
  for (const part of cutRows(rows)) {
    const found = await tx.$queryRaw<KnownRow[]>`SELECT "accountId", "reference", "threadId", "day"
      FROM "ThreadReference" WHERE ("accountId", "reference") IN (VALUES ${join(part)})`;
    for (const { accountId, reference, threadId, day } of found) {
      known.set(keyOf(accountId, reference), { threadId, day: Number(day) });
    }
  }
  return known;
}

/** Threads of the subjects of those messages that may join by it, where they were seen of late; by key. */
function listRecent(linked: Linked[], known: Map<string, Known>): Map<string, string> {
  const recent = new Map<string, string>();
  const firstDay = dayOf(now()) - subjectDays;
  for (const { message, subjects } of linked) {
    if (subjects.length === 0 || !isSubjectUsed(message)) continue;
    for (const { key } of subjects) {
      const own = known.get(key);
      if (own && own.day >= firstDay) recent.set(key, own.threadId);
    }
  }
  return recent;
}

/** Gives references of one account their thread, which is one too. */
async function moveReferences(tx: Tx, group: Reference[]): Promise<void> {
  const { accountId, threadId } = group[0]!;
  for (const part of cutRows(group.map(({ reference }) => sql`${reference}`))) {
    await tx.$executeRaw`UPDATE "ThreadReference" SET "threadId" = ${threadId}
      WHERE "accountId" = ${accountId} AND "reference" IN (${join(part)})`;
  }
}

/**
 * Makes the references that are not there, and says of the others that they were seen today: most have been, and
 * stay as they are. Returns the threads of all, by key.
 */
async function storeReferences(
  tx: Tx,
  offered: Map<string, Reference>,
  known: Map<string, Known>,
): Promise<Map<string, string>> {
  const day = dayOf(now());
  const threads = new Map<string, string>();
  for (const [key, own] of known) threads.set(key, own.threadId);
  const loop = startLoop();
  // In order, so that two processes never wait for each other.
  const rows = [...offered]
    .filter(([key]) => known.get(key)?.day !== day)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, own]) => sql`(${own.accountId}, ${own.reference}, ${own.threadId}, ${day})`);
  for (const part of cutRows(rows)) {
    const found = await tx.$queryRaw<Reference[]>`
      INSERT INTO "ThreadReference" ("accountId", "reference", "threadId", "day") VALUES ${join(part)}
      ON CONFLICT ("accountId", "reference") DO UPDATE SET "day" = excluded."day"
      RETURNING "accountId", "reference", "threadId"`;
    for (const row of found) threads.set(keyOf(row.accountId, row.reference), row.threadId);
    await loop.pause();
  }
  return threads;
}

function keyOf(accountId: string, reference: string): string {
  return `${accountId} ${reference}`;
}

/**
 * Those accounts of `accountIds` that have one of the messages this one answers, in a thread with the keyword: found
 * before it is stored, so that it can be stored where it belongs.
 */
export async function findInKeywordThreads(
  accountIds: readonly string[],
  references: readonly string[],
  keyword: string,
): Promise<Set<string>> {
  if (references.length === 0 || accountIds.length === 0) return new Set();
  const hashes = listIds({ references: [...references], messageId: '' } as Facts);
  const rows = await db.$queryRaw<{ accountId: string }[]>`
    SELECT DISTINCT r."accountId" FROM "ThreadReference" AS r
    JOIN "Message" AS m ON m."accountId" = r."accountId" AND m."threadId" = r."threadId"
    WHERE r."accountId" IN (${join([...accountIds])}) AND r."reference" IN (${join(hashes)})
    AND m."keywords" LIKE ${`%${keyword}%`}`;
  return new Set(rows.map(({ accountId }) => accountId));
}

/** References of a message, hashed, the oldest first, the message's own id last. */
function listIds({ messageId, references }: Facts): string[] {
  const first = references.slice(0, 1);
  // The root and the nearest ones say most when the list has to be cut.
  const rest = references.slice(1).slice(-(maxReferences - 2));
  const ids = [...first, ...rest, messageId].filter((id) => id !== '');
  return [...new Set(ids.map(hashOf))];
}

function hashOf(messageId: string): string {
  return createHash('sha256').update(messageId).digest('hex').slice(0, 32);
}
