// Users between a backup and today. An account is who it is by its id: it may have another address now, and its address then may
// be somebody else's, whom none of its mail must reach. Only where the account is gone, who has its address is meant.
import { db } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import type { RestoreSource } from './restore-source.ts';
import type { Sheet } from './snapshot.ts';

/**
 * The sheet of who has the address today, under whichever it was then, else of who had it then. Refusal 'not-found', also where
 * that one has another address today and somebody else this one.
 */
export async function readSheetOf(source: RestoreSource, asked: string): Promise<Sheet> {
  const address = asked.trim().toLowerCase();
  const today = await db.account.findUnique({ where: { address } });
  const { accounts } = source.snapshot;
  const then = today && accounts.find(({ id }) => id === today.id);
  const sheet = await source.readSheet(then?.address ?? address);
  const own = today && !then ? await db.account.findUnique({ where: { id: sheet.id } }) : null;
  if (!own) return sheet;
  throw new Refusal(
    'not-found',
    `${address} is somebody else now: who had it in the backup ${source.name} is ${own.address}.`,
  );
}

/** The account of a sheet as it is today: itself, or where it was made anew the one of its address; null where it is gone. */
export async function findAccountOf({ id, address }: Sheet) {
  const own = await db.account.findUnique({ where: { id } });
  return own ?? db.account.findUnique({ where: { address } });
}
