// Failed logins, counted for each remote address (an IPv4 address or an IPv6 /64), for the /48 around it, and for
// each account, over all protocols and processes. Each failure makes the next answer wait longer; at the limit the
// counter closes for a window, and for twice as long each time it closes again within a day.
//
// Whoever guesses must not lock the owner out: the account's counter has room for many addresses, and does not count
// for an address from which somebody has lately signed in to the account, or for a browser that did, which has a
// counter of its own.
import { createHash } from 'node:crypto';
import { fromNow, now } from '../clock.ts';
import { db, type Tx, write } from '../db.ts';
import { newId } from '../id.ts';
import { readSettings, type Settings } from '../settings/index.ts';
import { recordChangeIn } from '../trail/change.ts';
import { recordEventIn } from '../trail/record.ts';
import { limitKey, networkAround, plainAddress } from './network.ts';

/** An account is closed to strange addresses only after this many times the limit of one address. */
const accountFactor = 10;
/** So is a /48, of which one customer may have all. */
const networkFactor = 10;
/** How long an address or a browser stays known to an account, and how often that is noted. */
const knownMs = 30 * 86_400_000;
const knownStepMs = 86_400_000;
/** A counter that closed is remembered so long after it opened. */
const quietMs = 86_400_000;
const longestBlockMs = 86_400_000;
/** The answer to a failure waits at most so many times the setting. */
const mostDelays = 10;
const longestDelayMs = 15_000;
const knownKinds = ['known:', 'device:'] as const;

/** `device`: the random name that a browser keeps in a cookie of its own; known once it has signed in. */
export type Attempt = { remote: string; account: string; device?: string | null };

const nameOf = ({ account }: Attempt) => account.slice(0, 320);
const clientOf = ({ remote }: Attempt) => limitKey(plainAddress(remote));
const addressId = (attempt: Attempt) => `address:${clientOf(attempt)}`;
const accountId = (attempt: Attempt) => `account:${nameOf(attempt)}`;
const knownId = (attempt: Attempt) => `known:${clientOf(attempt)} ${nameOf(attempt)}`;
/**
 * The row that makes a browser known, and its counter, which it has for itself so that a stolen one is not a way to guess
 * on; null where none has told its name.
 */
function browserOf(attempt: Attempt): { known: string; counter: string } | null {
  if (!attempt.device) return null;
  const hash = createHash('sha256').update(attempt.device).digest('base64url');
  const name = nameOf(attempt);
  return { known: `device:${hash} ${name}`, counter: `browser:${hash} ${name}` };
}

/** "2001:db8:1::/48" of the key of a /64; null for IPv4, whose neighbours are other customers. */
function networkId(attempt: Attempt): string | null {
  const network = networkAround(plainAddress(attempt.remote));
  return network.endsWith('/48') ? `network:${network}` : null;
}

type Counter = { id: string; most: number };

/** What a failure counts for, with how many each may have. */
function countersOf(attempt: Attempt, settings: Settings): Counter[] {
  const limit = settings['security.maxLoginFailures'];
  const network = networkId(attempt);
  return [
    { id: addressId(attempt), most: limit },
    ...(network ? [{ id: network, most: limit * networkFactor }] : []),
    { id: accountId(attempt), most: limit * accountFactor },
  ];
}

type Row = NonNullable<Awaited<ReturnType<typeof db.loginThrottle.findUnique>>>;

const isFresh = (row: Row | undefined, lifeMs: number) =>
  row !== undefined && row.startedAt > fromNow(-lifeMs);
const isBlocked = (row: Row | undefined) => row?.blockedUntil != null && row.blockedUntil > now();

