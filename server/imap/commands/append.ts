// APPEND (RFC 3501 §6.3.11), several messages at once (MULTIAPPEND, RFC 3502), APPENDUID (RFC 4315 §3), made of
// pieces (CATENATE, RFC 4469). admission.ts has decided about each literal before it came.
import { appendMessages, type NewMessage } from '#server/store/append.ts';
import { readView } from '#server/store/journal.ts';
import type { Mailbox } from '#server/store/mailboxes.ts';
import { parseAppend } from '../admission.ts';
import type { MessageToAppend } from '../append-data.ts';
import { assembleMessage } from '../catenate.ts';
import { keywordLimitPerMailbox } from '../flags.ts';
import { findTarget, mayTellUids } from '../target.ts';
import { formatBadUrl, isBadUrl } from '../url-part.ts';
import { type Ending, no, ok } from '../wire/encode.ts';
import { formatSet } from '../wire/sequence-set.ts';
import { defineCommand, signedIn } from './command.ts';

export { admitMessage, isMessageLiteral } from '../admission.ts';

type Args = { name: string; messages: MessageToAppend[] };

export const append = defineCommand<Args>({
  name: 'APPEND',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    return parseAppend(cursor);
  },
  // biome-ignore lint/correctness/useYield: the tagged line says it all
  async *run(session, { name, messages }, { uploads }) {
    const target = await findTarget(session, name);
    if ('status' in target) return target;
    const { accountId, mailbox } = target;
    const flood = await findKeywordFlood(mailbox, messages);
    if (flood) return flood;
    const made: NewMessage[] = [];
    try {
      for (const message of messages) {
        made.push(await assembleMessage(session, message, uploads, target));
      }
    } catch (error) {
      if (isBadUrl(error)) return formatBadUrl(error);
      throw error;
    }
    const appended = await appendMessages(accountId, mailbox.id, made);
    session.noteArrived(mailbox.id, appended.uids);
    const code = `APPENDUID ${appended.uidValidity} ${formatSet(appended.uids)}`;
    return ok('Append completed', mayTellUids(target) ? code : undefined);
  },
});

/** How the command ends where the mailbox would get too many keywords, else null. */
export async function findKeywordFlood(
  mailbox: Mailbox,
  messages: readonly MessageToAppend[],
): Promise<Ending | null> {
  const added = new Set(
    messages.flatMap(({ flags }) => flags.keywords.map((word) => word.toLowerCase())),
  );
  if (added.size === 0) return null;
  const { roll } = await readView(mailbox.accountId, mailbox.id);
  const known = new Set(roll.listKeywords().flatMap((text) => text.toLowerCase().split(' ')));
  const before = known.size;
  for (const word of added) known.add(word);
  if (known.size <= before || known.size <= keywordLimitPerMailbox) return null;
  return no(`A mailbox has at most ${keywordLimitPerMailbox} keywords`, 'LIMIT');
}
