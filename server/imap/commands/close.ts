// CLOSE (RFC 3501 §6.4.2) removes what is marked \Deleted, silently; UNSELECT (RFC 3691) does not.
import { hasRights } from '#lib/accounts/rights.ts';
import { expungeMessages } from '#server/store/expunge.ts';
import { ok } from '../wire/encode.ts';
import { defineCommand, onlySelected, parseNothing } from './command.ts';

export const close = defineCommand({
  name: 'CLOSE',
  states: onlySelected,
  parse: parseNothing,
  async *run(session) {
    const { selection } = session;
    // RFC 4314 §4 CLOSE: without "e" nothing is expunged, and the mailbox is closed all the same.
    if (!selection || selection.isReadOnly || !hasRights(selection.grant.rights, 'er')) {
      session.unselect();
      return ok('Close completed');
    }
    const { accountId, mailboxId } = selection;
    // RFC 7162 §3.2.8: a client that keeps the MODSEQ must have heard of everything below it.
    if (session.isQresync && !session.isStill) {
      await selection.refresh(true);
      yield selection.tell(true, true);
    }
    const told = selection.view.modseq;
    const { uids, highestModseq } = await expungeMessages(accountId, mailboxId, null);
    session.unselect();
    const isAllTold = highestModseq === told + (uids.length > 0 ? 1 : 0);
    const hasModseq = session.isQresync && isAllTold;
    return ok('Close completed', hasModseq ? `HIGHESTMODSEQ ${highestModseq}` : undefined);
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
