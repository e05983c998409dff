// ENABLE (RFC 5161). Unknown words are ignored and ENABLED is always sent: clients wait for it.
import { ok, untagged } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

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
    const enabled = words.includes('CONDSTORE') ? ' CONDSTORE' : '';
    if (enabled) session.isCondstore = true;
    yield untagged(`ENABLED${enabled}`);
    return ok('Enabled');
  },
});
