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
const nameLimitBytes = 30;
const valueLimitBytes = 1024;
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
    // Once is enough: who repeats it does not fill the log.
    if (!session.hasSaidWho) {
      session.hasSaidWho = true;
      log.info({ remote: session.client.remote, client }, 'client says who it is');
    }
    yield untagged('ID ("name" "Drey" "vendor" "Drey")');
    return ok('ID completed');
  },
});

function readPairs(cursor: Cursor): Record<string, string> {
  const facts: [string, string][] = [];
  cursor.list(() => {
    if (facts.length >= pairLimit) throw new Bad('Too many ID fields');
    const name = cursor.string();
    cursor.space();
    const value = cursor.nstring() ?? Buffer.alloc(0);
    if (name.length > nameLimitBytes) throw new Bad('The name of an ID field is too long');
    if (value.length > valueLimitBytes) throw new Bad('An ID field is too long');
    facts.push([printable(name).toLowerCase(), printable(value)]);
  });
  return Object.fromEntries(facts);
}

/** For the log: without what could play tricks on a terminal. */
function printable(bytes: Buffer): string {
  return bytes
    .toString('utf8')
    .replace(/\p{C}+/gu, '?')
    .slice(0, loggedLength);
}
