// What strangers do to a POP3 port: guessing, floods, slow and silent clients, rubbish in any pieces.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { db } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { login } from '#server/auth/login.ts';
import { execute } from '#server/pop3/execute.ts';
import { createSession } from '#server/pop3/session.ts';
import { createRandom } from '#tests/support/random.ts';
import { connect, type LineClient } from '../net/line-client.ts';
import { ask, askLines, type Fixture, hurry, openFixture, password, serve } from './fixture.ts';

let fixture: Fixture;
const message = 'Subject: one\r\n\r\n.body\r\n..\r\n';

before(async () => {
  fixture = await openFixture();
});
after(() => fixture.close());

const portOf = (server: Server) => (server.address() as { port: number }).port;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Octets that the other side has taken, once it takes no more. */
async function countTaken(client: LineClient): Promise<number> {
  let [taken, quiet] = [-1, 0];
  while (quiet < 200) {
    await turn();
    const now = client.socket.bytesWritten - client.socket.writableLength;
    quiet = now === taken ? quiet + 1 : 0;
    taken = now;
  }
  return taken;
}

describe('a session in any pieces', () => {
  it('is answered the same, byte by byte and cut in two anywhere', async () => {
    const { address } = await fixture.addUser([message, message]);
    const text = `CAPA\r\nUSER ${address}\r\nPASS ${password}\r\nUIDL\nTOP 1 1\r\nRETR 2\r\n\r\nDELE 1\r\nRSET\r\nQUIT\r\n`;
    const play = async (pieces: string[]) => {
      const client = await fixture.open();
      client.socket.setNoDelay(true);
      for (const piece of pieces) {
        client.send(piece);
        await turn();
      }
      return client.rest();
    };
    const whole = await play([text]);
    assert.match(whole, /\+OK Logged in\.[\s\S]*\+OK Goodbye\.\r\n$/);
    assert.equal(await play([...text]), whole);
    for (let cut = 1; cut < text.length; cut++) {
      assert.equal(await play([text.slice(0, cut), text.slice(cut)]), whole, `cut at ${cut}`);
    }
  });

  it('has one line for each line of rubbish, whatever octets it has', async () => {
    const random = createRandom(20_261_121);
    const words = ['USER', 'PASS', 'AUTH PLAIN', 'CAPA', 'LANG', 'UTF8 ', 'STAT', 'TOP', 'STLS x'];
    for (let round = 0; round < 300; round++) {
      const session = createSession({ remote: '127.0.0.1', isSecure: false });
      const octets = Buffer.from(Array.from({ length: random.below(60) }, () => random.below(256)));
      const rest = octets.toString('latin1').replace(/[\r\n]/g, '');
      const line = random.chance(0.5) ? `${random.pick(words)} ${rest}` : rest;
      const reply = await execute(session, line);
      assert.match(reply.line, /^(\+OK [\x20-\x7e]+|-ERR [\x20-\x7e]+|\+ [\x20-\x7e]*)$/, line);
    }
  });
});