/** When a further try is looked at again, where it is refused unseen now; else null. */
export async function readOpening(attempt: Attempt): Promise<Date | null> {
  const settings = await readSettings();
  const windowMs = settings['security.loginWindowMinutes'] * 60_000;
  const limit = settings['security.maxLoginFailures'];
  const counters = countersOf(attempt, settings);
  const browser = browserOf(attempt);
  const ids = [...counters.map(({ id }) => id), knownId(attempt)];
  if (browser) ids.push(browser.known, browser.counter);
  const rows = new Map(
    (await db.loginThrottle.findMany({ where: { id: { in: ids } } })).map((row) => [row.id, row]),
  );
  const opening = ({ id, most }: Counter): Date | null => {
    const row = rows.get(id);
    if (!row) return null;
    const { blockedUntil, startedAt, failures } = row;
    if (isBlocked(row)) return blockedUntil;
    // The limit may have been lowered since.
    const wasBlocked = blockedUntil !== null && startedAt < blockedUntil;
    if (wasBlocked || !isFresh(row, windowMs) || failures < most) return null;
    return new Date(startedAt.getTime() + windowMs);
  };
  if (browser && isFresh(rows.get(browser.known), knownMs)) {
    return opening({ id: browser.counter, most: limit });
  }
  const isKnown = isFresh(rows.get(knownId(attempt)), knownMs);
  const counting = counters.filter(({ id }) => !(isKnown && id.startsWith('account:')));
  const openings = counting.map(opening).filter((at) => at !== null);
  return openings.sort((one, other) => other.getTime() - one.getTime())[0] ?? null;
}

/**
 * Counts a failed try; a new window begins where the former has passed. What reaches its limit is closed, and leaves
 * an event. Returns how long the answer should wait, in milliseconds.
 */
export async function recordFailure(attempt: Attempt): Promise<number> {
  const settings = await readSettings();
  const failures = await write(async (tx) => {
    const browser = browserOf(attempt);
    const where = { id: browser?.known ?? '' };
    const own = browser && (await tx.loginThrottle.findUnique({ where }));
    if (own && isFresh(own, knownMs)) {
      const counter = { id: browser.counter, most: settings['security.maxLoginFailures'] };
      return countIn(tx, counter, attempt, settings);
    }
    let most = 0;
    for (const counter of countersOf(attempt, settings)) {
      const counted = await countIn(tx, counter, attempt, settings);
      // Many strangers at one account make nobody's typing error slow.
      if (counter.id.startsWith('address:')) most = counted;
    }
    return most;
  });
  const step = settings['security.failureDelayMs'];
  return Math.min(
    Math.max(longestDelayMs, step),
    step * Math.min(Math.max(failures, 1), mostDelays),
  );
}

async function countIn(
  tx: Tx,
  { id, most }: Counter,
  attempt: Attempt,
  settings: Settings,
): Promise<number> {
  const windowMs = settings['security.loginWindowMinutes'] * 60_000;
  const row = (await tx.loginThrottle.findUnique({ where: { id } })) ?? undefined;
  // What was closed begins anew when it opens; the end of the block stays known for its day.
  const opensAt = row?.blockedUntil ?? null;
  const isOpenAgain = row && opensAt ? opensAt <= now() && row.startedAt < opensAt : false;
  const isGoingOn = row !== undefined && isFresh(row, windowMs) && !isOpenAgain;
  const wasLately = opensAt !== null && opensAt > fromNow(-quietMs);
  const blocks = wasLately ? (row?.blocks ?? 0) : 0;
  const begun = { failures: 1, startedAt: now(), blocks, blockedUntil: wasLately ? opensAt : null };
  // Counted by the database, so that processes at the same time lose none.
  const { failures } = isGoingOn
    ? await tx.loginThrottle.update({ where: { id }, data: { failures: { increment: 1 } } })
    : await tx.loginThrottle.upsert({ where: { id }, create: { id, ...begun }, update: begun });
  if (failures < most || isBlocked(row)) return failures;
  const blockMs = Math.min(longestBlockMs, windowMs * 2 ** Math.min(blocks, 10));
  const data = { blocks: blocks + 1, blockedUntil: fromNow(blockMs) };
  await tx.loginThrottle.update({ where: { id }, data });
  await recordBlock(tx, id, attempt, failures, blockMs);
  return failures;
}

async function recordBlock(
  tx: Tx,
  id: string,
  attempt: Attempt,
  failures: number,
  blockMs: number,
): Promise<void> {
  const { kind, subject } = readId(id);
  const minutes = Math.round(blockMs / 60_000);
  await recordEventIn(tx, {
    traceId: newId(),
    kind: 'login-blocked',
    sender: nameOf(attempt),
    remote: attempt.remote,
    reason: kind,
    text: `${kind === 'browser' ? 'a browser of ' : ''}${subject} is closed for ${minutes} minutes after ${failures} failed logins`,
  });
}

/**
 * A good login makes the address and the browser known, clears the browser's counter and, where it `forgives`, the
 * account's; the address keeps its own. An account that is closed stays so for strangers: the attack goes on.
 */
