// What administrators did in the account of a user, kept in the trail and shown to the user in Options → Security.
import { db, type Tx } from '../db.ts';
import { newId } from '../id.ts';
import { recordEventIn } from '../trail/record.ts';

/** Signed in as the user; changed where mail is forwarded to, or the answer while away. */
export const toldReasons = ['signed-in-as', 'admin-forwarding', 'admin-vacation'] as const;
export type ToldReason = (typeof toldReasons)[number];

export type Told = { id: string; at: Date; reason: ToldReason; actor: string; remote: string };

const mostTold = 20;

/** Inside the step that does it. `text` is for the trail. */
export async function tellUserIn(
  tx: Tx,
  user: { id: string; address: string },
  actor: string,
  reason: ToldReason,
  text: string,
  remote = '',
): Promise<void> {
  await recordEventIn(tx, {
    traceId: newId(),
    kind: reason === 'signed-in-as' ? 'login' : 'changed',
    accountId: user.id,
    sender: reason === 'signed-in-as' ? user.address : actor,
    recipient: reason === 'signed-in-as' ? '' : `user ${user.address}`,
    remote,
    reason,
    text,
    detail: { actor },
  });
}

/** The last of them, newest first; as long as the trail is kept. */
export async function listTold(accountId: string): Promise<Told[]> {
  const rows = await db.trailEvent.findMany({
    where: { accountId, reason: { in: [...toldReasons] } },
    orderBy: { at: 'desc' },
    take: mostTold,
  });
  return rows.map(({ id, at, reason, detail, remote }) => {
    return { id, at, reason: reason as ToldReason, actor: readActor(detail), remote };
  });
}

function readActor(detail: string): string {
  try {
    const { actor } = JSON.parse(detail) as { actor?: unknown };
    return typeof actor === 'string' ? actor : '';
  } catch {
    return '';
  }
}