describe('limits', () => {
  it('a line of any length: closed, before the login and amid AUTH', async () => {
    for (const start of ['', 'AUTH PLAIN\r\n']) {
      const client = await fixture.open();
      client.send(start);
      if (start) await client.line();
      client.send(Buffer.alloc(10_000_000, 'A'));
      assert.match(await client.rest(), /^(-ERR The line is too long\.\r\n)?$/);
    }
  });

  it('commands of a client that reads no answer: taken no more after a while', async () => {
    const client = await fixture.logIn(await fixture.addUser([message]));
    client.socket.pause();
    client.send('UIDL\r\n'.repeat(5_000_000));
    const taken = await countTaken(client);
    assert.ok(taken < 15_000_000, `${taken} octets were taken`);
    client.close();
  });

  it('a message of which nothing is read: closed at the idle time', async () => {
    const big = `Subject: big\r\n\r\n${`${'x'.repeat(998)}\r\n`.repeat(20_000)}`;
    const { address } = await fixture.addUser([big]);
    const server = await serve({ idleTimeoutMs: 60_000, loginDeadlineMs: 60_000 });
    const accepted = once(server, 'connection');
    const client = await connect(portOf(server));
    const [socket] = (await accepted) as [Socket];
    client.send(`USER ${address}\r\nPASS ${password}\r\nRETR 1\r\n`);
    for (let line = ''; !line.endsWith('octets'); ) line = await client.line();
    client.socket.pause();
    hurry(socket);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    client.close();
  });

  it('rubbish instead of a TLS handshake, and none at all', async () => {
    for (const rubbish of ['NOOP\r\n', '\x16\x03\x01\xff\xff', 'GET / HTTP/1.1\r\n\r\n']) {
      const client = await fixture.open();
      assert.match(await ask(client, 'STLS'), /^\+OK/);
      client.send(Buffer.from(rubbish, 'latin1'));
      client.socket.end();
      assert.ok(!(await client.rest()).includes('+OK'));
    }
  });

  it('aborted and wrong AUTH: some, then the connection is closed, and others log in meanwhile', async () => {
    const account = await fixture.addUser([message]);
    for (let round = 0; round < 20; round++) {
      const client = await fixture.open();
      client.send('AUTH PLAIN\r\n*\r\nAUTH PLAIN !\r\nAUTH OAUTHBEARER =\r\n*\r\n'.repeat(10));
      const answers = (await client.rest()).split('\r\n').filter((line) => line.startsWith('-ERR'));
      assert.equal(answers.length, 11);
      assert.match(await ask(await fixture.logIn(account), 'QUIT'), /^\+OK/);
    }
  });

  it('1,000 connections that say nothing: others are served, and are told when there are too many', async () => {
    await writeSetting('pop3.maxConnections', 1005, 'test');
    const account = await fixture.addUser([message]);
    const silent = await Promise.all(
      Array.from({ length: 1000 }, () => connect(fixture.ports.pop3)),
    );
    const client = await fixture.logIn(account);
    assert.equal((await askLines(client, 'RETR 1'))[1], 'Subject: one');
    const more = await Promise.all(Array.from({ length: 10 }, () => connect(fixture.ports.pop3)));
    const greetings = await Promise.all(more.map((one) => one.line()));
    assert.ok(greetings.some((line) => line.startsWith('-ERR [SYS/TEMP] Too many')));
    for (const one of [...silent, ...more]) one.close();
    await writeSetting('pop3.maxConnections', 1000, 'test');
    await ask(client, 'QUIT');
  });

  it('500 logins at once, each with its own mail', async () => {
    await writeSetting('pop3.maxConnections', 2000, 'test');
    await writeSetting('pop3.maxConnectionsPerUser', 1000, 'test');
    const accounts = [await fixture.addUser([message]), await fixture.addUser([message, message])];
    const counts = await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        const client = await fixture.logIn(accounts[index % 2]!);
        return ask(client, 'STAT');
      }),
    );
    for (const [index, answer] of counts.entries()) {
      assert.equal(answer, `+OK ${1 + (index % 2)} ${message.length * (1 + (index % 2))}`);
    }
    await writeSetting('pop3.maxConnections', 1000, 'test');
    await writeSetting('pop3.maxConnectionsPerUser', 10, 'test');
  });
});

describe('guessing', () => {
  const remote = '192.0.2.7';
  const guess = async (address: string, secret: string) => {
    const session = createSession({ remote, isSecure: true });
    await execute(session, `USER ${address}`);
    return (await execute(session, `PASS ${secret}`)).line;
  };

  it('counts for all protocols together, and says neither who exists nor that it is over', async () => {
    await writeSetting('security.maxLoginFailures', 6, 'test');
    const { address } = await fixture.addUser();
    const [wrong, unknown] = [await guess(address, 'x'), await guess('no@example.org', 'x')];
    assert.equal(wrong, unknown);
    assert.match(wrong, /^-ERR \[AUTH\]/);
    for (const protocol of ['imap', 'submission'] as const) {
      for (let count = 0; count < 2; count++) {
        const credentials = {
          kind: 'password',
          authzid: '',
          username: address,
          password: 'x',
        } as const;
        await assert.rejects(login(credentials, { remote, protocol }));
      }
    }
    // RFC 3206 §4: the password may be right.
    assert.match(await guess(address, password), /^-ERR \[SYS\/TEMP\]/);
    // Others are let in, here and from elsewhere.
    assert.match(await ask(await fixture.logIn(await fixture.addUser()), 'STAT'), /^\+OK/);
    await writeSetting('security.maxLoginFailures', 1000, 'test');
  });

  it('counts where a password was sent in clear, which is not looked at', async () => {
    const { address } = await fixture.addUser();
    const session = createSession({ remote: '192.0.2.9', isSecure: false });
    for (const secret of ['wrong', password]) {
      assert.match((await execute(session, `USER ${address}`)).line, /^-ERR \[AUTH\]/);
      assert.match((await execute(session, `PASS ${secret}`)).line, /^-ERR \[AUTH\]/);
    }
    const counter = await db.loginThrottle.findUnique({ where: { id: 'address:192.0.2.9' } });
    assert.equal(counter?.failures, 2);
  });
});
