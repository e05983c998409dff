// IMAP connections of signed-in accounts, kept open between requests: a login per click is what makes a
// webmail slow. At most three a person for pages, and two for downloads, whose pace is the reader's; they live
// on globalThis because Next loads this module once per route bundle. Signed in with an internal token, over loopback, so without TLS (docs/architecture.md, 2).
import { ImapFlow, type MailboxObject } from 'imapflow';
import { createInternalToken } from '../../accounts/sessions.ts';
import { internalImap } from '../../env.ts';
import { Refusal } from '../../errors.ts';
import { logOf } from '../../log.ts';
import { isConnectionLoss, translateImapError } from './imap-error.ts';
import { fetchWhole } from './whole-fetch.ts';

/** Whose mail: what requireUser() gives is enough. */
export type MailAccount = { id: string; address: string; epoch: number };

/** What a connection is for: a slow download must not keep the pages waiting. */
export type Lane = 'pages' | 'downloads';

const maxConnections: Record<Lane, number> = { pages: 3, downloads: 2 };
const idleCloseMs = 4 * 60_000;
const waitMs = 20_000;
const log = logOf('webmail');

type Slot = { client: ImapFlow; isBusy: boolean; idleTimer: NodeJS.Timeout | null };
type Waiter = { give: () => void; timer: NodeJS.Timeout };
type Pool = { epoch: number; limit: number; slots: Slot[]; opening: number; waiters: Waiter[] };

const shared = globalThis as { dreyMailPools?: Map<string, Pool> };

function poolOf(account: MailAccount, lane: Lane): Pool {
  shared.dreyMailPools ??= new Map();
  const pools = shared.dreyMailPools;
  const key = `${account.id} ${lane}`;
  const known = pools.get(key);
  if (known?.epoch === account.epoch) return known;
  // A page of an ended session must not close the connections of the new one.
  if (known && known.epoch > account.epoch) {
    throw new Refusal('auth-failed', 'Please sign in again.');
  }
  if (known) for (const slot of known.slots) closeSlot(known, slot);
  const limit = maxConnections[lane];
  const pool: Pool = { epoch: account.epoch, limit, slots: [], opening: 0, waiters: [] };
  pools.set(key, pool);
  return pool;
}

/**
 * A new signed-in connection outside the pool. `forIdle` lets it wait in IDLE by itself.
 * Refusal 'unavailable' where the daemon does not answer.
 */
export async function connectImap(account: MailAccount, forIdle = false): Promise<ImapFlow> {
  const { host, port } = internalImap();
  const client = new ImapFlow({
    host,
    port,
    secure: false,
    doSTARTTLS: false,
    auth: { user: account.address, accessToken: createInternalToken(account) },
    clientInfo: { name: 'Drey webmail' },
    logger: false,
    disableAutoIdle: !forIdle,
    autoIdleDelay: 200,
    maxIdleTime: 9 * 60_000,
    disableCompression: true,
    // The list of messages is read from untagged SEARCH (message-list.ts), which rev2 answers by ESEARCH; it has
    // nothing else that the webmail lacks with the extensions it uses.
    disableIMAP4rev2: true,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: forIdle ? 15 * 60_000 : 6 * 60_000,
    maxLiteralSize: 256 * 1024 * 1024,
  });
  client.setMaxListeners(0);
  fetchWhole(client);
  client.on('error', (error) => log.debug({ code: (error as { code?: string }).code }, 'imap'));
  try {
    await client.connect();
  } catch (error) {
    client.close();
    throw translateImapError(error);
  }
  return client;
}

async function acquire(
  account: MailAccount,
  path: string | null,
  lane: Lane,
): Promise<[Pool, Slot]> {
  const pool = poolOf(account, lane);
  for (;;) {
    const free = pool.slots.filter((slot) => !slot.isBusy && slot.client.usable);
    const slot =
      free.find((each) => path !== null && selectedPath(each.client) === path) ?? free[0];
    if (slot) {
      slot.isBusy = true;
      if (slot.idleTimer) clearTimeout(slot.idleTimer);
      return [pool, slot];
    }
    if (pool.slots.length + pool.opening < pool.limit) return [pool, await open(pool, account)];
    await waitForSlot(pool);
  }
}

async function open(pool: Pool, account: MailAccount): Promise<Slot> {
  pool.opening++;
  try {
    const client = await connectImap(account);
    const slot: Slot = { client, isBusy: true, idleTimer: null };
    pool.slots.push(slot);
    client.on('close', () => closeSlot(pool, slot));
    return slot;
  } catch (error) {
    // The place is free again: the next one finds out for itself.
    pool.waiters.shift()?.give();
    throw error;
  } finally {
    pool.opening--;
  }
}

function waitForSlot(pool: Pool): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiter: Waiter = {
      give: () => {
        clearTimeout(waiter.timer);
        resolve();
      },
      timer: setTimeout(() => {
        pool.waiters = pool.waiters.filter((each) => each !== waiter);
        reject(new Refusal('unavailable', 'The mailbox is busy. Try again in a moment.'));
      }, waitMs),
    };
    pool.waiters.push(waiter);
  });
}

function release(pool: Pool, slot: Slot): void {
  slot.isBusy = false;
  slot.idleTimer = setTimeout(() => closeSlot(pool, slot), idleCloseMs);
  slot.idleTimer.unref();
  pool.waiters.shift()?.give();
}

function closeSlot(pool: Pool, slot: Slot): void {
  if (slot.idleTimer) clearTimeout(slot.idleTimer);
  if (pool.slots.includes(slot)) {
    pool.slots = pool.slots.filter((each) => each !== slot);
    pool.waiters.shift()?.give();
  }
  // LOGOUT would wait for a round trip nobody needs; the server treats a closed socket the same.
  slot.client.close();
}

function selectedPath(client: ImapFlow): string | null {
  return client.mailbox ? client.mailbox.path : null;
}

/** Runs `work` on a connection of the account. Imap errors come out as Refusals. */
export async function withConnection<T>(
  account: MailAccount,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  const [pool, slot] = await acquire(account, null, 'pages');
  return runOn(pool, slot, () => work(slot.client));
}

/**
 * Runs `work` with a mailbox selected and its view fresh. Refusal 'not-found' where it does not exist.
 * The connection belongs to `work` until its promise settles.
 */
export async function withMailbox<T>(
  account: MailAccount,
  path: string,
  work: (client: ImapFlow, mailbox: MailboxObject) => Promise<T>,
  lane: Lane = 'pages',
): Promise<T> {
  const [pool, slot] = await acquire(account, path, lane);
  const { client } = slot;
  return runOn(pool, slot, async () => {
    if (selectedPath(client) === path) await client.noop();
    else await client.mailboxOpen(path);
    if (!client.mailbox || client.mailbox.path !== path) {
      throw new Refusal('not-found', 'This folder does not exist.');
    }
    return await work(client, client.mailbox);
  });
}

async function runOn<T>(pool: Pool, slot: Slot, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isConnectionLoss(error)) closeSlot(pool, slot);
    throw translateImapError(error);
  } finally {
    if (slot.client.usable) release(pool, slot);
    else closeSlot(pool, slot);
  }
}

/** Closes every connection of every account (tests, shutdown). */
export function closePools(): void {
  for (const pool of shared.dreyMailPools?.values() ?? []) {
    for (const slot of [...pool.slots]) closeSlot(pool, slot);
  }
  shared.dreyMailPools?.clear();
}
