// Many connections that mean no good (research part 7): each costs little, and the others go on.
import assert from 'node:assert/strict';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer, type Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { signIn } from '#lib/accounts/sessions.ts';
import { isRefusal } from '#lib/errors.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { Connection } from '#server/imap/connection.ts';
import { Roster } from '#server/imap/roster.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { playTranscript } from '#tests/support/transcript.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that the process really holds for its data. */
function heldBytes(): number {
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

type Peer = { socket: Socket; heard(pattern: RegExp | null): Promise<string> };

describe('IMAP floods', () => {
  let server: ImapServer;
  let address: string;
  let peers: Peer[] = [];
  before(async () => {
    server = await openImapServer();
    await writeSetting('imap.maxConnections', 20_000, 'test');
    address = (await server.addUser('good')).address;
  });
  after(() => server.close());

  function listen(socket: Socket): Peer {
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
    const peer: Peer = {
      socket,
      async heard(pattern) {
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
    peers.push(peer);
    return peer;
  }

  /** So many connections behind their greeting. */
  async function openMany(count: number): Promise<Peer[]> {
    const opened: Peer[] = [];
    while (opened.length < count) {
      const some = Array.from({ length: Math.min(200, count - opened.length) }, async () => {
        const peer = listen(await server.connect());
        await peer.heard(/\r\n/);
        return peer;
      });
      opened.push(...(await Promise.all(some)));
    }
    return opened;
  }

  function closeAll(): void {
    for (const { socket } of peers) socket.destroy();
    peers = [];
  }

  async function signInWell(): Promise<void> {
    const peer = listen(await server.connect());
    peer.socket.write(`g LOGIN ${address} "${password}"\r\nh LOGOUT\r\n`);
    assert.match(await peer.heard(null), /^g OK /m);
  }

  // CVE-2024-37358: each of these announces 2 GB before login.
  it('refuses big literals of 200 strangers without holding anything', async () => {
    const strangers = await openMany(200);
    const before = heldBytes();
    for (const { socket } of strangers) socket.write('a LOGIN {2000000000}\r\n');
    for (const { heard } of strangers) {
      assert.match(await heard(/\r\n/), /^a NO \[TOOBIG\] /);
    }
    const grown = heldBytes() - before;
    assert.ok(grown < 2 ** 20, `${grown} bytes`);
    for (const { socket } of strangers) socket.write('b LOGIN {2000000000+}\r\n');
    for (const { heard } of strangers) assert.match(await heard(null), /^\* BYE \[TOOBIG\] /);
    closeAll();
  });

  it('reads no endless line beyond its limit, before and after login', async () => {
    for (const first of ['', `a LOGIN ${address} "${password}"\r\n`]) {
      const [peer] = await openMany(1);
      const before = heldBytes();
      peer!.socket.write(first);
      const piece = Buffer.alloc(2 ** 20, 'x');
      for (let count = 0; count < 10; count++) peer!.socket.write(piece);
      assert.match(await peer!.heard(null), /\* BYE \[TOOBIG\] /);
      const grown = heldBytes() - before;
      assert.ok(grown < 4 * 2 ** 20, `${grown} bytes`);
    }
    closeAll();
  });

  // CVE-2026-27857: parentheses, and the line end withheld.
  it('holds little of 4000 parentheses on 1000 connections', async () => {
    const strangers = await openMany(1000);
    const before = heldBytes();
    for (const { socket } of strangers) socket.write(`a NOOP ${'('.repeat(4000)}`);
    await signInWell();
    const grown = heldBytes() - before;
    assert.ok(grown < 50 * 2 ** 20, `${grown} bytes`);
    for (const { socket } of strangers) socket.write('\r\n');
    for (const { heard } of strangers) assert.match(await heard(/\r\n/), /^a BAD /);
    closeAll();
  });

  it('drops 5000 strangers that say nothing after a minute; others sign in meanwhile', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() });
    const strangers = await openMany(5000);
    await signInWell();
    t.mock.timers.tick(59_000);
    // A word now and then does not help.
    strangers[0]!.socket.write('a NOOP\r\n');
    await strangers[0]!.heard(/^a OK/m);
    t.mock.timers.tick(2000);
    for (const { heard } of strangers) assert.match(await heard(null), /^\* BYE /);
    closeAll();
  });

  // CVE-2025-59028, CVE-2017-15132: ten on each of a thousand connections, some cut off in the midst.
  it('takes 10,000 broken or aborted AUTHENTICATE, while others sign in', async () => {
    const broken = [
      'AUTHENTICATE PLAIN !!!!',
      'AUTHENTICATE PLAIN\r\n*',
      'AUTHENTICATE PLAIN AAAA',
      'AUTHENTICATE SCRAM-SHA-256 biws',
      `AUTHENTICATE SCRAM-SHA-256 ${Buffer.from('n,,n=x,r=abc').toString('base64')}\r\n*`,
      'AUTHENTICATE LOGIN\r\n*',
      'AUTHENTICATE OAUTHBEARER =',
      `AUTHENTICATE PLAIN ${'A'.repeat(20_000)}`,
      'AUTHENTICATE NOSUCH x',
    ];
    const round = async () => {
      const some = await openMany(100);
      for (const { socket } of some) {
        socket.write(broken.map((line, at) => `b${at} ${line}\r\n`).join(''));
        socket.write('last AUTHENTICATE PLAIN\r\n');
      }
      await signInWell();
      for (const { heard } of some) await heard(/^\+ ?\r\n$|^b8 NO .*\r\n\+ \r\n$/m);
      closeAll();
    };
    await round();
    const before = heldBytes();
    for (let count = 1; count < 10; count++) await round();
    // Who only closed its side is still answered what it asked; then nothing of it is left.
    await waitFor(() => heldBytes() - before < 8 * 2 ** 20, 'the memory', 20_000);
  });
});

