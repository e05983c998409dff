// How this machine is: what only its own daemon can see.
import { readdir, readFile, statfs } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { now } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { describeVersion, measureClock } from '#lib/dialect/index.ts';
import { dataFolder } from '#lib/env.ts';
import type { NodeFacts } from '#lib/numbers/node-report.ts';
import { ownVersion } from '#lib/numbers/version.ts';
import { listListeners } from '#server/net/listeners.ts';
import { newestMigration } from '../backup/snapshot.ts';

/** A function that looks; the delay of the event loop is that since its last call. */
export function lookAtNode(): () => Promise<NodeFacts> {
  const startedAt = new Date(now().getTime() - process.uptime() * 1000).toISOString();
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  return async () => {
    const loopDelayMs = Math.round(delay.percentile(99) / 1e6);
    delay.reset();
    const disk = await statfs(dataFolder()).catch(() => null);
    return {
      version: ownVersion(),
      nodeVersion: process.versions.node,
      database: await describeVersion(),
      schema: await readSchema(),
      pid: process.pid,
      startedAt,
      memoryBytes: process.memoryUsage.rss(),
      loopDelayMs,
      ...(await countFiles()),
      diskFreeBytes: disk && disk.bavail * disk.bsize,
      diskBytes: disk && disk.blocks * disk.bsize,
      clockSkewMs: await measureClock().catch(() => null),
      listeners: (await listListeners()).map(({ name, sockets, failures }) => ({
        name,
        sockets: sockets.map(({ host, port }) => ({ host, port })),
        failures: failures.map(({ text }) => text),
      })),
    };
  };
}

async function readSchema(): Promise<NodeFacts['schema']> {
  const newest = newestMigration();
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT "migration_name" AS "name" FROM "_prisma_migrations"
    WHERE "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL AND "migration_name" = ${newest}`;
  return { newest, isWhole: rows.length > 0 };
}

/** Of this process, where the system tells (Linux). */
async function countFiles(): Promise<Pick<NodeFacts, 'openFiles' | 'openFileLimit'>> {
  try {
    const [open, limits] = await Promise.all([
      readdir('/proc/self/fd'),
      readFile('/proc/self/limits', 'utf8'),
    ]);
    const limit = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return { openFiles: open.length, openFileLimit: limit ? Number(limit) : null };
  } catch {
    return { openFiles: null, openFileLimit: null };
  }
}
