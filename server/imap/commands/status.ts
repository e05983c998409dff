// STATUS (RFC 3501 §6.3.10).
import { Refusal } from '#lib/errors.ts';
import { findMailbox } from '#server/store/mailboxes.ts';
import { formatStatus, parseStatusItems } from '../status-items.ts';
import { ok } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

export const status = defineCommand<{ name: string; items: string[] }>({
  name: 'STATUS',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    const name = cursor.mailbox();
    cursor.space();
    const items = parseStatusItems(cursor);
    cursor.expectEnd();
    return { name, items };
  },
  async *run(session, { name, items }) {
    const mailbox = await findMailbox(session.accountId, name);
    if (!mailbox) throw new Refusal('not-found', 'There is no such mailbox');
    yield await formatStatus(session, mailbox, items);
    return ok('Status completed');
  },
});
