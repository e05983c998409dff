// Answers that are kept for a day, so that a program which heard nothing may ask once more with the same Idempotency-Key
// and nothing happens twice.
//
// Invariant: the answer is stored in the transaction of the change; of what takes longer than a transaction should, the row
// is made first, and where no answer followed, the next call is told so instead of being carried out.
import { createHash } from 'node:crypto';
import { decryptSecret, encryptSecret } from '../accounts/secret.ts';
import { fromNow, now } from '../clock.ts';
import { db, isUniqueViolation, write } from '../db.ts';
import { writeJoined } from '../joined.ts';
import { HttpProblem } from './problem.ts';

export type Kept = { status: number; body: unknown; headers: Record<string, string> };
export type Asked = {
  tokenId: string;
  key: string;
  /** Everything that was asked for */
  request: string;
  /** It takes longer than a transaction should. */
  isSlow: boolean;
};

const keptMs = 24 * 3_600_000;
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** What `work` answers, or has answered to the same call before. */
export async function answerOnce(
  { tokenId, key, request, isSlow }: Asked,
  work: () => Promise<Kept>,
): Promise<Kept> {
  const id = digest(`${tokenId} ${key}`);
  const known = await findKept(id, digest(request));
  if (known) return known;
  const claim = { id, request: digest(request), createdAt: now() };
  const keep = (kept: Kept) => {
    const data = { status: kept.status, answer: encryptSecret(JSON.stringify(kept)) };
    return write((tx) => tx.keptAnswer.update({ where: { id }, data }));
  };
  const begin = () =>
    write(async (tx) => {
      await tx.keptAnswer.deleteMany({ where: { id, createdAt: { lte: fromNow(-keptMs) } } });
      await tx.keptAnswer.create({ data: claim });
    });
  const carryOut = async () => {
    await begin();
    const kept = await work();
    await keep(kept);
    return kept;
  };
  try {
    if (!isSlow) return await writeJoined(carryOut);
    await begin();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // The same call came twice at once.
    const other = await findKept(id, digest(request));
    if (other) return other;
    throw error;
  }
  return finishSlow(id, work, keep);
}

async function finishSlow(
  id: string,
  work: () => Promise<Kept>,
  keep: (kept: Kept) => Promise<unknown>,
): Promise<Kept> {
  let kept: Kept;
  try {
    kept = await work();
  } catch (error) {
    // Nothing has happened: it may be tried again.
    await write((tx) => tx.keptAnswer.deleteMany({ where: { id, status: 0 } }));
    throw error;
  }
  await keep(kept);
  return kept;
}

async function findKept(id: string, request: string): Promise<Kept | null> {
  const row = await db.keptAnswer.findUnique({ where: { id } });
  if (!row || row.createdAt <= fromNow(-keptMs)) return null;
  if (row.request !== request) {
    const detail = 'This Idempotency-Key was used for another call.';
    throw new HttpProblem(422, 'invalid', detail);
  }
  const text = row.status === 0 ? null : decryptSecret(row.answer);
  if (text === null) {
    const detail = 'A call with this Idempotency-Key was begun; look whether it was carried out.';
    throw new HttpProblem(409, 'conflict', detail);
  }
  const kept = JSON.parse(text) as Kept;
  return { ...kept, headers: { ...kept.headers, 'idempotency-replayed': 'true' } };
}

/** The job: what is older than a day. */
export async function removeOldKept(): Promise<{ answers: number }> {
  const where = { createdAt: { lte: fromNow(-keptMs) } };
  if ((await db.keptAnswer.count({ where })) === 0) return { answers: 0 };
  return { answers: (await write((tx) => tx.keptAnswer.deleteMany({ where }))).count };
}
