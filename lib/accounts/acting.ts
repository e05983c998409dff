// A super admin who looks after a user by being signed in as that user: for some minutes, in a session of its own that says
// who it is, as long as the own session stands. The user is told by an event, and nothing that decides who may sign in can be
// changed in it (app/session.ts, requireOwnUser).
import { fromNow, now } from '../clock.ts';
import { db, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { newId } from '../id.ts';
import { poke } from '../poke.ts';
import { readSetting } from '../settings/index.ts';
import { recordEventIn } from '../trail/record.ts';
import { type Account, toAccount } from './account.ts';
import { tellUserIn } from './told-user.ts';
import type { SessionClaims } from './web-session.ts';

export type Acting = {
  /** The user */
  account: Account;
  sessionId: string;
  until: Date;
};

/**
 * Begins a session of `actor` as the user. Refusal 'forbidden': no super admin, switched off by security.signInAsMinutes, or the
 * user is oneself, has a role, is disabled or locked; 'not-found'.
 */
export async function startActing(
  actor: Pick<Account, 'id' | 'address' | 'role'>,
  userId: string,
  { remote, agent }: { remote: string; agent: string },
): Promise<SessionClaims & { until: Date }> {
  const minutes = await readSetting('security.signInAsMinutes');
  if (actor.role !== 'admin') throw new Refusal('forbidden', 'Only a super admin may do that.');
  if (minutes === 0) {
    throw new Refusal('forbidden', 'Signing in as users is switched off (Settings → Security).');
  }
  const [sessionId, until] = [newId(), fromNow(minutes * 60_000)];
  return write(async (tx) => {
    const row = await tx.account.findUnique({ where: { id: userId } });
    if (row?.kind !== 'person') throw new Refusal('not-found', 'There is no such user.');
    const user = toAccount(row);
    if (user.role !== 'user') {
      throw new Refusal('forbidden', `${user.address} has a role: nobody signs in in its place.`);
    }
    if (user.isDisabled || user.isLocked) {
      throw new Refusal('forbidden', `${user.address} is disabled or locked.`);
    }
    const time = now();
    await tx.webSession.create({
      data: {
        accountId: user.id,
        id: sessionId,
        actorId: actor.id,
        startedAt: time,
        lastUsedAt: time,
        expiresAt: until,
        remote: remote.slice(0, 64),
        agent: agent.slice(0, 300),
      },
    });
    const text = `${actor.address} signed in as ${user.address} for ${minutes} minutes`;
    await tellUserIn(tx, user, actor.address, 'signed-in-as', text, remote);
    return { accountId: user.id, epoch: user.epoch, sessionId, until };
  });
}

/** The session that stands, of that actor; or null. The actor's own session is for the caller to check. */
export async function checkActing(
  { accountId, epoch, sessionId }: SessionClaims,
  actor: Pick<Account, 'id' | 'role'>,
): Promise<Acting | null> {
  if (actor.role !== 'admin') return null;
  const [account, session] = await Promise.all([
    db.account.findUnique({ where: { id: accountId } }),
    db.webSession.findUnique({ where: { accountId_id: { accountId, id: sessionId } } }),
  ]);
  if (!account || account.isDisabled || account.epoch !== epoch) return null;
  if (session?.actorId !== actor.id || session.expiresAt <= now()) return null;
  return { account: toAccount(account), sessionId, until: session.expiresAt };
}

/** Ends it; nothing where it has ended. */
export async function endActing(
  { account, sessionId }: Acting,
  actor: Pick<Account, 'id' | 'address'>,
): Promise<void> {
  await write(async (tx) => {
    const where = { accountId: account.id, id: sessionId, actorId: actor.id };
    const { count } = await tx.webSession.deleteMany({ where });
    if (count === 0) return;
    await recordEventIn(tx, {
      traceId: newId(),
      kind: 'changed',
      accountId: account.id,
      sender: actor.address,
      recipient: `user ${account.address}`,
      reason: 'left',
      text: 'left the session of the user',
    });
  });
  poke(`account:${account.id}`);
}
