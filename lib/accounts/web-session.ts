// Browsers that are signed in: a row each. The cookie is only a claim; a request counts while its row stands, so that
// a session ends with the next click after its row is gone: signed out here or from another device, by a new password,
// or because nobody used it.
import { fromNow, now } from '../clock.ts';
import { db, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { newId } from '../id.ts';
import { poke } from '../poke.ts';
import { readSetting } from '../settings/index.ts';
import { recordEvent } from '../trail/record.ts';
import { type Account, toAccount } from './account.ts';

/** What the cookie says about its owner. */
export type SessionClaims = { accountId: string; epoch: number; sessionId: string };

export type WebSession = {
  id: string;
  startedAt: Date;
  lastUsedAt: Date;
  remote: string;
  /** What the browser calls itself; hostile text */
  agent: string;
  /** When the second factor was shown last; null = not in this session */
  provenAt: Date | null;
  /** Address of the administrator who is signed in as the user (acting.ts); empty = the user */
  actor: string;
};

/** Use is noted at most so often: a page asks many times a minute. */
const noteEveryMs = 60_000;
const maxAgentLength = 300;
/** Of one account; the longest unused ones end where more begin. */
const maxSessions = 100;

/** Begins a session; `isProven`: a second factor was shown. Resolves with its id. */
export async function startWebSession(
  accountId: string,
  { remote, agent, isProven }: { remote: string; agent: string; isProven: boolean },
): Promise<string> {
  const id = newId();
  const time = now();
  const expiresAt = await expiryFromNow();
  await write(async (tx) => {
    await tx.webSession.create({
      data: {
        accountId,
        id,
        startedAt: time,
        lastUsedAt: time,
        expiresAt,
        remote: remote.slice(0, 64),
        agent: agent.slice(0, maxAgentLength),
        provenAt: isProven ? time : null,
      },
    });
    const old = await tx.webSession.findMany({
      where: { accountId },
      orderBy: { lastUsedAt: 'desc' },
      skip: maxSessions,
      select: { id: true },
    });
    if (old.length === 0) return;
    await tx.webSession.deleteMany({ where: { accountId, id: { in: old.map((row) => row.id) } } });
  });
  return id;
}

const expiryFromNow = async () => fromNow((await readSetting('web.sessionHours')) * 3600_000);

/** The account of a session that stands, or null. `remote` is noted as its last place. */
export async function checkWebSession(
  { accountId, epoch, sessionId }: SessionClaims,
  remote: string | null = null,
): Promise<Account | null> {
  const [account, session] = await Promise.all([
    db.account.findUnique({ where: { id: accountId } }),
    db.webSession.findUnique({ where: { accountId_id: { accountId, id: sessionId } } }),
  ]);
  const time = now();
  if (!account || account.isDisabled || account.epoch !== epoch) return null;
  if (!session || session.expiresAt <= time) return null;
  // That of an administrator in the user's place counts beside the administrator's own alone (acting.ts).
  if (session.actorId !== '') return null;
  if (remote !== null && time.getTime() - session.lastUsedAt.getTime() >= noteEveryMs) {
    await noteUse(accountId, sessionId, remote);
  }
  return toAccount(account);
}

async function noteUse(accountId: string, id: string, remote: string): Promise<void> {
  const data = { lastUsedAt: now(), expiresAt: await expiryFromNow(), remote: remote.slice(0, 64) };
  // Not if it was ended in this moment.
  await write((tx) => tx.webSession.updateMany({ where: { accountId, id }, data }));
}

/** The browsers of an account, last used first. */
export async function listWebSessions(accountId: string): Promise<WebSession[]> {
  const rows = await db.webSession.findMany({
    where: { accountId, expiresAt: { gt: now() } },
    orderBy: { lastUsedAt: 'desc' },
    take: maxSessions,
  });
  const actorIds = rows.flatMap(({ actorId }) => actorId || []);
  const actors = await db.account.findMany({ where: { id: { in: actorIds } } });
  const addressOf = new Map(actors.map(({ id, address }) => [id, address]));
  return rows.map(({ id, startedAt, lastUsedAt, remote, agent, provenAt, actorId }) => {
    // One that is gone was somebody else all the same.
    const actor = actorId && (addressOf.get(actorId) ?? '–');
    return { id, startedAt, lastUsedAt, remote, agent, provenAt, actor };
  });
}

/** When the session began, or null where it has ended. */
export async function readSessionStart({
  accountId,
  sessionId,
}: SessionClaims): Promise<{ startedAt: Date } | null> {
  const where = { accountId_id: { accountId, id: sessionId } };
  return db.webSession.findUnique({ where, select: { startedAt: true } });
}

/** When the second factor was shown in this session; null = never. */
export async function readProof({ accountId, sessionId }: SessionClaims): Promise<Date | null> {
  const where = { accountId_id: { accountId, id: sessionId } };
  return (await db.webSession.findUnique({ where }))?.provenAt ?? null;
}

/** The second factor was shown now. */
export async function noteProof({ accountId, sessionId: id }: SessionClaims): Promise<void> {
  await write((tx) =>
    tx.webSession.updateMany({ where: { accountId, id }, data: { provenAt: now() } }),
  );
}

/** Signs a browser out. Refusal 'not-found', also for another account's. */
export async function endWebSession(accountId: string, id: string): Promise<void> {
  const { count } = await write((tx) => tx.webSession.deleteMany({ where: { accountId, id } }));
  if (count === 0) throw new Refusal('not-found', 'This session has ended already.');
  poke(`account:${accountId}`);
  const account = await db.account.findUnique({ where: { id: accountId } });
  if (!account) return;
  const event = {
    kind: 'changed',
    accountId,
    sender: account.address,
    reason: 'sign-out',
  } as const;
  recordEvent({ traceId: newId(), ...event, text: 'a browser was signed out' });
}

/** Signs out every browser but one. Resolves with how many. */
export async function endOtherWebSessions(accountId: string, keptId: string): Promise<number> {
  const where = { accountId, NOT: { id: keptId } };
  const { count } = await write((tx) => tx.webSession.deleteMany({ where }));
  if (count > 0) poke(`account:${accountId}`);
  return count;
}

/** The job: rows whose cookie has run out. */
export async function removeExpiredSessions(): Promise<Record<string, number>> {
  const { count } = await write((tx) =>
    tx.webSession.deleteMany({ where: { expiresAt: { lte: now() } } }),
  );
  return { removed: count };
}
