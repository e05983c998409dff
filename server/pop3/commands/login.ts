// USER and PASS (RFC 1939 §7), AUTH (RFC 5034) and STLS (RFC 2595 §4).
import {
  decodeResponse,
  type Mechanism,
  mechanismNames,
  startMechanism,
} from '#server/auth/sasl.ts';
import { err, ok, type Reply, replyTo } from '../reply.ts';
import { enter, mayLogIn, type Session } from '../session.ts';
import type { Command } from './command.ts';

/** RFC 3206 §3: the trouble is with how the client tries to log in. */
const notInClear = () => err('Log in over TLS only; STLS begins it.', 'AUTH');

export const user: Command = {
  name: 'USER',
  state: 'authorization',
  run(session, text) {
    if (!mayLogIn(session)) return notInClear();
    if (text === '') return err('A name is expected.');
    session.username = text;
    // The same for every name: who has a mailbox here is nobody's business.
    return ok('Send PASS.');
  },
};

export const pass: Command = {
  name: 'PASS',
  state: 'authorization',
  async run(session, text) {
    if (!mayLogIn(session)) return notInClear();
    const { username } = session;
    if (username === null) return err('USER comes first.');
    // RFC 1939 §7: the argument is the whole rest of the line, spaces included.
    return enter(session, { kind: 'password', authzid: '', username, password: text });
  },
};

export const auth: Command = {
  name: 'AUTH',
  state: 'authorization',
  async run(session, text) {
    if (!mayLogIn(session)) return notInClear();
    // Not of RFC 5034, but Outlook Express and its children ask so.
    if (text === '') return ok('Mechanisms follow', { lines: [...mechanismNames] });
    const [name = '', initial, ...rest] = text.split(' ');
    const mechanism = startMechanism(name);
    if (!mechanism) return err('This mechanism is not offered.', 'AUTH');
    if (rest.length > 0) return err('Malformed AUTH command.');
    if (initial === undefined) return step(session, mechanism, null);
    return read(session, mechanism, initial);
  },
};

async function read(session: Session, mechanism: Mechanism, line: string): Promise<Reply> {
  // RFC 5034 §4: the client gives up.
  if (line === '*') return err('Authentication cancelled.');
  const response = decodeResponse(line);
  return response ? step(session, mechanism, response) : err('This is not base64.');
}

async function step(
  session: Session,
  mechanism: Mechanism,
  response: Buffer | null,
): Promise<Reply> {
  const result = mechanism.step(response);
  if ('error' in result) return err(`${result.error}.`);
  if ('challenge' in result) {
    return challenge(result.challenge, (line) => read(session, mechanism, line));
  }
  try {
    return await enter(session, result.credentials);
  } catch (error) {
    const refusal = replyTo(error);
    const last = mechanism.failureChallenge;
    return last ? challenge(last, async () => refusal) : refusal;
  }
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
    return ok('Begin TLS negotiation now.', { after: 'start-tls' });
  },
};
