// Web sessions that were signed out. A session is a signed cookie, which a copy would outlive: its id is kept here
// until the cookie could not be valid any more. (A changed password ends all sessions through the epoch.)
import { createHash } from 'node:crypto';
import { fromNow, now } from '../clock.ts';
import { db, write } from '../db.ts';

const purpose = 'ended session';
const idOf = (sessionId: string) =>
  createHash('sha256').update(`session ${sessionId}`).digest('hex');

/** Ends a session for good; `lifeMs` is how long its cookie could still be shown. */
export async function endSession(sessionId: string, lifeMs: number): Promise<void> {
  const id = idOf(sessionId);
  const data = { purpose, createdAt: now(), expiresAt: fromNow(lifeMs) };
  await write((tx) =>
    tx.oneTimeToken.upsert({ where: { id }, create: { id, ...data }, update: data }),
  );
}

export async function isSessionEnded(sessionId: string): Promise<boolean> {
  const row = await db.oneTimeToken.findUnique({ where: { id: idOf(sessionId) } });
  return row?.purpose === purpose;
}
