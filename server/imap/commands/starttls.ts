// STARTTLS (RFC 3501 §6.2.1). The connection does the handshake and forgets what it has read before.
import { bad, ok } from '../wire/encode.ts';
import { defineCommand, parseNothing } from './command.ts';

export const starttls = defineCommand({
  name: 'STARTTLS',
  states: ['not-authenticated'],
  parse: parseNothing,
  // biome-ignore lint/correctness/useYield: there is nothing to say before the tagged line
  async *run(session) {
    if (session.client.isSecure) return bad('TLS is active already');
    return { ...ok('Begin TLS negotiation now'), next: 'starttls' };
  },
});