export async function recordSuccess(attempt: Attempt, forgives = true): Promise<void> {
  const browser = browserOf(attempt);
  const known = [knownId(attempt), ...(browser ? [browser.known] : [])];
  const counters = [
    ...(forgives ? [accountId(attempt)] : []),
    ...(browser ? [browser.counter] : []),
  ];
  const rows = await db.loginThrottle.findMany({ where: { id: { in: [...counters, ...known] } } });
  const find = (id: string) => rows.find((row) => row.id === id);
  const missing = known.filter((id) => !isFresh(find(id), knownStepMs));
  const cleared = counters.filter((id) => find(id) && !isBlocked(find(id)));
  if (missing.length === 0 && cleared.length === 0) return;
  const data = { failures: 0, startedAt: now() };
  await write(async (tx) => {
    if (cleared.length > 0) await tx.loginThrottle.deleteMany({ where: { id: { in: cleared } } });
    for (const id of missing) {
      await tx.loginThrottle.upsert({ where: { id }, create: { id, ...data }, update: data });
    }
  });
}

export type Block = {
  /** Of the row; what liftBlock() takes. */
  id: string;
  kind: 'address' | 'network' | 'account' | 'browser';
  /** The address, the network or the name of the account (perhaps of none), the browser's too */
  subject: string;
  failures: number;
  startedAt: Date;
  until: Date;
  /** How often it was closed lately */
  blocks: number;
};

function readId(id: string): Pick<Block, 'kind' | 'subject'> {
  const at = id.indexOf(':');
  const kind = id.slice(0, at);
  // What stands before the name is the browser's own.
  if (kind === 'browser') return { kind, subject: id.slice(id.indexOf(' ') + 1) };
  const isKnownKind = kind === 'network' || kind === 'account';
  return { kind: isKnownKind ? kind : 'address', subject: id.slice(at + 1) };
}

/** Of a row that is closed. */
export function toBlock({ id, failures, startedAt, blockedUntil, blocks }: Row): Block {
  return { id, ...readId(id), failures, startedAt, until: blockedUntil ?? startedAt, blocks };
}

/**
 * Opens what is closed, by the row's id or by an address, a network or an account (with its browsers); returns what was
 * opened.
 */
export async function liftBlock(name: string, by: string): Promise<string[]> {
  const text = name.trim().slice(0, 400);
  const plain = limitKey(plainAddress(text));
  const ids = [
    text,
    ...[text, plain, text.toLowerCase()].flatMap((subject) =>
      ['address', 'network', 'account'].map((kind) => `${kind}:${subject}`),
    ),
  ];
  return write(async (tx) => {
    const browsers = { startsWith: 'browser:', endsWith: ` ${text.toLowerCase()}` };
    const rows = await tx.loginThrottle.findMany({
      where: {
        OR: [{ id: { in: [...new Set(ids)] } }, ...(text === '' ? [] : [{ id: browsers }])],
        blockedUntil: { gt: now() },
      },
    });
    for (const { id } of rows) {
      await tx.loginThrottle.delete({ where: { id } });
      const { kind, subject } = readId(id);
      await recordChangeIn(tx, by, `sign-in block of ${kind} ${subject}`, 'lifted');
    }
    return rows.map(({ id }) => readId(id).subject);
  });
}

/** With a new password: who was known with the old one is a stranger again. */
export async function forgetKnownIn(tx: Tx, account: string): Promise<void> {
  const OR = [...knownKinds, 'browser:'].map((kind) => ({
    id: { startsWith: kind, endsWith: ` ${account}` },
  }));
  await tx.loginThrottle.deleteMany({ where: { OR } });
}

/** Removes what no longer counts; returns how many rows. */
export async function removeSpent(): Promise<number> {
  const windowMs = (await readSettings())['security.loginWindowMinutes'] * 60_000;
  const isKnown = { OR: knownKinds.map((kind) => ({ id: { startsWith: kind } })) };
  const where = {
    OR: [
      {
        NOT: isKnown,
        startedAt: { lt: fromNow(-windowMs) },
        OR: [{ blockedUntil: null }, { blockedUntil: { lt: fromNow(-quietMs) } }],
      },
      { ...isKnown, startedAt: { lt: fromNow(-knownMs) } },
    ],
  };
  if ((await db.loginThrottle.count({ where })) === 0) return 0;
  return (await write((tx) => tx.loginThrottle.deleteMany({ where }))).count;
}
