// What one process alone may do, over all nodes: a row with a holder and an end. Who dies lets go by the clock.
import { now } from './clock.ts';
import { isUniqueViolation, write } from './db.ts';

/** Takes or keeps the lease until `ms` from now; false while somebody else has it. */
export async function takeLease(id: string, holder: string, ms: number): Promise<boolean> {
  const at = now();
  const data = { holder, until: new Date(at.getTime() + ms) };
  try {
    return await write(async (tx) => {
      const where = { id, OR: [{ holder }, { until: { lt: at } }] };
      if ((await tx.lease.updateMany({ where, data })).count > 0) return true;
      if (await tx.lease.findUnique({ where: { id } })) return false;
      await tx.lease.create({ data: { id, ...data } });
      return true;
    });
  } catch (error) {
    // Another node made the row in the same moment.
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** Lets go of it, where it is still ours. */
export async function endLease(id: string, holder: string): Promise<void> {
  await write((tx) => tx.lease.deleteMany({ where: { id, holder } }));
}
