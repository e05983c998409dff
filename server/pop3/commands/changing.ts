// DELE, RSET, NOOP (RFC 1939 §5) and QUIT (§4, §6), which alone makes deletions real.
import { commitDeletions, markDeleted, unmarkAll } from '../maildrop.ts';
import { ok, replyTo } from '../reply.ts';
import { type Command, findNumber } from './command.ts';

export const dele: Command = {
  name: 'DELE',
  state: 'transaction',
  run(_session, text, maildrop) {
    const number = findNumber(maildrop, text);
    if (typeof number !== 'number') return number;
    markDeleted(maildrop, number);
    return ok(`Message ${number} deleted.`);
  },
};

export const rset: Command = {
  name: 'RSET',
  state: 'transaction',
  run(_session, _text, maildrop) {
    unmarkAll(maildrop);
    return ok(`${maildrop.left.count} messages (${maildrop.left.octets} octets)`);
  },
};

export const noop: Command = {
  name: 'NOOP',
  state: 'transaction',
  run: () => ok('Nothing done.'),
};

export const quit: Command = {
  name: 'QUIT',
  state: 'any',
  async run(session) {
    if (!session.maildrop) return ok('Goodbye.', { after: 'close' });
    try {
      const count = await commitDeletions(session.maildrop);
      return ok(count > 0 ? `Goodbye, ${count} messages removed.` : 'Goodbye.', { after: 'close' });
    } catch (error) {
      // RFC 1939 §6: told when something could not be removed; the connection ends all the same.
      return { ...replyTo(error), after: 'close' };
    }
  },
};
