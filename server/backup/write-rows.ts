// Rows of a backup back into the database.
import { empty, insertRows, join, raw, type Sql, sql, type Tx, write } from '#lib/db.ts';
import type { BackupRow, Value } from './chunk.ts';
import type { ColumnKind, Table } from './tables.ts';

const rowsPerStep = 500;

/**
 * Inserts rows inside a step. `bodies` has the numbers of bodies by hash, where the table points to
 * some; `end` stands after the rows.
 */
export async function insertBackupRows(
  tx: Tx,
  table: Table,
  rows: BackupRow[],
  bodies: Map<string, number> = new Map(),
  end: Sql = empty,
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  // What an older backup does not know gets the database's defaults.
  const columns = Object.entries(table.columns).filter(([name]) => name in first);
  const names = raw(columns.map(([name]) => `"${name}"`).join(', '));
  const toRow = (row: BackupRow): Sql => {
    const values = columns.map(([name, kind]) =>
      kind === 'body' ? bodies.get(String(row[name])) : toColumn(kind, row[name] ?? null),
    );
    return sql`(${join(values)})`;
  };
  const into = sql`INSERT INTO ${raw(`"${table.name}"`)} (${names})`;
  await insertRows(tx, into, rows.map(toRow), end);
}

/** Inserts rows in steps of their own. */
export async function writeBackupRows(table: Table, rows: BackupRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerStep) {
    const part = rows.slice(start, start + rowsPerStep);
    await write((tx) => insertBackupRows(tx, table, part));
  }
}

function toColumn(kind: ColumnKind, value: Value): unknown {
  if (value === null) return null;
  if (kind === 'date') return new Date(String(value));
  if (kind === 'bytes') return Buffer.from(String(value), 'base64');
  // PostgreSQL's text has no NUL; no text of ours means anything by one.
  if (kind === 'text') return String(value).replaceAll('\u0000', '');
  return value;
}
