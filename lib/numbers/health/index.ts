// How well the system is, for the panel, the command line and /api/health: facts from the database and from the ports
// of this machine, judged in judge.ts.

import { summarizeDns } from '../../accounts/domain-dns/kept.ts';
import { type BackupAge, readBackupAge } from '../../backup/age.ts';
import { type CertificateHealth, readCertificateHealth } from '../../certificates/health.ts';
import { now } from '../../clock.ts';
import { db } from '../../db.ts';
import { readDoctorReport } from '../../doctor/report.ts';
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
export { type Colour, colours, type Part, worstOf } from './part.ts';
export { isPortOpen } from './ports.ts';

const dayMs = 86_400_000;
const noBackup: BackupAge = { folder: '', ageMs: null, expectedMs: null, failure: '' };
const noCertificate: CertificateHealth = {
  state: 'none',
  daysLeft: null,
  name: '',
  text: 'Not known.',
};

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
    failures: [],
    queue: { queued: 0, sending: 0, held: 0, oldestSeconds: 0 },
    jobs: [],
    diskShrinkPerDay: null,
    dns: { ok: 0, none: 0, failed: 0 },
    backup: noBackup,
    doctor: null,
    domains: { checked: 0, wrong: 0, examples: [] },
    blockLists: null,
    certificates: noCertificate,
  };
  try {
    const startedMs = performance.now();
    await db.$queryRaw`SELECT 1 AS "one"`;
    const databaseMs = performance.now() - startedMs;
    const [
      nodes,
      queue,
      jobs,
      hourPast,
      diskShrinkPerDay,
      backup,
      doctor,
      domains,
      blockLists,
      certificates,
    ] = await Promise.all([
      listNodeReports(),
      countQueue(),
      listJobRuns(),
      readTimeline(findRange('1h')),
      readDiskShrink(),
      readBackupAge(),
      readDoctorReport(),
      summarizeDns(),
      readBlockLists(),
      readCertificateHealth(),
    ]);
    const silent = nodes.filter(isSilent);
    return {
      ...nothing,
      databaseMs,
      nodes,
      silentNodes: silent.map(({ node }) => node),
      ...(await lookAtListeners(nodes)),
      queue: { ...queue, oldestSeconds: hourPast.last('queue.oldest') ?? 0 },
      jobs: jobs.filter(({ node }) => !silent.some((one) => one.node === node)),
      diskShrinkPerDay,
      dns: {
        ok: hourPast.total('dns.ok'),
        none: hourPast.total('dns.none'),
        failed: hourPast.total('dns.failed'),
      },
      backup,
      doctor,
      domains,
      blockLists,
      certificates,
    };
  } catch {
    return nothing;
  }
}

/** Of this machine: what its daemon says it has open, and whether that answers. */
async function lookAtListeners(nodes: NodeReport[]): Promise<Pick<Facts, 'ports' | 'failures'>> {
  const own = nodes.find(({ node }) => node === nodeName());
  const listeners = own?.facts.listeners.filter(({ name }) => name !== 'metrics') ?? [];
  const sockets = listeners.flatMap(({ name, sockets: all }) =>
    all.filter(({ port }) => port > 0).map((socket) => ({ name, ...socket })),
  );
  const ports = sockets.map(async ({ name, host, port }) => {
    const isOpen = await isPortOpen({ host: anyHosts.get(host) ?? host, port });
    return { name, port, isOpen };
  });
  return {
    ports: await Promise.all(ports),
    failures: listeners.flatMap(({ name, failures }) => failures.map((text) => ({ name, text }))),
  };
}

/** All addresses of this machine: itself. */
const anyHosts = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

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
