// CAPA (RFC 2449 §5) with the capabilities of RFC 1939, 2449, 2595, 3206, 5034 and 6856.
import { readSetting } from '#lib/settings/index.ts';
import { listMechanisms } from '#server/auth/exchange.ts';
import { ok } from '../reply.ts';
import { mayLogIn } from '../session.ts';
import type { Command } from './command.ts';

export const capa: Command = {
  name: 'CAPA',
  state: 'any',
  async run(session) {
    const isOpen = mayLogIn(session);
    const delay = await readSetting('pop3.loginDelaySeconds');
    const lines = [
      'TOP',
      'UIDL',
      'RESP-CODES',
      'AUTH-RESP-CODE',
      'PIPELINING',
      'EXPIRE NEVER',
      ...(delay > 0 ? [`LOGIN-DELAY ${delay}`] : []),
      // RFC 6856 §2: "USER", since names and passwords are UTF-8.
      'UTF8 USER',
      'LANG',
      ...(isOpen ? ['USER', `SASL ${(await listMechanisms(session)).join(' ')}`] : []),
      // RFC 2595 §4: only in AUTHORIZATION, and never inside TLS.
      ...(session.isSecure || session.maildrop ? [] : ['STLS']),
      'IMPLEMENTATION Drey',
    ];
    return ok('Capability list follows', { lines });
  },
};
