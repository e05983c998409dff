// CLOSE (RFC 3501 §6.4.2) removes what is marked \Deleted, silently; UNSELECT (RFC 3691) does not.
import { hasRights } from '#lib/accounts/rights.ts';
import { expungeMessages } from '#server/store/expunge.ts';
import { ok } from '../wire/encode.ts';
import { defineCommand, onlySelected, parseNothing } from './command.ts';

export const close = defineCommand({
  name: 'CLOSE',
  states: onlySelected,
  parse: parseNothing,
  // biome-ignore lint/correctness/useYield: the tagged line says it all
  async *run(session) {
    const { selection } = session;
    // RFC 4314 §4 CLOSE: without "e" nothing is expunged, and the mailbox is closed all the same.
    if (selection && !selection.isReadOnly && hasRights(selection.grant.rights, 'er')) {
      await expungeMessages(selection.accountId, selection.mailboxId, null);
    }
    session.unselect();
    // RFC 7162 §3.2.8: no HIGHESTMODSEQ, since what went is not told (its predecessor had asked for it).
    return ok('Close completed');
  },
});

export const unselect = defineCommand({
  name: 'UNSELECT',
  states: onlySelected,
  parse: parseNothing,
  // biome-ignore lint/correctness/useYield: the tagged line says it all
  async *run(session) {
    session.unselect();
    return ok('Unselect completed');
  },
});
