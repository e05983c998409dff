// COPY (RFC 3501 §6.4.7) and MOVE (RFC 6851), with COPYUID (RFC 4315 §3). One grammar, one effect.
import { Refusal } from '#lib/errors.ts';
import { type Copied, copyMessages, moveMessages } from '#server/store/copy.ts';
import { isReserved } from '#server/store/mailbox-name.ts';
import { findMailbox } from '#server/store/mailboxes.ts';
import { refuse } from '../refusal.ts';
import type { Session } from '../session.ts';
import type { Cursor } from '../wire/cursor.ts';
import { bad, no, ok, untaggedState } from '../wire/encode.ts';
import { formatSet, type SequenceSet } from '../wire/sequence-set.ts';
import { type Command, defineCommand, onlySelected } from './command.ts';
import { findUids } from './message-set.ts';

type Args = { set: SequenceSet; target: string };

function parse(cursor: Cursor): Args {
  cursor.space();
  const set = cursor.sequenceSet();
  cursor.space();
  const target = cursor.mailbox();
  cursor.expectEnd();
  return { set, target };
}

export const copy: Command = defineCommand<Args>({
  name: 'COPY',
  states: onlySelected,
  hasUidForm: true,
  parse,
  // biome-ignore lint/correctness/useYield: the tagged line says it all
  async *run(session, args, { isUid }) {
    const uids = findUids(session, args.set, isUid);
    if (uids === null) return bad('There is no such message');
    const target = await findTarget(session, args.target);
    if (!target) return noTarget(args.target);
    const { accountId, mailboxId } = session.selected;
    const copied = await copyMessages(accountId, mailboxId, uids, target);
    return ok('Copy completed', formatCopied(copied));
  },
});

export const move: Command = defineCommand<Args>({
  name: 'MOVE',
  states: onlySelected,
  hasUidForm: true,
  asksForNews: true,
  parse,
  async *run(session, args, { isUid }) {
    const { accountId, mailboxId, isReadOnly } = session.selected;
    if (isReadOnly) return no('The mailbox is selected read-only', 'READ-ONLY');
    const uids = findUids(session, args.set, isUid);
    if (uids === null) return bad('There is no such message');
    const target = await findTarget(session, args.target);
    if (!target) return noTarget(args.target);
    // A UID that is gone is no failure: Apple Mail moves what it has not been told about (RFC 6851 §3.3).
    const moved = await moveMessages(accountId, mailboxId, uids, target);
    const code = formatCopied(moved);
    // RFC 6851 §4.3: COPYUID before the EXPUNGEs, so it is untagged.
    if (code) yield untaggedState('OK', 'Moved', code);
    return ok('Move completed');
  },
});

async function findTarget(session: Session, name: string): Promise<string | null> {
  return (await findMailbox(session.accountId, name))?.id ?? null;
}

// RFC 3501 §7.1 TRYCREATE: the client may make the mailbox and try again.
function noTarget(name: string) {
  if (isReserved(name)) return refuse(new Refusal('forbidden', 'Only deleted messages go there'));
  return refuse(new Refusal('not-found', 'There is no such mailbox'), 'TRYCREATE');
}

function formatCopied({ uidValidity, pairs }: Copied): string | undefined {
  if (pairs.length === 0) return undefined;
  const from = formatSet(pairs.map(([uid]) => uid));
  return `COPYUID ${uidValidity} ${from} ${formatSet(pairs.map(([, uid]) => uid))}`;
}
