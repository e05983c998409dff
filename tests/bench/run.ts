// `npm run bench -- NAME`: figures of Drey, printed as a table: medians of several runs, beside a peer where
// there is one. Each bench is a file in this folder; nothing here is part of `npm test`.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export type Figure = { name: string; unit: string; values: number[] };
export type Bench = { help: string; run(): Promise<Figure[]> };

/** The middle value. */
export function median(values: number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? high)) / 2;
}

// Before a bench is loaded, and the log with it.
process.env.DREY_LOG_LEVEL ??= 'warn';

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''));

async function loadBench(name: string): Promise<Bench> {
  return ((await import(join(import.meta.dirname, `${name}.bench.ts`))) as { bench: Bench }).bench;
}

function printTable(figures: Figure[]): void {
  const format = (value: number) => value.toFixed(value < 10 ? 2 : 0);
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

const name = process.argv[2];
if (!name || !names.includes(name)) {
  console.log('Usage: npm run bench -- NAME');
  for (const known of names) console.log(`  ${known.padEnd(10)} ${(await loadBench(known)).help}`);
  process.exitCode = name ? 2 : 0;
} else {
  printTable(await (await loadBench(name)).run());
  process.exit(0);
}
