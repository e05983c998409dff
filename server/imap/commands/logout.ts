// LOGOUT (RFC 3501 §6.1.3).
import { ok, untaggedState } from '../wire/encode.ts';
import { anyState, defineCommand, parseNothing } from './command.ts';

export const logout = defineCommand({
  name: 'LOGOUT',
  states: anyState,
  parse: parseNothing,
  async *run() {
    yield untaggedState('BYE', 'Logging out');
    return { ...ok('Logout completed'), next: 'close' };
  },
});
