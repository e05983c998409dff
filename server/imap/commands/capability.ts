// CAPABILITY (RFC 3501 §6.1.1).
import { ok, untagged } from '../wire/encode.ts';
import { anyState, defineCommand, parseNothing } from './command.ts';

export const capability = defineCommand({
  name: 'CAPABILITY',
  states: anyState,
  parse: parseNothing,
  async *run(session) {
    yield untagged(await session.capabilities());
    return ok('Capability completed');
  },
});
