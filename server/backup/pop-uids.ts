// What POP3 clients were told of the messages of a snapshot, so that a message that comes back into INBOX under a new
// UID keeps its UIDL (RFC 1939 §7: it never changes).
import { readSetting } from '#lib/settings/index.ts';
import { defaultPopUid } from '#server/store/pop-uid.ts';
import type { BackupRow } from './chunk.ts';
import type { RestoreSource } from './restore-source.ts';
import type { Sheet } from './snapshot.ts';

/** The UIDL of a message's row in the snapshot; null for one that was not in INBOX. */
export type PopUidOf = (row: BackupRow) => string | null;

export async function readPopUidOf(
  source: RestoreSource,
  sheet: Sheet,
  mailboxes: BackupRow[],
): Promise<PopUidOf> {
  const inbox = mailboxes.find(({ name }) => name === 'INBOX');
  if (!inbox) return () => null;
  const kept = new Map<number, string>();
  for await (const rows of source.readOwn(sheet, 'PopUid')) {
    for (const { mailboxId, uid, text } of rows) {
      if (mailboxId === inbox.id) kept.set(Number(uid), String(text));
    }
  }
  const format = await readSetting('pop3.uidlFormat');
  return ({ mailboxId, uid }) => {
    if (mailboxId !== inbox.id) return null;
    return kept.get(Number(uid)) ?? defaultPopUid(Number(uid), Number(inbox.uidValidity), format);
  };
}
