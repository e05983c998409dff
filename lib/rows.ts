// Cutting rows into statements: bounds what one INSERT binds and how long it stops the event loop.

/** Of Prisma's Sql what matters here. */
type Row = { values: readonly unknown[] };

const rowsPerInsert = 64;
const bytesPerInsert = 256 * 1024;

/** Cuts rows into parts that one statement carries: 64, 32, 16, …, since few shapes stay prepared. */
export function* cutRows<R extends Row>(rows: R[]): Generator<R[]> {
  for (let start = 0; start < rows.length; ) {
    let part = rows.slice(start, start + 1);
    for (let count = 2; count <= Math.min(rowsPerInsert, rows.length - start); count *= 2) {
      const larger = rows.slice(start, start + count);
      if (larger.reduce((sum, row) => sum + sizeOfRow(row), 0) > bytesPerInsert) break;
      part = larger;
    }
    yield part;
    start += part.length;
  }
}

function sizeOfRow(row: Row): number {
  return row.values.reduce<number>((sum, value) => sum + sizeOf(value), 0);
}

function sizeOf(value: unknown): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
}
