// LOGIN (RFC 3501 §6.2.3).
import { no, ok } from '../wire/encode.ts';
import { defineCommand } from './command.ts';

export const login = defineCommand<{ username: string; password: string }>({
  name: 'LOGIN',
  states: ['not-authenticated'],
  parse(cursor) {
    cursor.space();
    const username = cursor.astringText();
    cursor.space();
    const password = cursor.astringText();
    cursor.expectEnd();
    return { username, password };
  },
  // biome-ignore lint/correctness/useYield: the tagged line says it all
  async *run(session, { username, password }) {
    // RFC 5530 §3 PRIVACYREQUIRED, RFC 8314 §4: not in clear over a network.
    if (!session.maySignIn) {
      await session.countClearLogin(username);
      return no('Use TLS before you sign in', 'PRIVACYREQUIRED');
    }
    await session.signIn(username, password);
    // go-imap and others take their capabilities from here.
    return ok('Logged in', await session.capabilities());
  },
});
