// ENABLE (RFC 5161). Unknown words are ignored and ENABLED is always sent: clients wait for it.
import type { Session } from '../session.ts';
import { ok, untagged, untaggedState } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

type Extension = { name: string; switchOn(session: Session): void };

const extensions: readonly Extension[] = [
  {
    name: 'CONDSTORE',
    switchOn: (session) => {
      session.isCondstore = true;
    },
  },
  {
    name: 'QRESYNC',
    // RFC 7162 §3.2.3: QRESYNC switches CONDSTORE on as well.
    switchOn: (session) => {
      session.isCondstore = true;
      session.isQresync = true;
      if (session.selection) session.selection.usesVanished = true;
    },
  },
  {
    name: 'UTF8=ACCEPT', // RFC 9755
    switchOn: (session) => {
      session.isUtf8 = true;
    },
  },
  {
    name: 'IMAP4rev2',
    // RFC 9051 Appendix A, §5.1: names are UTF-8; §2.3.2: nothing is recent any more.
    switchOn: (session) => {
      session.isRev2 = true;
      session.isUtf8 = true;
      session.selection?.view.forgetRecent();
    },
  },
];

export const enable = defineCommand<string[]>({
  name: 'ENABLE',
  states: signedIn,
  parse(cursor) {
    const words: string[] = [];
    do {
      cursor.space();
      words.push(cursor.keyword());
    } while (!cursor.isAtEnd());
    return words;
  },
  async *run(session, words) {
    const wasCondstore = session.isCondstore;
    const enabled = extensions.filter(({ name }) => words.includes(name.toUpperCase()));
    for (const extension of enabled) extension.switchOn(session);
    yield untagged(['ENABLED', ...enabled.map(({ name }) => name)].join(' '));
    // RFC 7162 §3.1: what the MODSEQs of a mailbox that is selected already are counted from.
    if (session.selection && session.isCondstore && !wasCondstore) {
      yield untaggedState('OK', 'Highest', `HIGHESTMODSEQ ${session.selection.view.modseq}`);
    }
    return ok('Enabled');
  },
});
