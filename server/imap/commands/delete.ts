// DELETE (RFC 3501 §6.3.4).
import { isRefusal } from '#lib/errors.ts';
import { deleteMailbox } from '#server/store/mailboxes.ts';
import { locateMailbox } from '../locate.ts';
import { refuse } from '../refusal.ts';
import { ok } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

export const deleteCommand = defineCommand<string>({
  name: 'DELETE',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    const name = cursor.mailbox();
    cursor.expectEnd();
    return name;
  },
  // biome-ignore lint/correctness/useYield: the tagged line says it all
  async *run(session, name) {
    const { accountId, mailbox } = await locateMailbox(session, name, 'x');
    try {
      await deleteMailbox(accountId, mailbox.name);
    } catch (error) {
      // RFC 9051 §6.3.5
      if (isRefusal(error, 'in-use')) return refuse(error, 'HASCHILDREN');
      throw error;
    }
    session.notify?.watch?.noteDeleted(mailbox.id);
    return ok('Delete completed');
  },
});
