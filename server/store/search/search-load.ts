// Reads of messages what a search has to see of them, a stage at a time: the row, rendered fields, the header,
// the text. What another version of the program rendered is rendered again before it is judged.
import { db, raw, type sql } from '#lib/db.ts';
import { FACTS_VERSION } from '#lib/mail/facts.ts';
import { decodeUnstructured, parseHeaderFields } from '#lib/mail/header.ts';
import { toBuffer } from '../bodies/blobs.ts';
import { renderOutdated } from '../bodies/render-outdated.ts';
import { SearchText } from '../fold.ts';
import { chunkUids } from '../uid-condition.ts';
import type { Candidate, Stage } from './search-criterion.ts';
import type { RowColumn } from './search-plan.ts';

/** Rows that `selectRows` returns at most. */
export const rowsPerTurn = 2000;
/** HEADER looks no further than TEXT does (lib/mail/text.ts). */
const maxHeaderBytes = 256 * 1024;

export type LoadedStage = Exclude<Stage, 'row'>;

/** Loads the stage of the candidates (of headers those fields); one that is gone meanwhile stays as it is. */
export async function load(
  accountId: string,
  mailboxId: string,
  stage: LoadedStage,
  portion: Candidate[],
  fieldNames: ReadonlySet<string>,
): Promise<void> {
  const byUid = new Map(portion.map((candidate) => [candidate.uid, candidate]));
  for (const { condition } of chunkUids(byUid.keys())) {
    const read = () => loaders[stage](accountId, mailboxId, condition, fieldNames);
    let rows = await read();
    const outdated = rows.filter(({ version }) => Number(version) !== FACTS_VERSION);
    if (outdated.length > 0) {
      await renderOutdated(new Set(outdated.map(({ blobId }) => blobId)));
      rows = await read();
    }
    for (const row of rows) {
      const candidate = byUid.get(Number(row.uid));
      if (candidate) row.fill(candidate);
    }
  }
}

type Condition = ReturnType<typeof sql>;
type Loaded = {
  uid: bigint | number;
  blobId: number;
  /** Of the rendering; null where there is none, or no text of it. */
  version: bigint | number | null;
};
type Loader = (
  accountId: string,
  mailboxId: string,
  condition: Condition,
  fieldNames: ReadonlySet<string>,
) => Promise<(Loaded & { fill(candidate: Candidate): void })[]>;

const textOf = (text: string | null) => new SearchText(() => text ?? '');

const loaders: Record<LoadedStage, Loader> = {
  fields: async (accountId, mailboxId, condition) => {
    const rows = await db.$queryRaw<
      (Loaded &
        Record<'subject' | 'fromText' | 'toText' | 'ccText', string | null> & {
          sentAt: Date | null;
        })[]
    >`SELECT "uid", "Message"."blobId", "version", "subject", "fromText", "toText", "ccText", "sentAt"
      FROM "Message" LEFT JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${condition}`;
    return rows.map((row) => ({
      ...row,
      fill: (candidate) => {
        candidate.fields = {
          subject: textOf(row.subject),
          from: textOf(row.fromText),
          to: textOf(row.toText),
          cc: textOf(row.ccText),
          sentAt: row.sentAt,
        };
      },
    }));
  },
  header: async (accountId, mailboxId, condition, fieldNames) => {
    const rows = await db.$queryRaw<
      (Loaded & { prefix: Uint8Array; header: Uint8Array | null })[]
    >`SELECT "uid", "Message"."blobId", "version", "prefix", "header"
      FROM "Message" LEFT JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${condition}`;
    return rows.map((row) => ({
      ...row,
      fill: (candidate) => {
        const own = toBuffer(row.header);
        const header = row.prefix.length === 0 ? own : Buffer.concat([row.prefix, own]);
        const fields = parseHeaderFields(header.subarray(0, maxHeaderBytes), fieldNames);
        candidate.header = fields.map(({ key, rawValue }) => {
          return { key, rawValue, text: new SearchText(() => decodeUnstructured(rawValue)) };
        });
      },
    }));
  },
  text: async (accountId, mailboxId, condition) => {
    const rows = await db.$queryRaw<
      (Loaded & { prefix: Uint8Array; header: string | null; body: string | null })[]
    >`SELECT "uid", "Message"."blobId", "prefix", "RenderingText"."header", "RenderingText"."body",
      CASE WHEN "RenderingText"."blobId" IS NOT NULL THEN "version" END AS "version" FROM "Message"
      LEFT JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"
      LEFT JOIN "RenderingText" ON "RenderingText"."blobId" = "Message"."blobId"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${condition}`;
    return rows.map((row) => ({
      ...row,
      fill: (candidate) => {
        candidate.text = {
          prefix: new SearchText(() => toBuffer(row.prefix).toString('utf8')),
          header: SearchText.ofFolded(row.header ?? ''),
          body: SearchText.ofFolded(row.body ?? ''),
        };
      },
    }));
  },
};

const unread = {
  keywords: '',
  emailId: '',
  threadId: '',
  internalDate: new Date(0),
  savedAt: new Date(0),
};

/** The next rows of a mailbox, by UID. */
export async function selectRows(
  accountId: string,
  mailboxId: string,
  columns: RowColumn[],
  from: number,
  to: number,
): Promise<Candidate[]> {
  const list = raw(
    ['uid', 'modseq', 'flags', 'sizeBytes', ...columns].map((column) => `"${column}"`).join(', '),
  );
  const rows = await db.$queryRaw<
    (Record<'uid' | 'modseq' | 'flags' | 'sizeBytes', bigint | number> &
      Partial<Pick<Candidate, RowColumn>>)[]
  >`SELECT ${list} FROM "Message" WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}
    AND "uid" BETWEEN ${from} AND ${to} ORDER BY "uid" LIMIT ${rowsPerTurn}`;
  return rows.map((row) => ({
    ...unread,
    ...row,
    uid: Number(row.uid),
    modseq: Number(row.modseq),
    flags: Number(row.flags),
    sizeBytes: Number(row.sizeBytes),
  }));
}
