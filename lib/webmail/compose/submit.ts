// The way to the daemon's submission port, signed in with the internal token. nodemailer speaks SMTP; the one thing it has
// no option for is FUTURERELEASE (RFC 4865), which is added to its MAIL command here.
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import XOAuth2 from 'nodemailer/lib/xoauth2';
import { createInternalToken } from '../../accounts/sessions.ts';
import { internalSubmission } from '../../env.ts';
import { Refusal } from '../../errors.ts';
import type { MailAccount } from '../imap/pool.ts';

export type Envelope = {
  from: string;
  to: string[];
  /** When the server lets it go; null = at once */
  hold: { seconds: number } | { until: Date } | null;
  /** NOTIFY=SUCCESS,FAILURE,DELAY (RFC 3461) */
  wantsDeliveryReceipt: boolean;
};

type SmtpError = { responseCode?: number; response?: string; code?: string };

/**
 * Hands a message over; resolves after the server's 250 with the recipients it did not take. Refusal with the server's
 * words where it took none.
 */
export async function submitMessage(
  account: MailAccount,
  { from, to, hold, wantsDeliveryReceipt }: Envelope,
  raw: Buffer,
): Promise<string[]> {
  const connection = openConnection(hold);
  const { address: user } = account;
  const oauth2 = new XOAuth2({ user, accessToken: createInternalToken(account) });
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('error', reject);
      connection.connect((failure?: Error | null) => (failure ? reject(failure) : resolve()));
    });
    await new Promise<void>((resolve, reject) => {
      const auth = { type: 'OAUTH2', user, oauth2, method: 'XOAUTH2' };
      connection.login(auth, (failure?: Error | null) => (failure ? reject(failure) : resolve()));
    });
    const dsn = { notify: ['SUCCESS', 'FAILURE', 'DELAY'], ret: 'HDRS' };
    return await new Promise<string[]>((resolve, reject) => {
      connection.once('error', reject);
      const envelope = { from, to, size: raw.length, ...(wantsDeliveryReceipt ? { dsn } : {}) };
      connection.send(envelope as Parameters<typeof connection.send>[0], raw, (failure, info) => {
        if (failure) reject(failure);
        else resolve((info?.rejected ?? []).map(String));
      });
    });
  } catch (error) {
    throw translateSmtpError(error);
  } finally {
    connection.quit();
    connection.close();
  }
}

type Commands = { _sendCommand(command: string, shown?: string): void };

function openConnection(hold: Envelope['hold']): SMTPConnection {
  const { host, port } = internalSubmission();
  const connection = new SMTPConnection({
    host,
    port,
    secure: false,
    ignoreTLS: true,
    connectionTimeout: 10_000,
    greetingTimeout: 15_000,
    socketTimeout: 120_000,
  });
  // What fails after the answer is there is no news, and without a listener it would end the process.
  connection.on('error', () => {});
  if (hold) {
    const commands = connection as unknown as Commands;
    const send = commands._sendCommand.bind(connection);
    commands._sendCommand = (command, shown) =>
      send(command.startsWith('MAIL FROM:') ? `${command} ${holdParameter(hold)}` : command, shown);
  }
  return connection;
}

/** RFC 4865 §4. */
function holdParameter(hold: NonNullable<Envelope['hold']>): string {
  if ('seconds' in hold) return `HOLDFOR=${Math.ceil(hold.seconds)}`;
  return `HOLDUNTIL=${hold.until.toISOString().replace(/\.\d+Z$/, 'Z')}`;
}

/** Refusal with what the server said, without its codes in front. */
export function translateSmtpError(error: unknown): unknown {
  const { responseCode, response, code } = (error ?? {}) as SmtpError;
  if (responseCode && response) {
    const said = response
      .replace(/^\d{3}[ -]/, '')
      .replace(/^\d\.\d{1,3}\.\d{1,3} /, '')
      .slice(0, 300);
    if (code === 'EAUTH') return new Refusal('auth-failed', 'Please sign in again.');
    if (responseCode === 552) return new Refusal('too-big', said);
    return new Refusal(responseCode >= 500 ? 'invalid' : 'unavailable', said);
  }
  if (code === 'ECONNECTION' || code === 'ESOCKET' || code === 'ETIMEDOUT' || code === 'EDNS') {
    return new Refusal('unavailable', 'The mail server does not answer. Your text is kept.');
  }
  return error;
}
