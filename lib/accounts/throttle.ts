// Failed logins, counted for each remote address and for each account over all protocols and processes.
// Whoever guesses must not lock the owner out: the account's counter has room for many addresses, and does
// not count for an address from which somebody has lately signed in to the account.
import { fromNow, now } from '../clock.ts';
import { db, write } from '../db.ts';
import { readSettings } from '../settings/index.ts';
import { limitKey, plainAddress } from './network.ts';

/** An account is closed to strange addresses only after this many times the limit of one address. */
const accountFactor = 10;
/** How long an address stays known to an account, and how often that is noted. */
const knownMs = 30 * 86_400_000;
const knownStepMs = 86_400_000;
const knownPrefix = 'known:';

type Attempt = { remote: string; account: string };

const addressId = ({ remote }: Attempt) => `address:${limitKey(plainAddress(remote))}`;
const accountId = ({ account }: Attempt) => `account:${account.slice(0, 320)}`;
const knownId = ({ remote, account }: Attempt) =>
  `${knownPrefix}${limitKey(plainAddress(remote))} ${account.slice(0, 320)}`;

/** Whether a further try is refused unseen. */
export async function isThrottled(attempt: Attempt): Promise<boolean> {
  const settings = await readSettings();
  const limit = settings['security.maxLoginFailures'];
  const since = fromNow(-settings['security.loginWindowMinutes'] * 60_000);
  const ids = [addressId(attempt), accountId(attempt), knownId(attempt)];
  const rows = await db.loginThrottle.findMany({ where: { id: { in: ids } } });
  const [ofAddress, ofAccount, known] = ids.map((id) => rows.find((row) => row.id === id));
  const hasReached = (row: typeof ofAddress, most: number) =>
    row !== undefined && row.startedAt > since && row.failures >= most;
  if (hasReached(ofAddress, limit)) return true;
  const isKnown = known !== undefined && known.startedAt > fromNow(-knownMs);
  return !isKnown && hasReached(ofAccount, limit * accountFactor);
}

/** Counts a failed try; a new window begins where the former has passed. */
export async function recordFailure(attempt: Attempt): Promise<void> {
  const windowMinutes = (await readSettings())['security.loginWindowMinutes'];
  const startedAt = now();
  const since = new Date(startedAt.getTime() - windowMinutes * 60_000);
  await write(async (tx) => {
    for (const id of [addressId(attempt), accountId(attempt)]) {
      const row = await tx.loginThrottle.findUnique({ where: { id } });
      const failures = row && row.startedAt > since ? row.failures + 1 : 1;
      const data = {
        failures,
        startedAt: failures === 1 ? startedAt : (row?.startedAt ?? startedAt),
      };
      await tx.loginThrottle.upsert({ where: { id }, create: { id, ...data }, update: data });
    }
  });
}

/** A good login makes the address known and clears the account's counter; the address keeps its own. */
export async function recordSuccess(attempt: Attempt): Promise<void> {
  const id = knownId(attempt);
  const rows = await db.loginThrottle.findMany({ where: { id: { in: [accountId(attempt), id] } } });
  const known = rows.find((row) => row.id === id);
  const isFresh = known !== undefined && known.startedAt > fromNow(-knownStepMs);
  if (isFresh && rows.length === 1) return;
  const data = { failures: 0, startedAt: now() };
  await write(async (tx) => {
    await tx.loginThrottle.deleteMany({ where: { id: accountId(attempt) } });
    await tx.loginThrottle.upsert({ where: { id }, create: { id, ...data }, update: data });
  });
}

/** Removes what no longer counts; returns how many rows. */
export async function removeSpent(): Promise<number> {
  const windowMinutes = (await readSettings())['security.loginWindowMinutes'];
  const isKnown = { startsWith: knownPrefix };
  const where = {
    OR: [
      { id: { not: isKnown }, startedAt: { lt: fromNow(-windowMinutes * 60_000) } },
      { id: isKnown, startedAt: { lt: fromNow(-knownMs) } },
    ],
  };
  if ((await db.loginThrottle.count({ where })) === 0) return 0;
  return (await write((tx) => tx.loginThrottle.deleteMany({ where }))).count;
}
