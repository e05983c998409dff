// CAPA (RFC 2449 §5) with the capabilities of RFC 1939, 2449, 2595, 3206 and 5034.
import { listMechanisms } from '#server/auth/exchange.ts';
import { ok } from '../reply.ts';
import { mayLogIn } from '../session.ts';
import type { Command } from './command.ts';

export const capa: Command = {
  name: 'CAPA',
  state: 'any',
  async run(session) {
    const isOpen = mayLogIn(session);
    const lines = [
      'TOP',
      'UIDL',
      'RESP-CODES',
      'AUTH-RESP-CODE',
      'PIPELINING',
      'EXPIRE NEVER',
      ...(isOpen ? ['USER', `SASL ${(await listMechanisms(session)).join(' ')}`] : []),
      // RFC 2595 §4: only in AUTHORIZATION, and never inside TLS.
      ...(session.isSecure || session.maildrop ? [] : ['STLS']),
      'IMPLEMENTATION Drey',
    ];
    return ok('Capability list follows', { lines });
  },
};
