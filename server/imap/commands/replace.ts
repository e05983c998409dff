// REPLACE and UID REPLACE (RFC 8508): APPEND and the expunge of one message of the selected mailbox, as one change.
// Several messages are not allowed (§3.2).
import { hasRights, refuseRight } from '#lib/accounts/rights.ts';
import { replaceMessage } from '#server/store/replace.ts';
import { type MessageToAppend, parseMessage } from '../append-data.ts';
import { assembleMessage } from '../catenate.ts';
import { findTarget, mayTellUids } from '../target.ts';
import { formatBadUrl, isBadUrl } from '../url-part.ts';
import { formatHighest } from '../vanished.ts';
import { Bad } from '../wire/bad.ts';
import { bad, no, ok, untaggedState } from '../wire/encode.ts';
import type { SequenceSet } from '../wire/sequence-set.ts';
import { findKeywordFlood } from './append.ts';
import { defineCommand, onlySelected } from './command.ts';
import { findUids } from './message-set.ts';

type Args = { set: SequenceSet; name: string; message: MessageToAppend };

export const replace = defineCommand<Args>({
  name: 'REPLACE',
  states: onlySelected,
  hasUidForm: true,
  asksForNews: true,
  parse(cursor) {
    cursor.space();
    const set = cursor.sequenceSet();
    if (set.length !== 1 || set[0]![0] !== set[0]![1]) throw new Bad('REPLACE takes one message');
    cursor.space();
    const name = cursor.mailbox();
    cursor.space();
    const message = parseMessage(cursor);
    cursor.expectEnd();
    return { set, name, message };
  },
  async *run(session, { set, name, message }, { isUid, uploads }) {
    const { isReadOnly, accountId, mailboxId, grant } = session.selected;
    if (isReadOnly) return no('The mailbox is selected read-only', 'READ-ONLY');
    // RFC 8508 §4.1
    if (!hasRights(grant.rights, 'te')) throw refuseRight();
    const uid = findUids(session, set, isUid)?.[0];
    if (uid === undefined) {
      // Unlike with other commands a UID that is gone is a failure: nothing may be stored then (§3.4).
      return isUid
        ? no('There is no such message', 'NONEXISTENT')
        : bad('There is no such message');
    }
    const target = await findTarget(session, name);
    if ('status' in target) return target;
    const flood = await findKeywordFlood(target.mailbox, [message]);
    if (flood) return flood;
    try {
      const made = await assembleMessage(session, message, uploads, target);
      const to = { accountId: target.accountId, mailboxId: target.mailbox.id };
      const stored = await replaceMessage({ accountId, mailboxId, uid }, to, made);
      session.noteArrived(to.mailboxId, [stored.uid]);
      session.noteExpunged([uid]);
      // §4.3: untagged, before EXPUNGE is told.
      const code = `APPENDUID ${stored.uidValidity} ${stored.uid}`;
      if (mayTellUids(target)) yield untaggedState('OK', 'Replacement message ready', code);
      return ok('Replace completed', formatHighest(session, stored.highestModseq));
    } catch (error) {
      if (isBadUrl(error)) return formatBadUrl(error);
      throw error;
    }
  },
});
