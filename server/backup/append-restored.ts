// Messages of a backup into a mailbox that is there: new UIDs, all else as it was. An administrator's act, so
// quotas do not stop it; they count it.
import { now } from '#lib/clock.ts';
import { pokeMailbox } from '#server/store/journal.ts';
import { changeMailbox } from '#server/store/mailbox-row.ts';
import { insertPopUids } from '#server/store/pop-uid.ts';
import type { BackupRow } from './chunk.ts';
import type { PopUidOf } from './pop-uids.ts';
import { writeWithBodies } from './restore-bodies.ts';
import { addUsed, countRows } from './restore-mail.ts';
import type { RestoreSource } from './restore-source.ts';
import { tableOf } from './tables.ts';
import { insertBackupRows } from './write-rows.ts';

/**
 * Appends the messages of one part, which is not empty; returns their UIDs. `popUidOf` where the mailbox is INBOX and
 * the account has lost them: they keep their UIDLs. Refusal 'not-found', 'limit'.
 */
export async function appendRestored(
  source: RestoreSource,
  accountId: string,
  mailboxId: string,
  rows: BackupRow[],
  popUidOf: PopUidOf = () => null,
): Promise<number[]> {
  const hashes = rows.map(({ blobId }) => String(blobId));
  const { bodies } = source.repository;
  const uids = await writeWithBodies(bodies, hashes, async (tx, numbers) => {
    const count = countRows(rows);
    const mailbox = await changeMailbox(tx, accountId, mailboxId, { ...count, uids: rows.length });
    await addUsed(tx, accountId, count);
    const first = mailbox.uidNext - rows.length;
    const savedAt = now().toISOString();
    const placed = rows.map((row, index) => ({
      ...row,
      accountId,
      mailboxId,
      uid: first + index,
      modseq: mailbox.highestModseq,
      savedAt,
    }));
    await insertBackupRows(tx, tableOf('Message'), placed, numbers);
    const told = rows.flatMap((row, index) => {
      const text = popUidOf(row);
      return text === null ? [] : [{ uid: first + index, text }];
    });
    await insertPopUids(tx, accountId, mailboxId, told);
    return placed.map(({ uid }) => uid);
  });
  pokeMailbox(accountId, mailboxId);
  return uids;
}
