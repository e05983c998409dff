// LSUB (RFC 3501 §6.3.9): subscribed names; with "%" also unsubscribed levels above them, as \Noselect.
import { listSubscriptions } from '#server/store/mailboxes.ts';
import { listVisible } from '../locate.ts';
import { listNames } from '../mailbox-listing.ts';
import { joinPattern } from '../mailbox-pattern.ts';
import { ok, untagged } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';
import { parsePlain } from './list.ts';

export const lsub = defineCommand<{ reference: string; pattern: string }>({
  name: 'LSUB',
  states: signedIn,
  parse: parsePlain,
  async *run(session, { reference, pattern }) {
    const joined = joinPattern(reference, pattern);
    const names = listNames(
      (await listVisible(session, 'own')).map(({ mailbox }) => mailbox),
      await listSubscriptions(session.accountId),
      [joined],
      { subscribed: true, specialUse: false, recursive: joined.endsWith('%') },
    );
    for await (const listed of names) {
      const flags = listed.isSubscribed ? '' : '\\Noselect';
      yield untagged(`LSUB (${flags}) "/" ${session.formatName(listed.name)}`);
    }
    return ok('Lsub completed');
  },
});
