// How well the system is, for the panel, the command line and /api/health: facts from the database and from the ports
// of this machine, judged in judge.ts.
import { now } from '../../clock.ts';
import { db } from '../../db.ts';
import { internalImap } from '../../env.ts';
import { countQueue } from '../../queue/entries.ts';
import { readBlockLists } from '../block-list.ts';
import { listJobRuns } from '../job-run.ts';
import { nodeName } from '../node.ts';
import { isSilent, listNodeReports, type NodeReport } from '../node-report.ts';
import { findRange, readTimeline } from '../timeline.ts';
import { type Facts, judgeHealth } from './judge.ts';
import type { Part } from './part.ts';
import { isPortOpen } from './ports.ts';

export { daysLeft, describeSeconds } from './judge.ts';
export { type Colour, type Part, worstOf } from './part.ts';
export { isPortOpen } from './ports.ts';

const dayMs = 86_400_000;

/** Every part of the system; never throws. */
export async function readHealth(): Promise<Part[]> {
  return judgeHealth(await gatherFacts());
}

async function gatherFacts(): Promise<Facts> {
  const nothing: Facts = {
    now: now(),
    databaseMs: null,
    nodes: [],
    silentNodes: [],
    ports: [],
    queue: { queued: 0, sending: 0, held: 0, oldestSeconds: 0 },
    jobs: [],
    diskShrinkPerDay: null,
    dns: { ok: 0, none: 0, failed: 0 },
    backupAt: null,
    blockLists: null,
  };
  try {
    const startedMs = performance.now();
    await db.$queryRaw`SELECT 1 AS "one"`;
    const databaseMs = performance.now() - startedMs;
    const [nodes, queue, jobs, hourPast, diskShrinkPerDay, backup, blockLists] = await Promise.all([
      listNodeReports(),
      countQueue(),
      listJobRuns(),
      readTimeline(findRange('1h')),
      readDiskShrink(),
      db.backupRun.findFirst({
        where: { kind: 'backup', state: 'done' },
        orderBy: { startedAt: 'desc' },
      }),
      readBlockLists(),
    ]);
    const silent = nodes.filter(isSilent);
    return {
      ...nothing,
      databaseMs,
      nodes,
      silentNodes: silent.map(({ node }) => node),
      ports: await lookAtPorts(nodes),
      queue: { ...queue, oldestSeconds: hourPast.last('queue.oldest') ?? 0 },
      jobs: jobs.filter(({ node }) => !silent.some((one) => one.node === node)),
      diskShrinkPerDay,
      dns: {
        ok: hourPast.total('dns.ok'),
        none: hourPast.total('dns.none'),
        failed: hourPast.total('dns.failed'),
      },
      backupAt: backup?.endedAt ?? null,
      blockLists,
    };
  } catch {
    return nothing;
  }
}

/** Of this machine: those that its daemon says it has open. */
async function lookAtPorts(nodes: NodeReport[]): Promise<Facts['ports']> {
  const own = nodes.find(({ node }) => node === nodeName());
  if (!own) return [];
  const { host } = internalImap();
  return Promise.all(
    Object.entries(own.facts.ports)
      .filter(([name]) => name !== 'metrics')
      .map(async ([name, port]) => ({ name, port, isOpen: await isPortOpen({ host, port }) })),
  );
}

/** Bytes a day that the free space shrank by in the last week; null where less than a day is known. */
export async function readDiskShrink(): Promise<number | null> {
  const { at, states } = await readTimeline(findRange('7d'));
  const free = states('disk.free');
  const first = free.findIndex((bytes) => bytes !== null);
  const last = free.findLastIndex((bytes) => bytes !== null);
  const [from, until] = [at[first]?.getTime() ?? 0, at[last]?.getTime() ?? 0];
  if (first < 0 || until - from < dayMs) return null;
  return (((free[first] ?? 0) - (free[last] ?? 0)) / (until - from)) * dayMs;
}
