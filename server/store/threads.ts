// The thread of a message (RFC 8474 THREADID): an answer joins the thread of the first of its references
// that the account has seen, in whatever mailbox; the root stands first (RFC 5322 §3.6.4).
import { createHash } from 'node:crypto';
import { join, sql, type Tx } from '#lib/db.ts';
import { newId } from '#lib/id.ts';

/** References of one message that are looked at: more is an attack or a broken program. */
const maxReferences = 50;

type Linked = { messageId: string; references: string[] };

/** Finds or makes the thread of a message and remembers its references for the answers to come. */
export async function joinThread(tx: Tx, accountId: string, message: Linked): Promise<string> {
  const keys = referenceKeys(message);
  const newThread = newId();
  if (keys.length === 0) return newThread;
  // One statement for the usual case, a message without ancestors: what is known keeps its thread.
  const rows = keys.map((key) => sql`(${accountId}, ${key}, ${newThread})`);
  const found = await tx.$queryRaw<{ reference: string; threadId: string }[]>`
    INSERT INTO "ThreadReference" ("accountId", "reference", "threadId") VALUES ${join(rows)}
    ON CONFLICT ("accountId", "reference") DO UPDATE SET "threadId" = "ThreadReference"."threadId"
    RETURNING "reference", "threadId"`;
  const threads = new Map(found.map((row) => [row.reference, row.threadId]));
  const root = keys.find((key) => threads.get(key) !== newThread);
  const threadId = root ? threads.get(root) : undefined;
  if (threadId === undefined) return newThread;
  if (found.some((row) => row.threadId === newThread)) {
    await tx.$executeRaw`UPDATE "ThreadReference" SET "threadId" = ${threadId}
      WHERE "accountId" = ${accountId} AND "reference" IN (${join(keys)})
      AND "threadId" = ${newThread}`;
  }
  return threadId;
}

/** Keys of the references, the oldest first, the message's own id last. */
function referenceKeys(message: Linked): string[] {
  const first = message.references.slice(0, 1);
  // The root and the nearest ones say most when the list has to be cut.
  const rest = message.references.slice(1).slice(-(maxReferences - 2));
  const ids = [...first, ...rest, message.messageId].filter((id) => id !== '');
  return [...new Set(ids.map(keyOf))];
}

function keyOf(messageId: string): string {
  return createHash('sha256').update(messageId).digest('hex').slice(0, 32);
}
