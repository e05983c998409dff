// Labels of messages: IMAP keywords (RFC 9051 §2.3.2), which every mail program sees.
import { Refusal } from '../errors.ts';
import { type MailAccount, withMailbox } from './imap/pool.ts';
import { formatUidSet } from './imap/uid-set.ts';
import { isKeyword } from './search/compile.ts';

/** On a message whose conversation is muted: answers go past the inbox (server/delivery/filters). */
export const mutedKeyword = '$Muted';

/** Puts keywords on messages and takes others away. Refusal 'invalid', 'forbidden', 'limit'. */
export async function changeKeywords(
  account: MailAccount,
  folder: string,
  uids: number[],
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): Promise<void> {
  await withMailbox(account, folder, async (client) => {
    const set = formatUidSet(uids);
    const options = { uid: true, silent: true };
    const done = [
      add.length === 0 || (await client.messageFlagsAdd(set, [...add], options)),
      remove.length === 0 || (await client.messageFlagsRemove(set, [...remove], options)),
    ];
    if (done.includes(false)) {
      throw new Refusal('forbidden', 'You may not do this in this folder.');
    }
  });
}

/** Refusal 'invalid' unless `value` is a list of at most 20 keywords. */
export function checkKeywords(value: unknown): string[] {
  const list = value ?? [];
  const isFine =
    Array.isArray(list) &&
    list.length <= 20 &&
    list.every((each) => typeof each === 'string' && isKeyword(each));
  if (!isFine) throw new Refusal('invalid', 'This is not a label.', 'label');
  return list as string[];
}
