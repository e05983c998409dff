// CREATE (RFC 3501 §6.3.3) with USE (RFC 6154 §3); the new id comes in the answer (RFC 8474 §4.1).
import { createMailbox, listMailboxes } from '#server/store/mailboxes.ts';
import { locatePlace } from '../locate.ts';
import { specialUses } from '../special-use.ts';
import { Bad } from '../wire/bad.ts';
import { no, ok, untagged } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

type Args = { name: string; written: string | null; uses: string[] };

export const create = defineCommand<Args>({
  name: 'CREATE',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    const { name, written } = cursor.writtenMailbox();
    const uses: string[] = [];
    if (cursor.trySpace()) {
      cursor.list(() => {
        if (cursor.keyword() !== 'USE') throw new Bad('Unknown CREATE parameter');
        cursor.space();
        uses.push(...cursor.flagList());
      });
    }
    cursor.expectEnd();
    return { name, written, uses };
  },
  async *run(session, { name, written, uses }) {
    const known = uses.map((use) =>
      specialUses.find((one) => one.toUpperCase() === use.toUpperCase()),
    );
    // RFC 6154 §3 USEATTR: an unknown use, or one more than we can store.
    if (known.length > 1 || known.some((use) => use === undefined)) {
      return no('This special use is not supported', 'USEATTR');
    }
    const { accountId, mailboxName, isOwn } = await locatePlace(session, name);
    // RFC 6154 §3: a special use is the owner's affair.
    if (!isOwn && known.length > 0) return no('A shared mailbox has no special use', 'USEATTR');
    // RFC 6154 §3: one mailbox has a use; SETMETADATA can give it to another one.
    if (known[0] && (await listMailboxes(accountId)).some((one) => one.specialUse === known[0])) {
      return no('Another mailbox has this special use', 'USEATTR');
    }
    const mailbox = await createMailbox(accountId, mailboxName, known[0]);
    if (isOwn) session.notify?.watch?.noteCreated(mailbox);
    // RFC 9051 §6.3.4: the client learns what its name has become.
    if (session.isRev2 && written !== null) {
      yield untagged(`LIST () "/" ${session.formatName(name)}${session.formatOldName(written)}`);
    }
    return ok('Create completed', `MAILBOXID (${mailbox.id})`);
  },
});
