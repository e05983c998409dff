// How far numbers jump when mailboxes come back. Between the backup and the disaster clients were given UIDs
// and MODSEQs that the backup knows nothing of. None of them may come again with another meaning (RFC 3501
// §2.3.1.1), so a restored mailbox goes on far above. Also a second restore of the same backup must not give
// out what the first one gave out, so each one that is made from a folder jumps further.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { now } from '#lib/clock.ts';
import { lastUid } from '#server/store/mailbox-row.ts';
import type { BackupRow } from './chunk.ts';
import { isMissing, writeWhole } from './durable-file.ts';
import type { Repository } from './repository.ts';

const uidsPerStep = 1_000_000;
const modseqsPerStep = 1_000_000_000;
const uidValiditiesPerStep = 100_000;
const epochsPerStep = 1000;
const dayMs = 86_400_000;

/** 1 for the first restore of a fresh backup; numbers jump by so many steps. */
export type Jump = { steps: number };

/** Notes in the backup folder that something is restored from it, and says how far numbers jump. */
export async function noteRestore(repository: Repository, takenAt: string): Promise<Jump> {
  const path = join(repository.folder, 'restores.json');
  const earlier = await readCount(path);
  if (repository.isWritable) await writeWhole(path, `${JSON.stringify({ count: earlier + 1 })}\n`);
  // The days are for a folder that cannot be written, or was copied: then nobody counts.
  const days = Math.max(0, Math.floor((now().getTime() - Date.parse(takenAt)) / dayMs));
  return { steps: 1 + earlier + days };
}

async function readCount(path: string): Promise<number> {
  try {
    const { count } = JSON.parse(await readFile(path, 'utf8')) as { count: number };
    return Number.isSafeInteger(count) && count > 0 ? count : 0;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return 0;
    throw error;
  }
}

/** The row of a mailbox as it comes back: UIDVALIDITY as it was, UIDNEXT and HIGHESTMODSEQ far above. */
export function jumpMailbox(row: BackupRow, { steps }: Jump): BackupRow {
  const uidNext = Number(row.uidNext);
  // A UID has 32 bits: of few that are left, half.
  const uids = Math.min(steps * uidsPerStep, Math.floor((lastUid - uidNext) / 2));
  const highestModseq = jumpModseq(row, { steps });
  // Nobody who asks for changes since an earlier MODSEQ may be told that he knows them all (RFC 7162 §3.2.5.2).
  return { ...row, uidNext: uidNext + uids, highestModseq, floorModseq: highestModseq };
}

/** The MODSEQ that all messages of a restored mailbox get. */
export function jumpModseq(row: BackupRow, { steps }: Jump): number {
  return Number(row.highestModseq) + steps * modseqsPerStep;
}

/** A UIDVALIDITY above all that the account can have given to mailboxes that the backup does not know. */
export function jumpUidValidity(greatest: number, { steps }: Jump): number {
  const clock = Math.floor(now().getTime() / 1000);
  return Math.min(Math.max(greatest, clock) + steps * uidValiditiesPerStep, 0xffff_0000);
}

/** Ends all sessions: one that was ended after the backup, by a new password say, must not live again. */
export function jumpEpoch(row: BackupRow, { steps }: Jump): BackupRow {
  return { ...row, epoch: Number(row.epoch) + steps * epochsPerStep };
}
