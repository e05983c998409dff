// RENAME (RFC 3501 §6.3.5); renaming INBOX moves its messages.
import { renameMailbox } from '#server/store/mailboxes.ts';
import { ok } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

export const rename = defineCommand<{ from: string; to: string }>({
  name: 'RENAME',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    const from = cursor.mailbox();
    cursor.space();
    const to = cursor.mailbox();
    cursor.expectEnd();
    return { from, to };
  },
  // biome-ignore lint/correctness/useYield: the tagged line says it all
  async *run(session, { from, to }) {
    await renameMailbox(session.accountId, from, to);
    return ok('Rename completed');
  },
});
