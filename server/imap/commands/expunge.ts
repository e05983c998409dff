// EXPUNGE (RFC 3501 §6.4.3) and UID EXPUNGE (RFC 4315 §2.1). The EXPUNGE replies come from the journal,
// behind the command, like those of any other session's expunge.
import { hasRights, refuseRight } from '#lib/accounts/rights.ts';
import { expungeMessages } from '#server/store/expunge.ts';
import { formatHighest } from '../vanished.ts';
import { no, ok } from '../wire/encode.ts';
import type { SequenceSet } from '../wire/sequence-set.ts';
import { defineCommand, onlySelected } from './command.ts';
import { findUids } from './message-set.ts';

export const expunge = defineCommand<SequenceSet | null>({
  name: 'EXPUNGE',
  states: onlySelected,
  hasUidForm: true,
  asksForNews: true,
  parse(cursor, isUid) {
    if (isUid) cursor.space();
    const set = isUid ? cursor.sequenceSet() : null;
    cursor.expectEnd();
    return set;
  },
  // biome-ignore lint/correctness/useYield: the news are told behind every command
  async *run(session, set) {
    const { accountId, mailboxId, isReadOnly, grant } = session.selected;
    if (isReadOnly) return no('The mailbox is selected read-only', 'READ-ONLY');
    if (!hasRights(grant.rights, 'e')) throw refuseRight();
    const uids = set === null ? null : findUids(session, set, true);
    if (uids?.length === 0) return ok('Expunge completed');
    const expunged = await expungeMessages(accountId, mailboxId, uids);
    session.noteExpunged(expunged.uids);
    const highest = expunged.uids.length > 0 ? expunged.highestModseq : undefined;
    return ok('Expunge completed', formatHighest(session, highest));
  },
});
