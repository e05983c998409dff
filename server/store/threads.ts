// The thread of a message (RFC 8474 THREADID): an answer joins the thread of the first of its references
// that the account has seen, in whatever mailbox; the root stands first (RFC 5322 §3.6.4).
import { createHash } from 'node:crypto';
import { cutRows, join, sql, type Tx } from '#lib/db.ts';
import { nextTurn } from './turn.ts';

/** References of one message that are looked at: more is an attack or a broken program. */
const maxReferences = 50;

type Reference = { accountId: string; reference: string; threadId: string };
type Linked = { messageId: string; references: string[] };

/** A message on its way in, with a thread of its own that it keeps unless it answers another one. */
type Joining = { accountId: string; facts: Linked; threadId: string };

/**
 * Gives messages the threads of those they answer, in their order, and remembers their references for the
 * answers to come. `threadId` of a message changes where it has ancestors.
 */
export async function joinThreads(tx: Tx, messages: Joining[]): Promise<void> {
  const linked = messages.map((message) => ({ message, keys: referenceKeys(message) }));
  // Who names a reference first offers its thread for it; what is known keeps its own.
  const offered = new Map<string, Reference>();
  for (const { message, keys } of linked) {
    const { accountId, threadId } = message;
    for (const [key, reference] of keys) {
      if (!offered.has(key)) offered.set(key, { accountId, reference, threadId });
    }
  }
  const stored = await storeReferences(tx, offered);
  const known = new Map(
    [...stored].filter(([key, threadId]) => threadId !== offered.get(key)?.threadId),
  );
  for (const { message, keys } of linked) {
    const names = keys.map(([key]) => key);
    const root = names.find((key) => known.has(key));
    if (root) message.threadId = known.get(root) as string;
    for (const key of names) if (!known.has(key)) known.set(key, message.threadId);
  }
  const moved = new Map<string, Reference[]>();
  for (const [key, { accountId, reference }] of offered) {
    const threadId = known.get(key) as string;
    if (stored.get(key) === threadId) continue;
    const group = moved.get(keyOf(accountId, threadId)) ?? [];
    moved.set(keyOf(accountId, threadId), [...group, { accountId, reference, threadId }]);
  }
  for (const group of moved.values()) await moveReferences(tx, group);
}

/** Gives references of one account their thread, which is one too. */
async function moveReferences(tx: Tx, group: Reference[]): Promise<void> {
  const { accountId, threadId } = group[0]!;
  for (const part of cutRows(group.map(({ reference }) => sql`${reference}`))) {
    await tx.$executeRaw`UPDATE "ThreadReference" SET "threadId" = ${threadId}
      WHERE "accountId" = ${accountId} AND "reference" IN (${join(part)})`;
  }
}

/** Makes the references that are not there; returns the threads of all, by key. */
async function storeReferences(
  tx: Tx,
  offered: Map<string, Reference>,
): Promise<Map<string, string>> {
  // In order, so that two processes never wait for each other.
  const rows = [...offered]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, own]) => sql`(${own.accountId}, ${own.reference}, ${own.threadId})`);
  const threads = new Map<string, string>();
  for (const part of cutRows(rows)) {
    const found = await tx.$queryRaw<Reference[]>`
      INSERT INTO "ThreadReference" ("accountId", "reference", "threadId") VALUES ${join(part)}
      ON CONFLICT ("accountId", "reference") DO UPDATE SET "threadId" = "ThreadReference"."threadId"
      RETURNING "accountId", "reference", "threadId"`;
    for (const row of found) threads.set(keyOf(row.accountId, row.reference), row.threadId);
    await nextTurn();
  }
  return threads;
}

function keyOf(accountId: string, reference: string): string {
  return `${accountId} ${reference}`;
}

/** References of a message by key, the oldest first, the message's own id last. */
function referenceKeys({ accountId, facts }: Joining): [key: string, reference: string][] {
  const first = facts.references.slice(0, 1);
  // The root and the nearest ones say most when the list has to be cut.
  const rest = facts.references.slice(1).slice(-(maxReferences - 2));
  const ids = [...first, ...rest, facts.messageId].filter((id) => id !== '');
  const references = [...new Set(ids.map(hashOf))];
  return references.map((reference) => [keyOf(accountId, reference), reference]);
}

function hashOf(messageId: string): string {
  return createHash('sha256').update(messageId).digest('hex').slice(0, 32);
}
