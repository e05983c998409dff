// USER and PASS (RFC 1939 §7), AUTH (RFC 5034) and STLS (RFC 2595 §4).
import { type Exchange, listMechanisms, startExchange } from '#server/auth/exchange.ts';
import { login, refuseInClear } from '#server/auth/login.ts';
import { decodeResponse } from '#server/auth/sasl.ts';
import { err, ok, type Reply } from '../reply.ts';
import { enter, mayLogIn, originOf, type Session } from '../session.ts';
import type { Command } from './command.ts';

/** RFC 3206 §3: the trouble is with how the client tries to log in. */
const notInClear = () => err('Log in over TLS only; STLS begins it.', 'AUTH');

export const user: Command = {
  name: 'USER',
  state: 'authorization',
  run(session, text) {
    if (text === '') return err('A name is expected.');
    session.username = text;
    if (!mayLogIn(session)) return notInClear();
    // The same for every name: who has a mailbox here is nobody's business.
    return ok('Send PASS.');
  },
};

export const pass: Command = {
  name: 'PASS',
  state: 'authorization',
  async run(session, text) {
    const { username } = session;
    if (!mayLogIn(session)) {
      // Nobody looks at the password, but guessing is not free here either.
      if (username !== null) await refuseInClear(username, originOf(session));
      return notInClear();
    }
    if (username === null) return err('USER comes first.');
    // RFC 1939 §7: the argument is the whole rest of the line, spaces included.
    session.username = null;
    const credentials = { kind: 'password', authzid: '', username, password: text } as const;
    return enter(session, await login(credentials, originOf(session)));
  },
};

export const auth: Command = {
  name: 'AUTH',
  state: 'authorization',
  async run(session, text) {
    if (!mayLogIn(session)) return notInClear();
    // Not of RFC 5034, but Outlook Express and its children ask so.
    if (text === '') return ok('Mechanisms follow', { lines: await listMechanisms(session) });
    const [name = '', initial, ...rest] = text.split(' ');
    session.username = null;
    const { binding } = session;
    const exchange = await startExchange(name, { ...originOf(session), binding });
    if (!exchange) return err('This mechanism is not offered.', 'AUTH');
    if (rest.length > 0) return err('Malformed AUTH command.');
    if (initial === undefined) return step(session, exchange, null);
    return read(session, exchange, initial);
  },
};

async function read(session: Session, exchange: Exchange, line: string): Promise<Reply> {
  // RFC 5034 §4: the client gives up.
  if (line === '*') return err('Authentication cancelled.');
  const response = decodeResponse(line);
  return response ? step(session, exchange, response) : err('This is not base64.');
}

async function step(session: Session, exchange: Exchange, response: Buffer | null): Promise<Reply> {
  const turn = await exchange.step(response);
  if ('error' in turn) return err(`${turn.error}.`);
  if ('account' in turn) return enter(session, turn.account);
  return challenge(turn.challenge, (line) => read(session, exchange, line));
}

function challenge(bytes: Buffer, next: (line: string) => Promise<Reply>): Reply {
  return { line: `+ ${bytes.toString('base64')}`, next };
}

export const stls: Command = {
  name: 'STLS',
  state: 'authorization',
  run(session, text) {
    if (text !== '') return err('STLS takes no argument.');
    if (session.isSecure) return err('TLS is active already.');
    // RFC 6856 §2.1: what UTF8 has said in clear would have to be forgotten.
    if (session.isUtf8) return err('STLS comes before UTF8.');
    return ok('Begin TLS negotiation now.', { after: 'start-tls' });
  },
};
