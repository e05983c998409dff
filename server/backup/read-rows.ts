// Rows out of the database, page by page along the primary key, in the form a backup keeps.
import { type Db, empty, join, raw, type Sql, sql } from '#lib/db.ts';
import type { BackupRow, Value } from './chunk.ts';
import type { ColumnKind, Table } from './tables.ts';

const rowsPerPage = 500;

/** All rows of a table, or of one account in it, in the order of their key. */
export async function* readRows(
  db: Db,
  table: Table,
  accountId: string | null,
): AsyncGenerator<BackupRow[]> {
  const isOwn = accountId === null ? sql`1 = 1` : sql`t."accountId" = ${accountId}`;
  // An account has one row of those that are told apart by nothing else.
  const names = table.key.length > 0 ? table.key : ['accountId'];
  const key = join(names.map((name) => raw(`t."${name}"`)));
  const hasBody = Object.values(table.columns).includes('body');
  const bodies = hasBody ? sql`LEFT JOIN "Blob" ON "Blob"."id" = t."blobId"` : empty;
  let after: Sql = empty;
  for (;;) {
    const rows = await db.$queryRaw<Record<string, unknown>[]>`SELECT ${selectColumns(table)}
      FROM ${raw(`"${table.name}"`)} t ${bodies} WHERE ${isOwn} ${after}
      ORDER BY ${key} LIMIT ${rowsPerPage}`;
    if (rows.length > 0) yield rows.map((row) => toBackupRow(table, row));
    const last = rows.at(-1);
    if (!last || rows.length < rowsPerPage) return;
    after = sql`AND (${key}) > (${join(names.map((name) => last[name]))})`;
    // Other work of the process wants its turn.
    await new Promise(setImmediate);
  }
}

function selectColumns(table: Table): Sql {
  const columns = Object.entries(table.columns).map(([name, kind]) =>
    raw(kind === 'body' ? `"Blob"."hash" AS "${name}"` : `t."${name}"`),
  );
  return join(columns);
}

function toBackupRow(table: Table, row: Record<string, unknown>): BackupRow {
  return Object.fromEntries(
    Object.entries(table.columns).map(([name, kind]) => [name, toValue(kind, row[name])]),
  );
}

function toValue(kind: ColumnKind, value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (kind === 'number') return Number(value);
  if (kind === 'flag') return Boolean(value);
  if (kind === 'date') return (value as Date).toISOString();
  if (kind === 'bytes') return Buffer.from(value as Uint8Array).toString('base64');
  return String(value);
}
