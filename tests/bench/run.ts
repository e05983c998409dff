// `npm run bench -- NAME`: figures of Drey, printed as a table: medians of several runs, beside a peer where
// there is one. Each bench is a file in this folder; nothing here is part of `npm test`.
//   npm run bench -- store --postgresql     on SQLite, then on a PostgreSQL server of its own, side by side
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { median } from './median.ts';

export type Figure = { name: string; unit: string; values: number[] };
export type Bench = { help: string; run(): Promise<Figure[]> };

// Before a bench is loaded, and the log with it.
process.env.DREY_LOG_LEVEL ??= 'warn';

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''));

async function loadBench(name: string): Promise<Bench> {
  return ((await import(join(import.meta.dirname, `${name}.bench.ts`))) as { bench: Bench }).bench;
}

function printTable(figures: Figure[]): void {
  console.log(
    `${'figure'.padEnd(52)} ${'median'.padStart(9)} ${'min'.padStart(9)} ${'max'.padStart(9)}  unit`,
  );
  for (const { name, unit, values } of figures) {
    const cells = [median(values), Math.min(...values), Math.max(...values)];
    console.log(
      `${name.padEnd(52)} ${cells.map((cell) => format(cell).padStart(9)).join(' ')}  ${unit}`,
    );
  }
}

const format = (value: number) => value.toFixed(value < 10 ? 2 : 0);

/** The figures of the same bench on SQLite, in a process of its own: the kind of database is fixed in one. */
function runOnSqlite(name: string): Figure[] {
  const args = [...process.execArgv, import.meta.filename, name, '--json'];
  const { stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n[') + 1)) as Figure[];
}

async function compareDatabases(name: string): Promise<void> {
  const onSqlite = new Map(runOnSqlite(name).map((figure) => [figure.name, figure]));
  const { startTestServer } = await import('#tests/support/test-server.ts');
  // With fsync, as SQLite.
  const server = await startTestServer(true);
  const figures = await (await loadBench(name)).run();
  const line = (cells: string[]) =>
    `${cells[0]?.padEnd(52)} ${cells[1]?.padStart(10)} ${cells[2]?.padStart(10)}  ${cells[3]}`;
  console.log(line(['figure (median)', 'SQLite', 'PostgreSQL', 'unit']));
  for (const { name, values, unit } of figures) {
    const other = onSqlite.get(name);
    console.log(
      line([name, other ? format(median(other.values)) : '-', format(median(values)), unit]),
    );
  }
  await server.stop();
}

const name = process.argv[2];
const options = process.argv.slice(3);
if (!name || !names.includes(name)) {
  console.log('Usage: npm run bench -- NAME');
  for (const known of names) console.log(`  ${known.padEnd(10)} ${(await loadBench(known)).help}`);
  process.exitCode = name ? 2 : 0;
} else if (options.includes('--postgresql')) {
  await compareDatabases(name);
  process.exit(0);
} else if (options.includes('--json')) {
  const figures = await (await loadBench(name)).run();
  process.stdout.write(`\n${JSON.stringify(figures)}\n`, () => process.exit(0));
} else {
  printTable(await (await loadBench(name)).run());
  process.exit(0);
}
