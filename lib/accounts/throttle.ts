// Failed logins, counted for each remote address and for each account over all protocols and processes.
// The pair (address, account) is counted too and reached first, so that a stranger who guesses at an
// account's password does not lock its owner out from elsewhere before many addresses took part.
import { now } from '../clock.ts';
import { db, write } from '../db.ts';
import { readSettings } from '../settings/index.ts';
import { limitKey, plainAddress } from './network.ts';

/** An account is closed to everybody only after this many times the limit of one address. */
const accountFactor = 10;

type Attempt = { remote: string; account: string };

function countersOf({ remote, account }: Attempt): { id: string; factor: number }[] {
  return [
    { id: `address:${limitKey(plainAddress(remote))}`, factor: 1 },
    { id: `account:${account.slice(0, 320)}`, factor: accountFactor },
  ];
}

/** Whether a further try is refused unseen. */
export async function isThrottled(attempt: Attempt): Promise<boolean> {
  const settings = await readSettings();
  const since = now().getTime() - settings['security.loginWindowMinutes'] * 60_000;
  const counters = countersOf(attempt);
  const rows = await db.loginThrottle.findMany({
    where: { id: { in: counters.map((counter) => counter.id) } },
  });
  return rows.some((row) => {
    const factor = counters.find((counter) => counter.id === row.id)?.factor ?? 1;
    return (
      row.startedAt.getTime() > since &&
      row.failures >= settings['security.maxLoginFailures'] * factor
    );
  });
}

/** Counts a failed try; a new window begins where the former has passed. */
export async function recordFailure(attempt: Attempt): Promise<void> {
  const windowMinutes = (await readSettings())['security.loginWindowMinutes'];
  const startedAt = now();
  const since = new Date(startedAt.getTime() - windowMinutes * 60_000);
  await write(async (tx) => {
    for (const { id } of countersOf(attempt)) {
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

/** A good login clears the account's counter; the address keeps its own until the window ends. */
export async function clearFailures({ account }: Attempt): Promise<void> {
  const id = `account:${account.slice(0, 320)}`;
  if (!(await db.loginThrottle.findUnique({ where: { id } }))) return;
  await write((tx) => tx.loginThrottle.deleteMany({ where: { id } }));
}
