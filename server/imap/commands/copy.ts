// COPY (RFC 3501 §6.4.7) and MOVE (RFC 6851), with COPYUID (RFC 4315 §3). One grammar, one effect.
import { hasRights, refuseRight } from '#lib/accounts/rights.ts';
import { type Copied, copyMessages, moveMessages } from '#server/store/copy.ts';
import { copyAcross } from '#server/store/sharing/copy-across.ts';
import { maskOf } from '../grant.ts';
import type { Located } from '../located.ts';
import type { Selection } from '../selection.ts';
import type { Session } from '../session.ts';
import { findTarget, mayTellUids } from '../target.ts';
import { formatHighest } from '../vanished.ts';
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
    if ('status' in target) return target;
    const copied = await bring(session.selected, uids, target, false);
    noteBrought(session, target, copied);
    return ok('Copy completed', formatCopied(copied, target));
  },
});

export const move: Command = defineCommand<Args>({
  name: 'MOVE',
  states: onlySelected,
  hasUidForm: true,
  asksForNews: true,
  parse,
  async *run(session, args, { isUid }) {
    const { isReadOnly, grant } = session.selected;
    if (isReadOnly) return no('The mailbox is selected read-only', 'READ-ONLY');
    // RFC 6851 §4.5: what COPY, STORE +FLAGS \\Deleted and EXPUNGE need together.
    if (!hasRights(grant.rights, 'te')) throw refuseRight();
    const uids = findUids(session, args.set, isUid);
    if (uids === null) return bad('There is no such message');
    const target = await findTarget(session, args.target);
    if ('status' in target) return target;
    // A UID that is gone is no failure: Apple Mail moves what it has not been told about (RFC 6851 §3.3).
    const moved = await bring(session.selected, uids, target, true);
    noteBrought(session, target, moved);
    session.noteExpunged(moved.pairs.map(([uid]) => uid));
    const code = formatCopied(moved, target);
    // RFC 6851 §4.3: COPYUID before the EXPUNGEs, so it is untagged.
    if (code) yield untaggedState('OK', 'Moved', code);
    return ok('Move completed', formatHighest(session, moved.highestModseq));
  },
});

/** Copies or moves; the short way where both mailboxes are the user's own. */
function bring(
  { accountId, mailboxId, grant }: Selection,
  uids: number[],
  target: Located,
  isMove: boolean,
): Promise<Copied> {
  if (grant.isOwn && target.isOwn) {
    return (isMove ? moveMessages : copyMessages)(accountId, mailboxId, uids, target.mailbox.id);
  }
  const to = { accountId: target.accountId, mailboxId: target.mailbox.id };
  const mask = maskOf(target.rights);
  return copyAcross({ accountId, mailboxId }, uids, to, { isMove, mask });
}

/** What arrived by the client's own doing is no news to it (RFC 5465 §5). */
function noteBrought(session: Session, { mailbox }: Located, { pairs }: Copied): void {
  session.noteArrived(
    mailbox.id,
    pairs.map(([, uid]) => uid),
  );
}

function formatCopied({ uidValidity, pairs }: Copied, target: Located): string | undefined {
  if (pairs.length === 0 || !mayTellUids(target)) return undefined;
  const from = formatSet(pairs.map(([uid]) => uid));
  return `COPYUID ${uidValidity} ${from} ${formatSet(pairs.map(([, uid]) => uid))}`;
}
