// The snapshots of a backup folder, as a list.
import { isRefusal } from '#lib/errors.ts';
import { requireRepository } from './repository.ts';
import { listSnapshotNames, readSnapshotFile, type Snapshot } from './snapshot.ts';

export type Listed = {
  name: string;
  takenAt: string;
  database: string;
  accounts: number;
  mailboxes: number;
  messages: number;
  messageBytes: number;
  /** Messages without body, or what is wrong with the snapshot itself. */
  note: string;
};

/** The oldest first. Takes no lock, so it also works beside a backup. Refusal 'not-found', 'invalid'. */
export async function listBackup(path: string): Promise<Listed[]> {
  const folder = await requireRepository(path);
  const listed: Listed[] = [];
  for (const name of await listSnapshotNames(folder)) {
    try {
      listed.push(describe(name, await readSnapshotFile(folder, name)));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const none = { accounts: 0, mailboxes: 0, messages: 0, messageBytes: 0 };
      listed.push({ name, takenAt: '', database: '', ...none, note: error.message });
    }
  }
  return listed;
}

function describe(name: string, { takenAt, database, totals, lost }: Snapshot): Listed {
  const note = lost.length > 0 ? `${lost.length} messages without body` : '';
  return { name, takenAt, database, ...totals, note };
}
