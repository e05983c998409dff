// AUTH (RFC 4954): runs a SASL mechanism of server/auth over the connection's command loop.
import type { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import { type Login, loginOf } from '#lib/accounts/login-watch.ts';
import { isRefusal } from '#lib/errors.ts';
import { bindingOf } from '#server/auth/channel-binding.ts';
import { type Exchange, startExchange, type Turn } from '#server/auth/exchange.ts';
import { mayUsePassword } from '#server/auth/login.ts';
import { decodeResponse } from '#server/auth/sasl.ts';
import type { Client } from '../session.ts';

/** What is needed of a connection (connection.ts). */
type SigningIn = SMTPConnection & {
  client(): Client;
  watchUser(login: Omit<Login, 'end'>): void;
};

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
  const { remote } = client;
  const binding = bindingOf(connection._socket);
  const exchange = await startExchange(name, { remote, binding, protocol: 'submission' });
  if (!exchange) return connection.send(504, '5.5.4 This mechanism is not known here');
  if (rest.length > 0) return connection.send(501, '5.5.4 Too many arguments');
  if (initial === undefined) return step(connection, exchange, null);
  return answer(connection, exchange, initial);
}

async function answer(connection: SigningIn, exchange: Exchange, line: string): Promise<void> {
  if (line === '*') return connection.send(501, '5.7.0 Authentication cancelled'); // RFC 4954 §4
  // A challenge may be answered with nothing at all (RFC 4954 §4).
  const response = decodeResponse(line);
  if (response === null) return connection.send(501, '5.5.2 This is not base64');
  return step(connection, exchange, response);
}

async function step(
  connection: SigningIn,
  exchange: Exchange,
  response: Buffer | null,
): Promise<void> {
  let turn: Turn;
  try {
    turn = await exchange.step(response);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (error.reason === 'unavailable') {
      return connection.send(454, '4.7.0 Temporary authentication failure');
    }
    return error.reason === 'throttled'
      ? connection.send(454, '4.7.0 Too many failed logins, try again later')
      : connection.send(535, '5.7.8 The address or the password is wrong');
  }
  if ('error' in turn) return connection.send(501, `5.5.2 ${turn.error}`);
  if ('challenge' in turn) return challenge(connection, exchange, turn.challenge);
  const { id, address, epoch } = turn.account;
  connection.session.user = { id, address, epoch };
  connection.watchUser(loginOf(turn.account));
  connection.session.transmissionType = connection._transmissionType();
  connection.send(235, '2.7.0 Authentication successful');
}

/** RFC 4954 §4: "334" and the challenge in base64; an empty one leaves the blank. */
function challenge(connection: SigningIn, exchange: Exchange, bytes: Buffer): void {
  connection.send(334, bytes.toString('base64'));
  connection._nextHandler = (command: Buffer, callback: () => void) => {
    answer(connection, exchange, command.toString('latin1').trim())
      .catch(() => connection.send(454, '4.7.0 Temporary authentication failure'))
      .finally(callback);
  };
}
