// AUTHENTICATE (RFC 3501 §6.2.2) with an initial response (RFC 4959). The mechanisms are in server/auth.
import { isRefusal } from '#lib/errors.ts';
import { decodeResponse, responseLineLimit, startMechanism } from '#server/auth/sasl.ts';
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
    const mechanism = startMechanism(args.mechanism);
    if (!mechanism) return no('There is no such mechanism', 'CANNOT');
    if (!session.maySignIn) return no('Use TLS before you sign in', 'PRIVACYREQUIRED');
    let line = args.initial;
    for (;;) {
      const response = line === null ? null : decodeResponse(line);
      if (line !== null && response === null) return bad('The response is not base64');
      const step = mechanism.step(response);
      if ('error' in step) return bad(step.error);
      if ('credentials' in step) {
        try {
          await session.signIn(step.credentials);
        } catch (error) {
          if (!mechanism.failureChallenge || !isRefusal(error, 'auth-failed')) throw error;
          // RFC 7628 §3.2.3: the client answers the error with one line before it is refused.
          yield continuation(mechanism.failureChallenge.toString('base64'));
          yield flush;
          await context.readLine(responseLineLimit);
          throw error;
        }
        return ok('Logged in', await session.capabilities());
      }
      yield continuation(step.challenge.toString('base64'));
      yield flush;
      line = await context.readLine(responseLineLimit + 2);
      if (line === null) return { ...bad('The response is too long'), next: 'close' };
      if (line === '*') return bad('Authentication cancelled'); // RFC 3501 §6.2.2
    }
  },
});
