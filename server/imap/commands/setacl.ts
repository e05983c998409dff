// SETACL and DELETEACL (RFC 4314 §3.1, §3.2). The owner always may do everything, so that nobody locks
// himself out: there is no entry of his to change.
import { parseRights } from '#lib/accounts/rights.ts';
import { isRecoverable } from '#server/store/mailbox-name.ts';
import { changeRights, type RightsChange } from '#server/store/sharing/rights.ts';
import { parseIdentifier, resolveIdentifier } from '../acl-identifier.ts';
import { locateMailbox } from '../locate.ts';
import type { Located } from '../located.ts';
import type { Session } from '../session.ts';
import { Bad } from '../wire/bad.ts';
import type { Cursor } from '../wire/cursor.ts';
import { type Ending, no, ok } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

type Args = { name: string; identifier: string; change: RightsChange };

const modes = { '+': 'add', '-': 'remove' } as const;

export const setAcl = defineCommand<Args>({
  name: 'SETACL',
  states: signedIn,
  parse(cursor) {
    const { name, identifier } = parseSubject(cursor);
    cursor.space();
    const change = parseChange(cursor.astringText());
    cursor.expectEnd();
    return { name, identifier, change };
  },
  // biome-ignore lint/correctness/useYield: the tagged line says it all
  async *run(session, { name, identifier, change }) {
    return changeEntry(session, name, identifier, change, 'Setacl completed');
  },
});

export const deleteAcl = defineCommand<{ name: string; identifier: string }>({
  name: 'DELETEACL',
  states: signedIn,
  parse(cursor) {
    const subject = parseSubject(cursor);
    cursor.expectEnd();
    return subject;
  },
  // biome-ignore lint/correctness/useYield: the tagged line says it all
  async *run(session, { name, identifier }) {
    const change: RightsChange = { mode: 'set', rights: '' };
    return changeEntry(session, name, identifier, change, 'Deleteacl completed');
  },
});

/** SP mailbox SP identifier */
export function parseSubject(cursor: Cursor): { name: string; identifier: string } {
  cursor.space();
  const name = cursor.mailbox();
  cursor.space();
  return { name, identifier: parseIdentifier(cursor) };
}

/** mod-rights; RFC 4314 §3.1: a right that does not exist is BAD. */
function parseChange(text: string): RightsChange {
  const sign = text[0] ?? '';
  const mode = Object.hasOwn(modes, sign) ? modes[sign as keyof typeof modes] : 'set';
  const rights = parseRights(mode === 'set' ? text : text.slice(1));
  if (rights === null) throw new Bad('There is no such right');
  return { mode, rights };
}

async function changeEntry(
  session: Session,
  name: string,
  identifier: string,
  change: RightsChange,
  done: string,
): Promise<Ending> {
  const located = await locateMailbox(session, name, 'a');
  const isTakingAway = change.mode === 'set' && change.rights === '';
  // What was allowed once may always be ended.
  const resolved =
    isTakingAway && identifier === 'anyone' ? identifier : await resolveIdentifier(identifier);
  if (resolved.replace(/^-/, '') === located.accountId) {
    return no('The owner always has all rights', 'CANNOT');
  }
  if (isTwin(located)) return no('Deleted messages are not shared', 'CANNOT');
  await changeRights(located.mailbox, resolved, change, session.account.address);
  return ok(done);
}

function isTwin({ mailbox }: Located): boolean {
  return isRecoverable(mailbox.name);
}
