// Rows of one table as an object of the backup. Where one chunk ends and the next begins hangs on the keys
// alone, so that rows that come, go or change make one chunk or two new and leave the others as they were.
import { crc32 } from 'node:zlib';
import type { Table } from './tables.ts';

/** A value as JSON has it; what kind it is says the table. */
export type Value = string | number | boolean | null;
export type BackupRow = Record<string, Value>;

/** UIDs that share a chunk. */
const uidsPerChunk = 512;
/** Rows with other keys: a chunk begins at a key whose checksum is divided by this. */
const rowsPerChunk = 256;
const maxRows = 4096;
const maxBytes = 4 * 1024 * 1024;

/** The bytes of a chunk: equal rows make equal bytes. */
export function encodeChunk(table: Table, rows: BackupRow[]): Buffer {
  const columns = Object.keys(table.columns);
  const values = rows.map((row) => columns.map((column) => row[column] ?? null));
  return Buffer.from(JSON.stringify({ table: table.name, columns, rows: values }));
}

/** The rows of a chunk; columns that an older version did not know are left out. */
export function decodeChunk(bytes: Buffer): { table: string; rows: BackupRow[] } {
  const { table, columns, rows } = JSON.parse(bytes.toString('utf8')) as {
    table: string;
    columns: string[];
    rows: Value[][];
  };
  return {
    table,
    rows: rows.map((values) =>
      Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null])),
    ),
  };
}

/** Cuts rows that come in the order of their key into chunks. */
export async function* cutChunks(
  table: Table,
  pages: AsyncIterable<BackupRow[]>,
): AsyncGenerator<BackupRow[]> {
  let chunk: BackupRow[] = [];
  let bytes = 0;
  for await (const page of pages) {
    for (const row of page) {
      const last = chunk.at(-1);
      const isFull = chunk.length >= maxRows || bytes >= maxBytes;
      if (last && (isFull || isBoundary(table, last, row))) {
        yield chunk;
        chunk = [];
        bytes = 0;
      }
      chunk.push(row);
      bytes += sizeOf(row);
    }
  }
  if (chunk.length > 0) yield chunk;
}

function isBoundary(table: Table, last: BackupRow, row: BackupRow): boolean {
  if (table.key.includes('uid')) {
    const stretchOf = (one: BackupRow) => Math.floor(Number(one.uid) / uidsPerChunk);
    return last.mailboxId !== row.mailboxId || stretchOf(last) !== stretchOf(row);
  }
  return crc32(table.key.map((name) => row[name]).join('\0')) % rowsPerChunk === 0;
}

function sizeOf(row: BackupRow): number {
  return Object.values(row).reduce<number>(
    (sum, value) => sum + (typeof value === 'string' ? value.length : 8),
    0,
  );
}
