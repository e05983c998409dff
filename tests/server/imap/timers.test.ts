// What time alone brings: a sign of life in IDLE, and the end for who does not sign in. The clock is mocked
// before the connection opens: a real timer that a mocked clearTimeout cannot clear would outlive the test.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';

describe('IMAP timers', () => {
  let server: ImapServer;
  const sockets: Socket[] = [];
  before(async () => {
    server = await openImapServer();
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await server.close();
  });

  async function open(): Promise<{
    write(text: string): void;
    heard(pattern: RegExp): Promise<void>;
    /** What has come since. */
    seen(): string;
  }> {
    const socket = await server.connect();
    let text = '';
    sockets.push(socket);
    let wake = () => {};
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      wake();
    });
    return {
      write: (line) => {
        socket.write(line);
      },
      seen: () => text,
      heard: async (pattern) => {
        while (!pattern.test(text)) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        text = '';
      },
    };
  }

  it('says "Still here" every two minutes of IDLE', async (t) => {
    const { address } = await server.addUser('patient');
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const client = await open();
    client.write(`a LOGIN ${address} "${password}"\r\nb SELECT INBOX\r\n`);
    await client.heard(/^b OK/m);
    client.write('c IDLE\r\n');
    await client.heard(/^\+ idling/m);
    for (let count = 0; count < 2; count++) {
      await turnsUntilQuiet();
      t.mock.timers.tick(120_000);
      await client.heard(/^\* OK Still here\r\n/m);
    }
    client.write('DONE\r\n');
    await client.heard(/^c OK/m);
  });

  // A little above the thirty minutes of RFC 3501 §5.4, so that both sides do not close in the same second.
  for (const [name, command, answer] of [
    ['says nothing', 'b SELECT INBOX', /^b OK/m],
    ['stays in IDLE without a word', 'b IDLE', /^\+ idling/m],
  ] as const) {
    it(`hangs up after 31 minutes on who ${name}, not after 30`, async (t) => {
      const { address } = await server.addUser(`still-${command.length}`);
      t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() });
      const client = await open();
      client.write(`a LOGIN ${address} "${password}"\r\n${command}\r\n`);
      await client.heard(answer);
      await turnsUntilQuiet();
      for (let minutes = 0; minutes < 30; minutes += 2) {
        t.mock.timers.tick(120_000);
        await turnsUntilQuiet();
      }
      assert.doesNotMatch(client.seen(), /BYE/);
      t.mock.timers.tick(61_000);
      await client.heard(/^\* BYE/m);
    });
  }

  it('hangs up on who does not sign in within a minute', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() });
    const client = await open();
    await client.heard(/^\* OK/);
    client.write('a NOOP\r\n');
    await client.heard(/^a OK/m);
    await turnsUntilQuiet();
    t.mock.timers.tick(61_000);
    await client.heard(/^\* BYE/m);
  });
});

/** Lets what is under way come to its next wait (database reads take some turns of the event loop). */
async function turnsUntilQuiet(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
}
