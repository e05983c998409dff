// RENAME (RFC 3501 §6.3.5); renaming INBOX moves its messages. A mailbox stays its owner's.
import { hasRights, refuseRight } from '#lib/accounts/rights.ts';
import { isBelow } from '#server/store/mailbox-name.ts';
import { listMailboxes, renameMailbox } from '#server/store/mailboxes.ts';
import { readRights } from '#server/store/sharing/rights.ts';
import { locateMailbox, locatePlace } from '../locate.ts';
import type { Located } from '../located.ts';
import type { Session } from '../session.ts';
import { no, ok, untagged } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

export const rename = defineCommand<{ from: string; to: string; written: string | null }>({
  name: 'RENAME',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    const from = cursor.mailbox();
    cursor.space();
    const { name: to, written } = cursor.writtenMailbox();
    cursor.expectEnd();
    return { from, to, written };
  },
  async *run(session, { from, to, written }) {
    const source = await locateMailbox(session, from, 'x');
    if (!source.isOwn) await requireAllBelow(session, source);
    const place = await locatePlace(session, to);
    if (place.accountId !== source.accountId) {
      return no('A mailbox cannot go to another owner; move its messages instead', 'CANNOT');
    }
    if (!source.isOwn && source.mailbox.name === 'INBOX') {
      return no("Somebody else's INBOX cannot be renamed", 'CANNOT');
    }
    await renameMailbox(source.accountId, source.mailbox.name, place.mailboxName);
    if (source.isOwn) session.notify?.watch?.noteRenamed(source.mailbox.name, place.mailboxName);
    // RFC 9051 §6.3.6: the client learns what its name has become.
    if (session.isRev2 && written !== null) {
      yield untagged(`LIST () "/" ${session.formatName(to)}${session.formatOldName(written)}`);
    }
    return ok('Rename completed');
  },
});

/** What is below goes along, so it needs the right too; else a name could be taken away that is not even seen. */
async function requireAllBelow(session: Session, { accountId, mailbox }: Located): Promise<void> {
  for (const { id, name } of await listMailboxes(accountId)) {
    if (!isBelow(name, mailbox.name)) continue;
    if (!hasRights(await readRights(accountId, id, session.accountId), 'x')) throw refuseRight();
  }
}
