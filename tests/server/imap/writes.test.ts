// A reply is one write to the socket, whatever it is made of: many small ones cost a packet each (TCP_NODELAY).
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Connection } from '#server/imap/connection.ts';
import { Roster } from '#server/imap/roster.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';

describe('IMAP replies', () => {
  let imap: ImapServer;
  before(async () => {
    imap = await openImapServer();
  });
  after(() => imap.close());

  it('are one write each', async () => {
    const { address } = await imap.addUser('writes');
    const listener = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const socket = connect((listener.address() as AddressInfo).port, '127.0.0.1');
    const [served] = (await once(listener, 'connection')) as [Socket];
    let writes = 0;
    const original = served.write.bind(served) as (bytes: Buffer) => boolean;
    served.write = ((bytes: Buffer) => {
      writes++;
      return original(bytes);
    }) as typeof served.write;
    let text = '';
    let wake = () => {};
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      wake();
    });
    const ask = async (bytes: string, pattern: RegExp) => {
      text = '';
      writes = 0;
      socket.write(bytes);
      while (!pattern.test(text)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return writes;
    };
    const serving = new Connection(
      served,
      { remote: '127.0.0.1', isSecure: false },
      new Roster(),
    ).serve();
    await ask('', /^\* OK .*\r\n/m);
    assert.equal(await ask(`a LOGIN ${address} "${password}"\r\n`, /^a OK .*\r\n/m), 1);
    const append = `b APPEND INBOX {20+}\r\nSubject: x\r\n\r\ntext\r\n {20+}\r\nSubject: y\r\n\r\ntext\r\n\r\n`;
    assert.equal(await ask(append, /^b OK .*\r\n/m), 1);
    const commands = [
      'SELECT INBOX',
      'FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE BODY.PEEK[])',
      'STORE 1:* +FLAGS (\\Seen)',
      'UID SEARCH RETURN (ALL COUNT) ALL',
      'COPY 1:* INBOX',
      'LIST "" * RETURN (STATUS (MESSAGES UNSEEN))',
      'EXPUNGE',
      'CAPABILITY',
      'LOGOUT',
    ];
    for (const command of commands) {
      assert.equal(await ask(`c ${command}\r\n`, /^c OK .*\r\n/m), 1, command);
    }
    await serving;
    socket.destroy();
    listener.close();
  });
});
