// Several commands in flight (RFC 3501 §5.5). They run one after the other, so none is ambiguous: what is asked
// here is that all are answered, in their order, however they arrive; that who does not read is held back; and
// that a long command shows a sign of life (RFC 9585).
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { write } from '#lib/db.ts';
import { Connection } from '#server/imap/connection.ts';
import { withProgress } from '#server/imap/progress.ts';
import { Roster } from '#server/imap/roster.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';

const turn = () => new Promise(setImmediate);

describe('IMAP pipelining', () => {
  let server: ImapServer;
  let address: string;
  const sockets: Socket[] = [];
  before(async () => {
    server = await openImapServer();
    address = (await server.addUser('pipe')).address;
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await server.close();
  });

  async function open() {
    const socket = await server.connect();
    sockets.push(socket);
    let text = '';
    let isClosed = false;
    let wake = () => {};
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      wake();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      isClosed = true;
      wake();
    });
    return {
      socket,
      /** What has come up to what fits; up to the end for null. */
      async heard(pattern: RegExp | null): Promise<string> {
        while (pattern ? !pattern.test(text) : !isClosed) {
          if (isClosed) throw new Error(`closed after ${text.slice(-300)}`);
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const seen = text;
        text = '';
        return seen;
      },
    };
  }

  /** Commands of every kind, with literals among them; and their tags. */
  function manyCommands(): { text: string; tags: string[] } {
    const commands = [`t0 LOGIN ${address} "${password}"`, 't1 SELECT INBOX'];
    const body = 'Subject: x\r\n\r\ntext\r\n';
    for (let count = 2; count < 300; count += 6) {
      commands.push(
        `t${count} APPEND INBOX {${body.length}+}\r\n${body}`,
        `t${count + 1} NOOP`,
        `t${count + 2} UID SEARCH SUBJECT {1+}\r\nx`,
        `t${count + 3} STORE 1 +FLAGS (\\Seen)`,
        // DONE and what follows come with it (iOS Mail).
        `t${count + 4} IDLE\r\nDONE`,
        `t${count + 5} NOSUCH`,
      );
    }
    commands.push('end LOGOUT');
    const tags = commands.map((line) => line.split(' ')[0] ?? '');
    return { text: commands.map((line) => `${line}\r\n`).join(''), tags };
  }

  const tagsOf = (text: string) =>
    text.split('\r\n').flatMap((line) => /^(t\d+|end) (?:OK|NO|BAD) /.exec(line)?.[1] ?? []);

  it('answers all of one packet, in order', async () => {
    const { socket, heard } = await open();
    const { text, tags } = manyCommands();
    socket.write(text);
    assert.deepEqual(tagsOf(await heard(null)), tags);
  });

  it('answers a client that closes its side behind the last command', async () => {
    const { socket, heard } = await open();
    socket.end(`t0 LOGIN ${address} "${password}"\r\nt1 SELECT INBOX\r\nend LOGOUT\r\n`);
    assert.deepEqual(tagsOf(await heard(null)), ['t0', 't1', 'end']);
  });

  it('answers packets that are cut anywhere', async () => {
    const { socket, heard } = await open();
    const { text, tags } = manyCommands();
    for (let at = 0, size = 1; at < text.length; at += size, size = (size * 7) % 97) {
      if (size === 0) size = 1;
      socket.write(text.slice(at, at + size));
      await turn();
    }
    assert.deepEqual(tagsOf(await heard(null)), tags);
  });

  it('says INPROGRESS every ten seconds of a command that waits', async (t) => {
    const { socket, heard } = await open();
    socket.write(`a LOGIN ${address} "${password}"\r\n`);
    await heard(/^a OK/m);
    t.mock.timers.enable({ apis: ['setInterval'] });
    let release = () => {};
    const isHeld = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Nobody else gets to write.
    const holding = write(() => isHeld);
    socket.write('"x CREATE slow\r\n');
    await heard(/BAD/);
    socket.write('b CREATE slow\r\n');
    for (let count = 0; count < 2; count++) {
      for (let waits = 0; waits < 200; waits++) await turn();
      t.mock.timers.tick(10_000);
      const told = await heard(/\r\n/);
      assert.equal(told, '* OK [INPROGRESS ("b" NIL NIL)] Still at work\r\n');
    }
    release();
    await holding;
    assert.match(await heard(/^b OK/m), /^b OK/);
  });

  it('has one report at a time under way, and waits for it', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    let reports = 0;
    let finishReport = () => {};
    let finishWork = () => {};
    const work = new Promise<string>((resolve) => {
      finishWork = () => resolve('done');
    });
    const both = withProgress(work, () => {
      reports++;
      return new Promise((resolve) => {
        finishReport = resolve;
      });
    });
    t.mock.timers.tick(30_000);
    assert.equal(reports, 1);
    let isOver = false;
    void both.then(() => {
      isOver = true;
    });
    finishWork();
    await turn();
    assert.equal(isOver, false);
    finishReport();
    assert.equal(await both, 'done');
    t.mock.timers.tick(30_000);
    assert.equal(reports, 1);
  });

  it('holds back who does not read, and hangs up after five minutes', async (t) => {
    const user = await server.addUser('lazy');
    // First of all: a real timer that a mocked clearTimeout cannot clear would outlive the test.
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() });
    const filling = await open();
    const size = 4 * 2 ** 20;
    filling.socket.write(`a LOGIN ${user.address} "${password}"\r\nb APPEND INBOX {${size}+}\r\n`);
    filling.socket.write(Buffer.alloc(size, 'x'));
    filling.socket.write('\r\n');
    await filling.heard(/^b OK/m);
    const listener = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const socket = connect((listener.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    const [served] = (await once(listener, 'connection')) as [Socket];
    const client = { remote: '127.0.0.1', isSecure: false };
    let isOver = false;
    void new Connection(served, client, new Roster()).serve().then(() => {
      isOver = true;
    });
    // Two gigabytes, if somebody took them.
    const fetches = Array.from({ length: 500 }, (_, at) => `f${at} FETCH 1 BODY.PEEK[]\r\n`);
    socket.write(`a LOGIN ${user.address} "${password}"\r\nc SELECT INBOX\r\n${fetches.join('')}`);
    while (!served.writableNeedDrain) await turn();
    const memory = process.memoryUsage().arrayBuffers;
    // Others of the same account are served meanwhile.
    filling.socket.write('d STATUS INBOX (MESSAGES)\r\n');
    assert.match(await filling.heard(/^d OK/m), /MESSAGES 1/);
    let waitedMs = 0;
    for (; !isOver; waitedMs += 30_000) {
      for (let count = 0; count < 20; count++) await turn();
      assert.ok(served.writableLength < 2 ** 20, `${served.writableLength} bytes wait`);
      assert.ok(process.memoryUsage().arrayBuffers - memory < 32 * 2 ** 20);
      t.mock.timers.tick(30_000);
    }
    assert.ok(waitedMs >= 300_000);
    assert.ok(served.bytesWritten < 32 * 2 ** 20, `${served.bytesWritten} bytes were sent`);
    listener.close();
  });
});
