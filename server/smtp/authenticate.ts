// AUTH (RFC 4954): runs a SASL mechanism of server/auth over the connection's command loop.
import type { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import { isRefusal } from '#lib/errors.ts';
import { login, mayUsePassword } from '#server/auth/login.ts';
import {
  type Credentials,
  decodeResponse,
  type Mechanism,
  startMechanism,
} from '#server/auth/sasl.ts';
import type { Client } from './session.ts';

/** What is needed of a connection (connection.ts). */
type SigningIn = SMTPConnection & { client(): Client };

/** Answers the AUTH command line; further lines of the exchange come through the connection's next handler. */
export async function authenticate(connection: SigningIn, line: string): Promise<void> {
  const [, name = '', initial, ...rest] = line.trim().split(/\s+/);
  const client = connection.client();
  if (!client.isSubmission) return connection.send(502, '5.5.1 AUTH is not offered here');
  if (!mayUsePassword(client)) {
    return connection.send(538, '5.7.11 Encryption required: use STARTTLS first');
  }
  if (client.account) return connection.send(503, '5.5.1 You are signed in already');
  if (connection.session.envelope.mailFrom) {
    return connection.send(503, '5.5.1 Not during a mail transaction'); // RFC 4954 §4
  }
  const mechanism = startMechanism(name);
  if (!mechanism) return connection.send(504, '5.5.4 This mechanism is not known here');
  if (rest.length > 0) return connection.send(501, '5.5.4 Too many arguments');
  if (initial === undefined) return step(connection, mechanism, null);
  return answer(connection, mechanism, initial);
}

async function answer(connection: SigningIn, mechanism: Mechanism, line: string): Promise<void> {
  if (line === '*') return connection.send(501, '5.7.0 Authentication cancelled'); // RFC 4954 §4
  const response = decodeResponse(line);
  if (response === null) return connection.send(501, '5.5.2 This is not base64');
  return step(connection, mechanism, response);
}

async function step(
  connection: SigningIn,
  mechanism: Mechanism,
  response: Buffer | null,
): Promise<void> {
  const outcome = mechanism.step(response);
  if ('error' in outcome) return connection.send(501, `5.5.2 ${outcome.error}`);
  if ('credentials' in outcome) return finish(connection, mechanism, outcome.credentials);
  challenge(connection, outcome.challenge, (line) => answer(connection, mechanism, line));
}

/** RFC 4954 §4: "334" and the challenge in base64; an empty one leaves the blank. */
function challenge(
  connection: SigningIn,
  bytes: Buffer,
  onResponse: (line: string) => void | Promise<void>,
): void {
  connection.send(334, bytes.toString('base64'));
  connection._nextHandler = (command: Buffer, callback: () => void) => {
    Promise.resolve(onResponse(command.toString('latin1').trim()))
      .catch(() => connection.send(454, '4.7.0 Temporary authentication failure'))
      .finally(callback);
  };
}

async function finish(
  connection: SigningIn,
  mechanism: Mechanism,
  credentials: Credentials,
): Promise<void> {
  const { remote } = connection.client();
  try {
    const account = await login(credentials, { remote, protocol: 'submission' });
    const { id, address, epoch } = account;
    connection.session.user = { id, address, epoch };
    connection.session.transmissionType = connection._transmissionType();
    connection.send(235, '2.7.0 Authentication successful');
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const refuse = () =>
      error.reason === 'throttled'
        ? connection.send(454, '4.7.0 Too many failed logins, try again later')
        : connection.send(535, '5.7.8 The address or the password is wrong');
    // RFC 7628 §3.2.2: the client has to answer a last challenge before it is told.
    if (mechanism.failureChallenge) challenge(connection, mechanism.failureChallenge, refuse);
    else refuse();
  }
}
