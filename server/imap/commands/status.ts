// STATUS (RFC 3501 §6.3.10).
import { locateMailbox } from '../locate.ts';
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
  async *run(session, args) {
    const { mailbox, name } = await locateMailbox(session, args.name, 'r');
    yield await formatStatus(session, { ...mailbox, name }, args.items);
    return ok('Status completed');
  },
});
