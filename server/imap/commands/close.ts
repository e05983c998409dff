// CLOSE (RFC 3501 §6.4.2) removes what is marked \Deleted, silently; UNSELECT (RFC 3691) does not.
import { expungeMessages } from '#server/store/expunge.ts';
import { ok } from '../wire/encode.ts';
import { defineCommand, onlySelected, parseNothing } from './command.ts';

export const close = defineCommand({
  name: 'CLOSE',
  states: onlySelected,
  parse: parseNothing,
  // biome-ignore lint/correctness/useYield: CLOSE sends no EXPUNGE
  async *run(session) {
    const { accountId, mailboxId, isReadOnly } = session.selected;
    if (!isReadOnly) await expungeMessages(accountId, mailboxId, null);
    session.unselect();
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
