// ENABLE (RFC 5161). Unknown words are ignored and ENABLED is always sent: clients wait for it.
import type { Session } from '../session.ts';
import { ok, untagged, untaggedState } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

const extensions: Record<string, (session: Session) => void> = {
  CONDSTORE: (session) => {
    session.isCondstore = true;
  },
  // RFC 7162 §3.2.3: QRESYNC switches CONDSTORE on as well.
  QRESYNC: (session) => {
    session.isCondstore = true;
    session.isQresync = true;
    if (session.selection) session.selection.usesVanished = true;
  },
};

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
    const enabled = [...new Set(words)].filter((word) => Object.hasOwn(extensions, word));
    for (const word of enabled) extensions[word]!(session);
    yield untagged(['ENABLED', ...enabled].join(' '));
    // RFC 7162 §3.1: what the MODSEQs of a mailbox that is selected already are counted from.
    if (session.selection && session.isCondstore && !wasCondstore) {
      yield untaggedState('OK', 'Highest', `HIGHESTMODSEQ ${session.selection.view.modseq}`);
    }
    return ok('Enabled');
  },
});
