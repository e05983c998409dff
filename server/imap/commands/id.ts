// ID (RFC 2971); also before login. What the client says of itself goes to the log and nowhere else: a
// server must not behave differently for it (§1).
import { logOf } from '#lib/log.ts';
import { Bad } from '../wire/bad.ts';
import type { Cursor } from '../wire/cursor.ts';
import { ok, untagged } from '../wire/encode.ts';
import { anyState, defineCommand } from './command.ts';

const log = logOf('imap');
/** RFC 2971 §3.3 */
const pairLimit = 30;
const loggedLength = 100;

export const id = defineCommand<Record<string, string>>({
  name: 'ID',
  states: anyState,
  parse(cursor) {
    cursor.space();
    const facts = cursor.tryWord('NIL') ? {} : readPairs(cursor);
    cursor.expectEnd();
    return facts;
  },
  async *run(session, client) {
    log.info({ remote: session.client.remote, client }, 'client says who it is');
    yield untagged('ID ("name" "Drey" "vendor" "Drey")');
    return ok('ID completed');
  },
});

function readPairs(cursor: Cursor): Record<string, string> {
  const facts: [string, string][] = [];
  cursor.list(() => {
    if (facts.length >= pairLimit) throw new Bad('Too many ID fields');
    const name = cursor.string().toString('utf8').slice(0, loggedLength);
    cursor.space();
    const value = cursor.nstring()?.toString('utf8').slice(0, loggedLength) ?? '';
    facts.push([name.toLowerCase(), value]);
  });
  return Object.fromEntries(facts);
}
