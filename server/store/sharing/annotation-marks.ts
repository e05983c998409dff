// Which annotations (annotations.ts) have changed since they were looked at: a short digest of each. A poke of
// their own says when a look is worth while, since their values are not read at every change of a mailbox.
import { createHash } from 'node:crypto';
import { db } from '#lib/db.ts';
import { onPoke, poke, type Topic } from '#lib/poke.ts';

/** Stands for the owner of the shared annotations of the server. */
export const serverOwner = 'server';

/** Digests by mailbox ('' for the server) and entry; see `markKey`. */
export type Marks = Map<string, string>;

/** Values read at a time, of at most 64 KB each. */
const rowsPerRead = 50;

/** An entry name holds no line end. */
export function markKey(mailboxId: string, entry: string): string {
  return `${mailboxId}\n${entry}`;
}

export function markOf(value: Uint8Array): string {
  return createHash('sha256').update(value).digest('base64url').slice(0, 22);
}

function topicOf(ownerId: string): Topic {
  return `mailbox:${ownerId}:annotations`;
}

/** After the commit: annotations of that account's mailboxes, or of the server, have changed. */
export function pokeAnnotations(ownerId: string): void {
  poke(topicOf(ownerId));
}

/** Calls `listener` when they may have changed; returns the function that ends it. */
export function onAnnotationChange(ownerId: string, listener: () => void): () => void {
  return onPoke(topicOf(ownerId), listener);
}

/** Digests of what `userId` may read of the mailboxes of `ownerIds` and of the server. */
export async function readMarks(ownerIds: readonly string[], userId: string): Promise<Marks> {
  const marks: Marks = new Map();
  // '' owns the shared ones of the server, the user's own account its private ones.
  for (const accountId of new Set(['', userId, ...ownerIds])) {
    for (let skip = 0; ; skip += rowsPerRead) {
      const rows = await db.annotation.findMany({
        where: { accountId, ownerId: { in: ['', userId] } },
        select: { mailboxId: true, entry: true, value: true },
        orderBy: [{ mailboxId: 'asc' }, { ownerId: 'asc' }, { entry: 'asc' }],
        skip,
        take: rowsPerRead,
      });
      for (const { mailboxId, entry, value } of rows) {
        marks.set(markKey(mailboxId, entry), markOf(value));
      }
      if (rows.length < rowsPerRead) break;
    }
  }
  return marks;
}

/** Entries that are other, new or gone, by mailbox ('' for the server), each in their order. */
export function compareMarks(before: Marks, after: Marks): Map<string, string[]> {
  const changed = new Map<string, string[]>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(key) === after.get(key)) continue;
    const [mailboxId = '', entry = ''] = key.split('\n');
    changed.set(mailboxId, [...(changed.get(mailboxId) ?? []), entry].sort());
  }
  return changed;
}
