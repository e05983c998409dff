// Short dialogues with port 25, as another server has them: what the last reply says.
import { connectLines, type LineClient } from './line-client.ts';

export type Caller = {
  /** An address of 127.0.0.0/8; 127.0.0.1 is trusted, others are strangers. */
  from?: string;
  sender?: string;
  /** Where the server listens; 127.0.0.1 unless told. */
  host?: string;
  /** What MAIL announces. */
  sizeBytes?: number;
};

export const stranger = '127.0.0.9';
const reply = /^\d{3} .*\r\n/m;

/** The reply to RCPT. */
export async function askRecipient(
  port: number,
  recipient: string,
  caller: Caller = {},
): Promise<string> {
  const client = await begin(port, caller);
  const answer = await client.ask(`RCPT TO:<${recipient}>`, reply);
  client.close();
  return answer.trim();
}

/** The reply to a whole mail; `lines` are its header and text. */
export async function sayMail(
  port: number,
  recipients: string[],
  lines: string[],
  caller: Caller = {},
): Promise<string> {
  const client = await begin(port, caller);
  for (const recipient of recipients) await client.ask(`RCPT TO:<${recipient}>`, /^250 .*\r\n/m);
  await client.ask('DATA', /^354 .*\r\n/m);
  const answer = await client.ask(`${lines.join('\r\n')}\r\n.`, reply);
  client.close();
  return answer.trim();
}

/** Up to the answer to MAIL, which is good. */
async function begin(port: number, caller: Caller): Promise<LineClient> {
  const { from = stranger, sender = 'olive@far.test', host, sizeBytes } = caller;
  const client = connectLines(port, from, host);
  await client.expect(/^220 .*\r\n/m);
  await client.ask('EHLO client.test', /^250 .*\r\n/m);
  const size = sizeBytes === undefined ? '' : ` SIZE=${sizeBytes}`;
  await client.ask(`MAIL FROM:<${sender}>${size}`, /^250 .*\r\n/m);
  return client;
}