describe('IMAP in clear from afar', () => {
  let imap: ImapServer;
  let server: Server;
  let address: string;
  const remote = '192.0.2.44';
  before(async () => {
    imap = await openImapServer();
    address = (await imap.addUser('afar')).address;
    const roster = new Roster();
    server = createServer((socket) => {
      void new Connection(socket, { remote, isSecure: false }, roster).serve();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    server.close();
    await imap.close();
  });

  const play = (text: string) =>
    playTranscript(text, 'inline', {
      connect: () => connect((server.address() as AddressInfo).port, '127.0.0.1'),
      variables: { user: address, password: `"${password}"` },
    });

  // CVE-2021-33515: whatever was sent in clear, complete or not, is no command inside TLS.
  for (const injected of ['a2 CAPABILITY\\r\\n', 'a2 LOGIN {5+}\\r\\nab', 'a2 NOOP']) {
    it(`forgets ${injected} behind STARTTLS`, () =>
      play(`A< * OK ...
A: raw a1 STARTTLS\\r\\n${injected}
A< a1 OK ...
A: starttls
A> a3 STARTTLS
A< a3 BAD ...
A> a4 CAPABILITY
A< * CAPABILITY IMAP4rev1 ...AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256 AUTH=PLAIN...
A< a4 OK ...`));
  }

  it('counts a LOGIN in clear as a failed one, and offers no mechanism', async () => {
    await writeSetting('security.maxLoginFailures', 3, 'test');
    await play(`A< * OK [CAPABILITY ... STARTTLS LOGINDISABLED] ...
A> a0 AUTHENTICATE SCRAM-SHA-256
A< a0 NO [PRIVACYREQUIRED] ...
A> a1 LOGIN \${user} \${password}
A< a1 NO [PRIVACYREQUIRED] ...
A> a2 LOGIN \${user} \${password}
A< a2 NO [PRIVACYREQUIRED] ...
A> a3 LOGIN nobody@example.test x
A< a3 NO [PRIVACYREQUIRED] ...`);
    const attempt = { address, password, remote, protocol: 'imap' as const };
    await assert.rejects(signIn(attempt), (error) => isRefusal(error, 'throttled'));
    assert.ok(await signIn({ ...attempt, remote: '192.0.2.45' }));
    await resetSetting('security.maxLoginFailures', 'test');
  });
});
