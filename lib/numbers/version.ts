// Versions: this one, the database's, and whether there is a newer one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFinding } from '../trail/finding.ts';

/** Under this name the job keeps what it found. */
export const newVersionFinding = 'new-version';

let version: string | null = null;

/** The version of Drey that runs. */
export function ownVersion(): string {
  if (version === null) {
    const file = join(/*turbopackIgnore: true*/ process.cwd(), 'package.json');
    version = (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  }
  return version;
}

/** Whether "1.10.0" is newer than "1.9.3". */
export function isNewer(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) => text.split('.').map(Number));
  for (const at of [0, 1, 2]) {
    const difference = (one?.[at] ?? 0) - (other?.[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** The newer version that the job found, or null. */
export async function readNewVersion(): Promise<string | null> {
  const finding = await readFinding(newVersionFinding);
  const found = (finding?.detail as { version?: unknown } | undefined)?.version;
  return typeof found === 'string' && isNewer(found, ownVersion()) ? found : null;
}
