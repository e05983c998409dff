// Printing a result: a table or a line for people, by the clocks of the service (server.timeZone; UTC where none is set), JSON for
// programs, always in UTC.
import { readSetting } from '#lib/settings/index.ts';
import { formatInZone } from '#lib/settings/service-zone.ts';
import type { Result, Row } from './command.ts';

const maxCellWidth = 60;

/** Writes a result to standard output. */
export async function printResult(result: Result, isJson: boolean): Promise<void> {
  if (result && 'code' in result) {
    process.exitCode = result.code;
    return;
  }
  if (isJson) process.stdout.write(`${JSON.stringify(toJson(result), null, 2)}\n`);
  else if (result && 'rows' in result && result.rows.length === 0 && result.empty)
    process.stdout.write(`${result.empty}\n`);
  else if (result && 'rows' in result)
    process.stdout.write(
      formatTable(result.rows, result.columns, await readSetting('server.timeZone')),
    );
  else if (result) process.stdout.write(`${result.text}\n`);
}

function toJson(result: Exclude<Result, { code: number }>): unknown {
  if (!result) return { ok: true };
  if ('rows' in result) return result.rows;
  return result.row ?? { ok: true, text: result.text };
}

/** Columns padded to their widest cell; an empty table says so. `zone`: of times, named above them; '' for UTC, unnamed. */
export function formatTable(rows: Row[], columns: string[], zone = ''): string {
  if (rows.length === 0) return 'Nothing here.\n';
  const isTime = (column: string) => rows.some((row) => row[column] instanceof Date);
  const cells = [
    columns.map((column) => (zone && isTime(column) ? `${column} (${zone})` : column)),
    ...rows.map((row) =>
      columns.map((column, at) => formatCell(row[column], at < columns.length - 1, zone)),
    ),
  ];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => (line[at] ?? '').length)));
  return cells
    .map(
      (line) =>
        `${line
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** The last cell of a line may be as long as it likes: it is often the reason. */
function formatCell(value: unknown, isCut: boolean, zone: string): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value instanceof Date) return formatInZone(value, zone || 'UTC');
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  // A terminal obeys control characters; names in mail may hold them.
  const plain = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return isCut && plain.length > maxCellWidth ? `${plain.slice(0, maxCellWidth - 1)}…` : plain;
}
