// Which messages of a mailbox have a text, from whatever index the database has: a file of its own
// (text-index.ts), or the database's. An answer is that of a scan, or "unknown".
import { db, type Sql, sql } from '#lib/db.ts';
import { buildTextIndex, matchText, textIndexFiles } from '#lib/dialect/index.ts';
import { logOf } from '#lib/log.ts';
import { FACTS_VERSION } from '#lib/mail/facts.ts';
import type { Running } from '#server/net/running.ts';
import { toBuffer } from '../bodies/blobs.ts';
import { foldText } from '../fold.ts';
import { readMailbox } from '../mailbox-row.ts';
import { nextTurn } from '../turn.ts';
import { chunkUids } from '../uid-condition.ts';
import { askTextIndex, startTextIndex } from './text-index.ts';
import {
  type TextHits,
  type TextKey,
  type TextQuery,
  verdictNo,
  verdictUnknown,
  verdictYes,
} from './text-index-query.ts';

export type { TextHits, TextKey, TextQuery } from './text-index-query.ts';

const log = logOf('search');
const prefixesPerQuery = 500;

/** Keeps the index up to date behind what arrives. For the daemon alone. */
export async function startSearch(): Promise<Running> {
  if (textIndexFiles()) return startTextIndex();
  // It may take minutes, and nothing waits for it; whatever it is interrupted in, the next start goes on.
  void buildTextIndex().catch((error) => {
    log.warn({ err: error }, 'no index for texts here: searches look through them one by one');
  });
  return { stop: async () => undefined };
}

/** Whether `findTextHits` may know something of such a key. */
export function isIndexed({ field }: TextKey): boolean {
  return field === 'body' || field === 'text' || textIndexFiles() !== null;
}

/**
 * The messages of `query.first` to `query.last` with a verdict for each key, which all are `isIndexed`. Null
 * where no index answers or `signal` is aborted. Messages that come meanwhile are not among them.
 */
export async function findTextHits(
  query: TextQuery,
  signal?: AbortSignal,
): Promise<TextHits | null> {
  return textIndexFiles() ? askTextIndex(query, signal) : askDatabase(query, signal);
}

type UidRow = { uid: bigint | number };

async function askDatabase(query: TextQuery, signal?: AbortSignal): Promise<TextHits | null> {
  const { accountId, mailboxId, first } = query;
  const { uidNext } = await readMailbox(db, accountId, mailboxId);
  const last = Math.min(query.last, uidNext - 1);
  const inMailbox = sql`"accountId" = ${accountId} AND "mailboxId" = ${mailboxId}
    AND "uid" BETWEEN ${first} AND ${last}`;
  const rows = await db.$queryRaw<UidRow[]>`
    SELECT "uid" FROM "Message" WHERE ${inMailbox} ORDER BY "uid"`;
  const uids = Uint32Array.from(rows, ({ uid }) => Number(uid));
  const outdated = await db.$queryRaw<UidRow[]>`SELECT "uid" FROM "Message"
    LEFT JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"
    LEFT JOIN "RenderingText" ON "RenderingText"."blobId" = "Message"."blobId" WHERE ${inMailbox}
    AND (COALESCE("Rendering"."version", 0) <> ${FACTS_VERSION} OR "RenderingText"."blobId" IS NULL)`;
  const verdicts: Uint8Array[] = [];
  for (const { field, needle } of query.keys) {
    if (signal?.aborted) return null;
    const found = new Uint8Array(uids.length);
    for (const column of field === 'text' ? (['header', 'body'] as const) : (['body'] as const)) {
      const fits = await selectFitting(inMailbox, matchText(column, needle));
      markAll(uids, found, fits, verdictYes);
    }
    markAll(uids, found, outdated, verdictUnknown);
    if (field === 'text') await judgePrefixes(query, uids, found, needle);
    verdicts.push(found);
    await nextTurn();
  }
  return { uids, verdicts };
}

function selectFitting(inMailbox: Sql, fits: Sql): Promise<UidRow[]> {
  return db.$queryRaw<UidRow[]>`SELECT "uid" FROM "Message"
    JOIN "RenderingText" ON "RenderingText"."blobId" = "Message"."blobId"
    WHERE ${inMailbox} AND ${fits}`;
}

function markAll(uids: Uint32Array, found: Uint8Array, rows: UidRow[], verdict: number): void {
  const wanted = new Set(rows.map(({ uid }) => Number(uid)));
  if (wanted.size === 0) return;
  for (const [index, uid] of uids.entries()) if (wanted.has(uid)) found[index] = verdict;
}

/** The header of this copy of the message, where nothing else has the needle. */
async function judgePrefixes(
  { accountId, mailboxId }: TextQuery,
  uids: Uint32Array,
  found: Uint8Array,
  needle: string,
): Promise<void> {
  const open = uids.filter((_uid, index) => found[index] === verdictNo);
  for (const { condition } of chunkUids(open, prefixesPerQuery)) {
    const rows = await db.$queryRaw<(UidRow & { prefix: Uint8Array })[]>`SELECT "uid", "prefix"
      FROM "Message" WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${condition}
      AND LENGTH("prefix") > 0`;
    const fits = rows.filter(({ prefix }) =>
      foldText(toBuffer(prefix).toString('utf8')).includes(needle),
    );
    markAll(uids, found, fits, verdictYes);
    await nextTurn();
  }
}
