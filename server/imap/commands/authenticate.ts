// AUTHENTICATE (RFC 3501 §6.2.2) with an initial response (RFC 4959). The mechanisms are in server/auth.
import { decodeResponse, responseLineLimit } from '#server/auth/sasl.ts';
import { bad, continuation, no, ok } from '../wire/encode.ts';
import { defineCommand, flush } from './command.ts';

type Args = { mechanism: string; initial: string | null };

export const authenticate = defineCommand<Args>({
  name: 'AUTHENTICATE',
  states: ['not-authenticated'],
  parse(cursor) {
    cursor.space();
    const mechanism = cursor.keyword();
    const initial = cursor.trySpace() ? (cursor.tryPattern(/[^ \r\n]+/y) ?? '') : null;
    cursor.expectEnd();
    return { mechanism, initial };
  },
  async *run(session, args, context) {
    if (!session.maySignIn) return no('Use TLS before you sign in', 'PRIVACYREQUIRED');
    const exchange = await session.startExchange(args.mechanism);
    if (!exchange) return no('There is no such mechanism', 'CANNOT');
    let line = args.initial;
    for (;;) {
      const response = line === null ? null : decodeResponse(line);
      if (line !== null && response === null) return bad('The response is not base64');
      const turn = await exchange.step(response);
      if ('error' in turn) return bad(turn.error);
      if ('account' in turn) {
        await session.enter(turn.account);
        return ok('Logged in', await session.capabilities());
      }
      yield continuation(turn.challenge.toString('base64'));
      yield flush;
      line = await context.readLine(responseLineLimit + 2);
      if (line === null) return { ...bad('The response is too long'), next: 'close' };
      if (line === '*') return bad('Authentication cancelled'); // RFC 3501 §6.2.2
    }
  },
});
