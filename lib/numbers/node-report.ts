// How a machine is, as its daemon says every minute: what the panel and the command line could not see from outside.
import { now } from '../clock.ts';
import { db, type Tx } from '../db.ts';

export type NodeFacts = {
  version: string;
  nodeVersion: string;
  /** "SQLite 3.50.4" */
  database: string;
  /** The newest migration of this version, and whether the database has it */
  schema: { newest: string; isWhole: boolean };
  pid: number;
  startedAt: string;
  /** Bytes that the daemon's process holds */
  memoryBytes: number;
  /** How late the event loop was in the worst hundredth of the last minute */
  loopDelayMs: number;
  openFiles: number | null;
  openFileLimit: number | null;
  diskFreeBytes: number | null;
  diskBytes: number | null;
  /** This machine's clock less the database's; null where they share one */
  clockSkewMs: number | null;
  /** What the daemon has open; `failures`: why some of it cannot be had, and what to do */
  listeners: { name: string; sockets: { host: string; port: number }[]; failures: string[] }[];
};

export type NodeReport = { node: string; at: Date; facts: NodeFacts };

/** A report older than this is of a daemon that does not run, or has no database. */
const silentMs = 3 * 60_000;

export async function recordNodeReportIn(
  tx: Tx,
  node: string,
  at: Date,
  facts: NodeFacts,
): Promise<void> {
  const row = { at, facts: JSON.stringify(facts) };
  await tx.nodeReport.upsert({ where: { id: node }, create: { id: node, ...row }, update: row });
}

/** The last report of each node. */
export async function listNodeReports(): Promise<NodeReport[]> {
  const rows = await db.nodeReport.findMany({ orderBy: { id: 'asc' } });
  return rows.map(({ id, at, facts }) => ({ node: id, at, facts: JSON.parse(facts) as NodeFacts }));
}

/** Whether its daemon has said nothing for longer than it ever should. */
export function isSilent({ at }: NodeReport): boolean {
  return now().getTime() - at.getTime() > silentMs;
}
