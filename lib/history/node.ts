// The daemons that run and the revision each has read, as they say themselves.
import { fromNow, now } from '../clock.ts';
import { db, write } from '../db.ts';

export type Node = {
  id: string;
  host: string;
  pid: number;
  version: string;
  /** The last change of the configuration that it has read */
  revision: number;
  startedAt: Date;
  seenAt: Date;
};

/** Who says nothing for so long is gone. */
const goneAfterMs = 60_000;

/** The daemons that run, the oldest first. */
export function listNodes(): Promise<Node[]> {
  return db.node.findMany({
    where: { seenAt: { gte: fromNow(-goneAfterMs) } },
    orderBy: [{ startedAt: 'asc' }, { id: 'asc' }],
  });
}

/** A daemon says that it runs, and what it has read; those that are gone are forgotten. */
export async function reportNode(node: Omit<Node, 'seenAt'>): Promise<void> {
  const row = { ...node, seenAt: now() };
  await write(async (tx) => {
    await tx.node.upsert({ where: { id: node.id }, create: row, update: row });
    await tx.node.deleteMany({ where: { seenAt: { lt: fromNow(-goneAfterMs) } } });
  });
}

/** A daemon ends. */
export async function removeNode(id: string): Promise<void> {
  await write((tx) => tx.node.deleteMany({ where: { id } }));
}
