// UNAUTHENTICATE (RFC 8437): back to before the login, on the same connection, for somebody else. The connection
// begins a new session, so nothing of the former can be left over; TLS stays, compression ends (§4.1).
import { ok } from '../wire/encode.ts';
import { defineCommand, parseNothing, signedIn } from './command.ts';

export const unauthenticate = defineCommand({
  name: 'UNAUTHENTICATE',
  states: signedIn,
  parse: parseNothing,
  // biome-ignore lint/correctness/useYield: the tagged line says it all
  async *run() {
    return { ...ok('Nobody is signed in now'), next: 'unauthenticate' };
  },
});
