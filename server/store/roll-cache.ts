// The rolls of the mailboxes that were opened last, bounded in bytes. A roll here may be behind its mailbox:
// whoever takes one asks the journal for the rest (journal.ts). One cache a process, never the truth.
import { countDatabasesOpened } from '#lib/db.ts';
import type { Roll } from './roll.ts';

const maxBytes = 32 * 1024 * 1024;

type Kept = { roll: Roll; uidValidity: number; database: number; bytes: number };

const kept = new Map<string, Kept>();
let totalBytes = 0;

/** What a mailbox's roll is kept under. */
export function rollKey(accountId: string, mailboxId: string): string {
  return `${accountId} ${mailboxId}`;
}

/** The roll as it was last known, of this database and this UIDVALIDITY; null where there is none. */
export function recallRoll(key: string, uidValidity: number): Roll | null {
  const found = kept.get(key);
  if (!found) return null;
  if (found.uidValidity !== uidValidity || found.database !== countDatabasesOpened()) {
    forgetRoll(key);
    return null;
  }
  kept.delete(key);
  kept.set(key, found);
  return found.roll;
}

/**
 * Keeps a roll that was read since `database` was opened; those that were asked for longest ago make room.
 */
export function rememberRoll(key: string, uidValidity: number, database: number, roll: Roll): void {
  forgetRoll(key);
  const { bytes } = roll;
  if (bytes > maxBytes) return;
  kept.set(key, { roll, uidValidity, database, bytes });
  totalBytes += bytes;
  for (const oldest of kept.keys()) {
    if (totalBytes <= maxBytes) return;
    forgetRoll(oldest);
  }
}

function forgetRoll(key: string): void {
  totalBytes -= kept.get(key)?.bytes ?? 0;
  kept.delete(key);
}
