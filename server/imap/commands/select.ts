// SELECT and EXAMINE (RFC 3501 §6.3.1, §6.3.2; RFC 9051 §6.3.2), CONDSTORE and QRESYNC parameters (RFC 7162 §3.1.8, §3.2.5).
import { formatAllFlags } from '../flags.ts';
import { locateMailbox } from '../locate.ts';
import { parseResync, type Resync, tellResync } from '../resync.ts';
import { Selection } from '../selection.ts';
import { Bad } from '../wire/bad.ts';
import type { Cursor } from '../wire/cursor.ts';
import { bad, ok, untagged, untaggedState } from '../wire/encode.ts';
import { type Command, defineCommand, signedIn } from './command.ts';

type Args = {
  name: string;
  /** As it was written, where that is not the canonical form. */
  written: string | null;
  isCondstore: boolean;
  resync: Resync | null;
};

function parse(cursor: Cursor): Args {
  cursor.space();
  const args: Args = { ...cursor.writtenMailbox(), isCondstore: false, resync: null };
  if (cursor.trySpace()) {
    cursor.list(() => {
      const word = cursor.keyword();
      if (word === 'CONDSTORE') args.isCondstore = true;
      else if (word === 'QRESYNC' && !args.resync) {
        cursor.space();
        args.resync = parseResync(cursor);
      } else throw new Bad('Unknown SELECT parameter');
    });
  }
  cursor.expectEnd();
  return args;
}

function define(name: 'SELECT' | 'EXAMINE', isExamine: boolean): Command {
  return defineCommand<Args>({
    name,
    states: signedIn,
    parse,
    async *run(session, args) {
      // RFC 7162 §3.2.5: only behind ENABLE QRESYNC.
      if (args.resync && !session.isQresync) return bad('QRESYNC has not been enabled');
      if (session.selection) {
        // RFC 3501 §6.3.1: the old mailbox is closed first, whatever comes of the new one.
        session.unselect();
        yield untaggedState('OK', 'Previous mailbox closed', 'CLOSED');
      }
      if (args.isCondstore) session.isCondstore = true;
      const located = await locateMailbox(session, args.name, 'r');
      const { selection, roll } = await Selection.open(session.accountId, located, isExamine);
      session.selection = selection;
      selection.usesVanished = session.isQresync;
      const { view } = selection;
      if (session.isRev2) view.forgetRecent();
      const { uidValidity, uidNext, highestModseq, id } = selection.mailbox;
      const { keywords } = selection;
      const lines = [
        untagged(`FLAGS ${formatAllFlags(keywords, false)}`),
        untaggedState('OK', 'Flags permitted', selection.formatPermanentFlags()),
        untagged(`${view.count} EXISTS`),
      ];
      if (session.isRev2) {
        // RFC 9051 §6.3.2: neither RECENT nor UNSEEN, but the name.
        const old = session.formatOldName(args.written);
        lines.push(untagged(`LIST () "/" ${session.formatName(located.name)}${old}`));
      } else {
        lines.push(untagged(`${view.recentCount} RECENT`));
        const unseen = roll.firstUnseen + 1;
        if (unseen > 0) lines.push(untaggedState('OK', 'First unseen', `UNSEEN ${unseen}`));
      }
      lines.push(
        untaggedState('OK', 'UIDs valid', `UIDVALIDITY ${uidValidity}`),
        untaggedState('OK', 'Predicted next UID', `UIDNEXT ${uidNext}`),
        // RFC 7162 §3.1.2.1; some clients need text behind it.
        untaggedState('OK', 'Highest', `HIGHESTMODSEQ ${highestModseq}`),
        untaggedState('OK', 'Mailbox id', `MAILBOXID (${id})`), // RFC 8474 §4.2
      );
      yield lines;
      if (args.resync) yield* tellResync(selection, roll, args.resync);
      return ok(`${name} completed`, selection.isReadOnly ? 'READ-ONLY' : 'READ-WRITE');
    },
  });
}

export const select = define('SELECT', false);
export const examine = define('EXAMINE', true);
