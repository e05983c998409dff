// Lists of messages: of each its entry and those columns that are asked for, nothing else. The header and the
// trace of a message are most of its row, and most lists need neither.
import { db, raw } from '#lib/db.ts';
import { FACTS_VERSION } from '#lib/mail/facts.ts';
import { renderOutdated } from './bodies/render-outdated.ts';
import { withKept } from './deleted/read-kept.ts';
import type { Entry } from './entry.ts';
import { nextTurn } from './turn.ts';
import { chunkUids } from './uid-condition.ts';

/** Some two milliseconds' worth. */
const rowsPerQuery = 250;

type OwnColumn = 'prefix' | 'sizeBytes' | 'internalDate' | 'savedAt' | 'emailId' | 'threadId';
type RenderedColumn = 'envelope' | 'bodyStructure' | 'body' | 'header';
/** "smallBody": the bytes of the blob where they are a row and few, else null. */
export type Column = OwnColumn | RenderedColumn | 'smallBody';

/** Only the columns that were asked for are there; a rendering that is missing is null. */
export type ColumnRow = Entry & {
  sizeBytes: bigint | number;
  internalDate: Date;
  savedAt: Date;
  emailId: string;
  threadId: string;
  envelope: Uint8Array | null;
  bodyStructure: Uint8Array | null;
  body: Uint8Array | null;
  prefix: Uint8Array;
  header: Uint8Array | null;
  blobId: number;
  smallBody: Uint8Array | null;
};

const rendered: readonly Column[] = ['envelope', 'bodyStructure', 'body', 'header'];

type Row = ColumnRow & { version: bigint | number | null };
/** With what a message of such a size needs beside them, some hundred of them may be read at once. */
const smallBytes = 64 * 1024;

/** Rows of those UIDs that exist, by UID; as with `readMessages` also of what is kept of an expunge. */
export function readColumns(
  accountId: string,
  mailboxId: string,
  uids: number[],
  columns: readonly Column[],
): Promise<ColumnRow[]> {
  const select = (account: string, mailbox: string, wanted: number[]) =>
    selectColumns(account, mailbox, wanted, columns);
  return withKept(accountId, mailboxId, uids, select);
}

async function selectColumns(
  accountId: string,
  mailboxId: string,
  uids: number[],
  columns: readonly Column[],
): Promise<ColumnRow[]> {
  const usesRendering = columns.some((column) => rendered.includes(column));
  const usesBytes = columns.includes('smallBody');
  const own = ['uid', 'modseq', 'flags', 'keywords'];
  if (usesRendering || usesBytes) own.push('blobId');
  const names = [...own.map((name) => `"Message"."${name}"`), ...columns.map(nameColumn)];
  if (usesRendering) names.push('"Rendering"."version"');
  const list = raw(names.join(', '));
  let joined = '"Message"';
  if (usesRendering)
    joined += ' LEFT JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"';
  if (usesBytes) {
    joined += ` LEFT JOIN "BlobBytes" ON "BlobBytes"."blobId" = "Message"."blobId"
      AND "Message"."sizeBytes" <= ${smallBytes}`;
  }
  const from = raw(joined);
  const all: ColumnRow[] = [];
  for (const { condition } of chunkUids(uids, rowsPerQuery)) {
    if (all.length > 0) await nextTurn();
    const select = () => db.$queryRaw<Row[]>`SELECT ${list} FROM ${from}
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${condition}
      ORDER BY "uid"`;
    let rows = await select();
    const outdated = usesRendering
      ? rows.filter(({ version }) => Number(version) !== FACTS_VERSION)
      : [];
    if (outdated.length > 0) {
      await renderOutdated(new Set(outdated.map(({ blobId }) => blobId)));
      rows = await select();
    }
    for (const row of rows) {
      row.uid = Number(row.uid);
      row.modseq = Number(row.modseq);
      row.flags = Number(row.flags);
      all.push(row);
    }
  }
  return all;
}

function nameColumn(column: Column): string {
  if (column === 'smallBody') return '"BlobBytes"."bytes" AS "smallBody"';
  return `"${rendered.includes(column) ? 'Rendering' : 'Message'}"."${column}"`;
}
