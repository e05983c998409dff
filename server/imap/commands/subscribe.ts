// SUBSCRIBE and UNSUBSCRIBE (RFC 3501 §6.3.6, §6.3.7).
import { setSubscription } from '#server/store/mailboxes.ts';
import { isSharedName } from '#server/store/sharing/shared-name.ts';
import { locateMailbox } from '../locate.ts';
import { ok } from '../wire/encode.ts';
import { type Command, defineCommand, signedIn } from './command.ts';

function define(name: 'SUBSCRIBE' | 'UNSUBSCRIBE', isSubscribed: boolean): Command {
  return defineCommand<string>({
    name,
    states: signedIn,
    parse(cursor) {
      cursor.space();
      const mailbox = cursor.mailbox();
      cursor.expectEnd();
      return mailbox;
    },
    // biome-ignore lint/correctness/useYield: the tagged line says it all
    async *run(session, mailbox) {
      const isShared = isSharedName(mailbox);
      // RFC 4314 §4: "l" to subscribe, nothing to end it.
      if (isShared && isSubscribed) await locateMailbox(session, mailbox, 'l');
      await setSubscription(session.accountId, mailbox, isSubscribed, isShared);
      session.notify?.watch?.noteSubscribed(mailbox, isSubscribed);
      return ok(`${name} completed`);
    },
  });
}

export const subscribe = define('SUBSCRIBE', true);
export const unsubscribe = define('UNSUBSCRIBE', false);
