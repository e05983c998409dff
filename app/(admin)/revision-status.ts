// What the frame of the panel shows of the configuration.
import type { RevisionStatus } from '#components/admin/revision-watch.ts';
import type { Staff } from '#lib/accounts/staff.ts';
import { now } from '#lib/clock.ts';
import { mayKeep } from '#lib/configuration/pending.ts';
import { listNodes } from '#lib/history/node.ts';
import { listPending, readRevisionNumber } from '#lib/history/revision.ts';

/** The revision, the nodes that have read it, and for super admins what waits to be confirmed. */
export async function readRevisionStatus(
  staff: Pick<Staff, 'role' | 'address'>,
): Promise<RevisionStatus> {
  const [revision, nodes, pending] = await Promise.all([
    readRevisionNumber(),
    listNodes(),
    staff.role === 'admin' ? listPending() : [],
  ]);
  const last = pending.at(-1);
  return {
    revision,
    nodes: nodes.length,
    active: nodes.filter((node) => node.revision >= revision).length,
    pending: last
      ? {
          subjects: [...new Set(pending.map(({ subject }) => subject))],
          by: last.by,
          secondsLeft: Math.max(0, (last.pendingUntil.getTime() - now().getTime()) / 1000),
          mayKeep: pending.some((revision) => mayKeep(revision, staff.address)),
        }
      : null,
  };
}
