// Which collections are to be looked at now, taken under a lease so that of several processes one does it, and what came
// of it. The lease is nextAt: whoever moves it from the value that he read has the collection until then.
import { decryptSecret } from '../accounts/secret.ts';
import { now } from '../clock.ts';
import { db, write } from '../db.ts';
import { busyText, type Collection } from './collection.ts';

const minuteMs = 60_000;
/** Whoever died with a collection in hand leaves it to the others after this. */
const leaseMs = 5 * minuteMs;
const longestWaitMs = 24 * 60 * minuteMs;
const maxErrorLength = 300;

export type Claim = Collection & {
  accountId: string;
  address: string;
  /** Null where it cannot be read any more (another secret key). */
  password: string | null;
  failures: number;
  leaseUntil: Date;
};

/** Takes up to `count` collections that are due. */
export async function claimDue(count: number): Promise<Claim[]> {
  const due = await db.collection.findMany({
    where: { isDisabled: false, nextAt: { lte: now() } },
    orderBy: { nextAt: 'asc' },
    take: count,
  });
  const claims: Claim[] = [];
  for (const { secret, ...row } of due) {
    const account = await db.account.findUnique({ where: { id: row.accountId } });
    const leaseUntil = new Date(now().getTime() + leaseMs);
    const isOurs = await write(async (tx) => {
      const where = { accountId: row.accountId, id: row.id, nextAt: row.nextAt };
      const data = { nextAt: leaseUntil, lastError: busyText };
      return (await tx.collection.updateMany({ where, data })).count > 0;
    });
    if (!isOurs || !account || account.isDisabled) continue;
    const { address } = account;
    const own = { address, password: decryptSecret(secret), leaseUntil };
    claims.push({ ...(row as unknown as Claim), ...own });
  }
  return claims;
}

/** When the next one is due, or null. */
export async function findNextDueAt(): Promise<Date | null> {
  const row = await db.collection.findFirst({
    where: { isDisabled: false },
    orderBy: { nextAt: 'asc' },
    select: { nextAt: true },
  });
  return row?.nextAt ?? null;
}

/** Keeps the lease a while longer; false where it is lost. Changes the claim. */
export async function renewLease(claim: Claim): Promise<boolean> {
  // Not on every message.
  if (claim.leaseUntil.getTime() - now().getTime() > leaseMs / 2) return true;
  const leaseUntil = new Date(now().getTime() + leaseMs);
  const { count } = await write((tx) =>
    tx.collection.updateMany({ where: whereOf(claim), data: { nextAt: leaseUntil } }),
  );
  if (count > 0) claim.leaseUntil = leaseUntil;
  return count > 0;
}

export type Outcome = {
  count: number;
  /** Why it failed, in words for its owner; empty = it did not. */
  error: string;
  /** There is more to bring at once. */
  isMore: boolean;
};

/** Ends the lease: with what was brought, and when to look again. */
export async function endLease(claim: Claim, { count, error, isMore }: Outcome): Promise<void> {
  const failures = error === '' ? 0 : claim.failures + 1;
  const waitMs = isMore && error === '' ? 0 : waitOf(claim.intervalMinutes * minuteMs, failures);
  const at = now();
  await write((tx) =>
    tx.collection.updateMany({
      where: whereOf(claim),
      data: {
        nextAt: new Date(at.getTime() + waitMs),
        lastAt: at,
        lastCount: count,
        lastError: error.slice(0, maxErrorLength),
        failures,
      },
    }),
  );
}

/** Twice as long after each failure, up to a day. */
export function waitOf(intervalMs: number, failures: number): number {
  return Math.min(longestWaitMs, intervalMs * 2 ** Math.min(failures, 12));
}

function whereOf({ accountId, id, leaseUntil }: Claim) {
  return { accountId, id, nextAt: leaseUntil };
}

/** What has been brought already. */
export async function listCollected(accountId: string, collectionId: string): Promise<Set<string>> {
  const rows = await db.$queryRaw<{ uid: string }[]>`SELECT "uid" FROM "Collected"
    WHERE "accountId" = ${accountId} AND "collectionId" = ${collectionId}`;
  return new Set(rows.map(({ uid }) => uid));
}

/** Notes messages that are not brought (too large, a loop) so that they are not looked at again. */
export async function noteCollected(
  accountId: string,
  collectionId: string,
  uid: string,
): Promise<void> {
  await write(
    (tx) => tx.$executeRaw`INSERT INTO "Collected" ("accountId", "collectionId", "uid")
      VALUES (${accountId}, ${collectionId}, ${uid}) ON CONFLICT DO NOTHING`,
  );
}

/** Forgets messages that the other server has no more. */
export async function forgetCollected(
  accountId: string,
  collectionId: string,
  uids: string[],
): Promise<void> {
  for (let start = 0; start < uids.length; start += 500) {
    const part = uids.slice(start, start + 500);
    await write((tx) =>
      tx.collected.deleteMany({ where: { accountId, collectionId, uid: { in: part } } }),
    );
  }
}
