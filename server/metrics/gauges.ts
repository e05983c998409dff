// Gauges of state, read when somebody looks: a scraper, or the minute that is kept for the panel.
import { statfs } from 'node:fs/promises';
import { now } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { measureDatabase } from '#lib/dialect/index.ts';
import { dataFolder } from '#lib/env.ts';
import { readRevisionNumber } from '#lib/history/revision.ts';
import { logOf } from '#lib/log.ts';
import { colours, readHealth } from '#lib/numbers/health/index.ts';
import { countQueue } from '#lib/queue/entries.ts';
import { certificateFacts } from '#server/tls/certificate.ts';
import {
  certificateExpiry,
  configRevision,
  diskBytes,
  healthParts,
  queueMessages,
  queueOldest,
} from './index.ts';

const log = logOf('metrics');

/** A state that cannot be read keeps its former value: one dead part must not hide the others. */
export async function readGauges(): Promise<void> {
  for (const [what, read] of Object.entries(gauges)) {
    await read().catch((error: unknown) => log.warn({ error }, `${what} could not be read`));
  }
}

/** The colours of health: for a scraper alone, as they cost a look at each port. */
export async function readHealthParts(): Promise<void> {
  for (const { name, colour } of await readHealth()) {
    healthParts.set({ part: name }, colours.indexOf(colour));
  }
}

const gauges: Record<string, () => Promise<void>> = {
  queue: async () => {
    for (const [state, count] of Object.entries(await countQueue())) {
      queueMessages.set({ state }, count);
    }
    queueOldest.set(await readOldest());
  },
  disk: async () => {
    const { bavail, bsize } = await statfs(dataFolder());
    diskBytes.set({ kind: 'free' }, bavail * bsize);
    const { database, index } = await measureDatabase();
    diskBytes.set({ kind: 'database' }, database);
    diskBytes.set({ kind: 'index' }, index);
  },
  configuration: async () => {
    configRevision.set(await readRevisionNumber());
  },
  certificate: async () => {
    const { expiresAt } = certificateFacts();
    certificateExpiry.set(Math.round((expiresAt.getTime() - now().getTime()) / 1000));
  },
};

/** Seconds; 0 where nothing waits that should have left. */
async function readOldest(): Promise<number> {
  const at = now();
  const { _min: oldest } = await db.queueRecipient.aggregate({
    _min: { createdAt: true },
    where: {
      state: { not: 'held' },
      OR: [{ attempts: { gt: 0 } }, { nextAttemptAt: { lte: at } }],
    },
  });
  if (!oldest.createdAt) return 0;
  return Math.max(0, Math.round((at.getTime() - oldest.createdAt.getTime()) / 1000));
}
