// Commits of other processes on PostgreSQL, told by NOTIFY: one listening connection a process. What it may
// have missed (before it listened, while it was cut off) counts as "anything"; so does every slow poll, since a
// notice that was never sent must not cost more than that.
import pg from 'pg';
import { databaseUrl } from '../env.ts';
import { logOf } from '../log.ts';

export const channel = 'drey';

const pollMs = 5000;
const firstWaitMs = 100;
const maxWaitMs = 5000;
/** A connection that does not answer in this time is given up. */
const answerMs = 10_000;

const log = logOf('database');

/**
 * Calls `tell` with the payload of each notice, of this process's own too, and with null where anything may
 * have changed. Returns the stop.
 */
export function watchCommits(tell: (payload: string | null) => void): () => void {
  let current: pg.Client | null = null;
  let retry: NodeJS.Timeout | null = null;
  let waitMs = firstWaitMs;
  let isStopped = false;

  const giveUp = (client: pg.Client, error?: unknown) => {
    if (client !== current) return;
    current = null;
    client.end().catch(() => {});
    if (isStopped) return;
    log.warn({ err: error }, 'no notices of other processes for now');
    retry = setTimeout(connect, waitMs * (0.5 + Math.random()));
    retry.unref();
    waitMs = Math.min(waitMs * 2, maxWaitMs);
  };
  const connect = () => {
    const client = new pg.Client({
      connectionString: databaseUrl(),
      keepAlive: true,
      connectionTimeoutMillis: answerMs,
      query_timeout: answerMs,
    });
    current = client;
    client.on('error', (error) => giveUp(client, error));
    client.on('end', () => giveUp(client));
    client.on('notification', ({ payload }) => tell(payload ?? null));
    listen(client).then(
      () => {
        waitMs = firstWaitMs;
        tell(null);
      },
      (error) => giveUp(client, error),
    );
  };
  connect();
  const poll = setInterval(() => {
    tell(null);
    const client = current;
    client?.query('SELECT 1').catch((error) => giveUp(client, error));
  }, pollMs);
  poll.unref();
  return () => {
    isStopped = true;
    clearInterval(poll);
    if (retry) clearTimeout(retry);
    if (current) giveUp(current);
  };
}

async function listen(client: pg.Client): Promise<void> {
  await client.connect();
  // Waiting for notices keeps no process alive.
  (client as pg.Client & { unref(): void }).unref();
  await client.query(`LISTEN "${channel}"`);
}
