// Is this server an open relay? It asks itself: over a real socket to its own port, as a stranger, it tries the
// old tricks up to RCPT and never sends a message. Nothing of it is counted or kept but the finding.

import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { readDomains } from '#lib/accounts/domain-list.ts';
import { Refusal } from '#lib/errors.ts';
import type { RelayStep } from '#lib/relay-test.ts';
import { type Finding, saveFinding } from '#lib/trail/finding.ts';
import { connectAsStranger } from './strangers.ts';

export const relayTestId = 'relay-test';

export type Endpoint = { host: string; port: number };

/** Addresses for documentation (RFC 5737, RFC 3849): from nowhere, and in no network that should be trusted. */
const clients = ['192.0.2.66', '203.0.113.66', '2001:db8:66::66'];
const outside = 'relay-test.invalid';
const replyWithinMs = 15_000;

/** The tricks of forty years to make a server send mail on. */
function listRecipients(ours: string): string[] {
  const there = `user@${outside}`;
  return [
    there,
    `user%${outside}@${ours}`,
    `user%${outside}`,
    `@${ours}:${there}`,
    `"${there}"@${ours}`,
    `"user%${outside}"@${ours}`,
    `${outside}!user`,
    `${outside}!user@${ours}`,
    `${there}@${ours}`,
    `user@${ours}@${outside}`,
    'user@[192.0.2.1]',
    'user@[IPv6:2001:db8::1]',
    `${there}@[127.0.0.1]`,
    `"${there}"`,
    `user@${ours}\0@${outside}`,
  ];
}

const listSenders = (ours: string) => ['', `user@${ours}`, 'user@localhost', `someone@${outside}`];

/** Tries everything and keeps what it found. Refusal 'unavailable' when the port does not let us speak. */
export async function testRelay(endpoint: Endpoint): Promise<Finding> {
  const domains = (await readDomains()).filter((domain) => !domain.isDisabled);
  const ours = domains[0]?.name ?? 'localhost';
  const steps: RelayStep[] = [];
  for (const client of clients) {
    const isFirst = client === clients[0];
    for (const sender of isFirst ? listSenders(ours) : [`someone@${outside}`]) {
      const recipients = isFirst ? listRecipients(ours) : listRecipients(ours).slice(0, 1);
      steps.push(...(await tryOut(endpoint, client, sender, recipients)));
    }
  }
  const open = steps.filter((step) => !step.isGood);
  const isGood = open.length === 0;
  const text = isGood
    ? `Strangers cannot send mail to others through this server: ${steps.length} ways tried.`
    : `Strangers can send mail to others through this server: ${open[0]?.client} to ${open[0]?.recipient} was accepted.`;
  return saveFinding({ id: relayTestId, isGood, text, detail: steps });
}

async function tryOut(
  endpoint: Endpoint,
  client: string,
  sender: string,
  recipients: string[],
): Promise<RelayStep[]> {
  const dialogue = await Dialogue.open(endpoint, client);
  try {
    await dialogue.say('EHLO relay-test.invalid', '250');
    const begun = await dialogue.say(`MAIL FROM:<${sender}>`);
    const isRefused = !begun.startsWith('250');
    if (isRefused) {
      return recipients.map((recipient) => ({
        client,
        sender,
        recipient,
        reply: begun,
        isGood: true,
      }));
    }
    const steps: RelayStep[] = [];
    for (const recipient of recipients) {
      const reply = await dialogue.say(`RCPT TO:<${recipient}>`);
      const shown = recipient.replace('\0', '\\0');
      steps.push({ client, sender, recipient: shown, reply, isGood: /^[45]/.test(reply) });
    }
    await dialogue.say('QUIT');
    return steps;
  } finally {
    dialogue.close();
  }
}

/** Lines out, last lines of replies in. */
class Dialogue {
  private readonly socket: Socket;
  private readonly replies: AsyncIterator<string>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setTimeout(replyWithinMs, () => socket.destroy());
    socket.on('error', () => {});
    this.replies = createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  static async open(endpoint: Endpoint, client: string): Promise<Dialogue> {
    const socket = await connectAsStranger(endpoint, client).catch(() => {
      throw new Refusal('unavailable', 'The SMTP port does not answer.');
    });
    const dialogue = new Dialogue(socket);
    await dialogue.read('220').catch((error) => {
      dialogue.close();
      throw error;
    });
    return dialogue;
  }

  async say(line: string, wanted = ''): Promise<string> {
    this.socket.write(`${line}\r\n`);
    return this.read(wanted);
  }

  private async read(wanted = ''): Promise<string> {
    for (;;) {
      const { value, done } = await this.replies.next();
      if (done) throw new Refusal('unavailable', 'The SMTP port hung up during the test.');
      if (/^\d{3}-/.test(value)) continue;
      if (value.startsWith(wanted)) return value.slice(0, 500);
      throw new Refusal('unavailable', `The SMTP port does not let the test begin: ${value}`);
    }
  }

  close(): void {
    this.socket.destroy();
  }
}
