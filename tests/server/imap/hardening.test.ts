// Attacks and limits (research part 7): the server answers or hangs up, stays small, and serves others.
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setPassword, updateAccount } from '#lib/accounts/account.ts';
import { db } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { Connection } from '#server/imap/connection.ts';
import { listCapabilities } from '#server/imap/features.ts';
import { listNames } from '#server/imap/mailbox-listing.ts';
import { joinPattern, matchesPattern } from '#server/imap/mailbox-pattern.ts';
import { Roster } from '#server/imap/roster.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { playTranscript } from '#tests/support/transcript.ts';

/** All that comes until the server closes. */
function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.once('close', () => resolve(text));
    socket.on('error', () => {});
  });
}

describe('IMAP hardening', () => {
  let server: ImapServer;
  before(async () => {
    server = await openImapServer();
  });
  after(() => server.close());

  async function play(text: string, variables: Record<string, string> = {}): Promise<void> {
    await playTranscript(text, 'inline', {
      connect: () => server.connect(),
      variables: { password: `"${password}"`, ...variables },
    });
  }

  it('hangs up on an endless line, before and after login', async () => {
    const { address } = await server.addUser('endless');
    for (const first of ['', `a LOGIN ${address} "${password}"\r\n`]) {
      const socket = await server.connect();
      const all = readAll(socket);
      socket.write(first);
      socket.write(Buffer.alloc(1_000_000, 'x'));
      assert.match(await all, /\* BYE \[TOOBIG\]/);
    }
  });

  it('refuses many literals and big ones, and the session lives', async () => {
    const { address } = await server.addUser('literals');
    const many = 'x {1+}\\r\\na '.repeat(1001);
    const big = `{102400+}\\r\\n${'y'.repeat(102_400)} `.repeat(11);
    await play(
      [
        'A< * OK ...',
        `A> a0 LOGIN ${address} \${password}`,
        'A< a0 OK ...',
        `A: raw a1 SEARCH ${many}\\r\\n`,
        'A< a1 BAD [TOOBIG] ...',
        `A: raw a2 SEARCH ${big}\\r\\n`,
        'A< a2 BAD [TOOBIG] ...',
        'A> a3 NOOP',
        'A< a3 OK ...',
      ].join('\n'),
    );
  });

  it('hangs up after too many mistakes', async () => {
    const socket = await server.connect();
    const all = readAll(socket);
    socket.write('x\r\n'.repeat(100));
    const text = await all;
    assert.match(text, /\* BYE Too many mistakes\r\n$/);
    assert.ok(text.split('\r\n').length < 20);
  });

  it('keeps nothing of an APPEND that is cut off', async () => {
    const { id, address } = await server.addUser('cut');
    const before = await db.blob.count();
    const socket = await server.connect();
    const all = readAll(socket);
    socket.write(
      `a LOGIN ${address} "${password}"\r\nb APPEND INBOX {500000+}\r\n${'x'.repeat(300_000)}`,
    );
    socket.end();
    await all;
    assert.equal(await db.blob.count(), before);
    assert.equal(await db.message.count({ where: { accountId: id } }), 0);
  });

  it('limits the connections of one user', async () => {
    const { address } = await server.addUser('crowd');
    await writeSetting('imap.maxConnectionsPerUser', 1, 'test');
    await play(
      `A< * OK ...
A> a LOGIN ${address} \${password}
A< a OK ...
B< * OK ...
B> b LOGIN ${address} \${password}
B< b NO [LIMIT] ...
A> c LOGOUT
A<< c OK ...
A: closed
B> d LOGIN ${address} \${password}
B< d OK ...`,
    );
    await writeSetting('imap.maxConnectionsPerUser', 50, 'test');
  });

  it('lets a disabled user in no more', async () => {
    const { id, address } = await server.addUser('gone');
    await updateAccount(id, { isDisabled: true }, 'test');
    await play(
      `A< * OK ...\nA> a LOGIN ${address} \${password}\nA< a NO [AUTHENTICATIONFAILED] ...`,
    );
    await updateAccount(id, { isDisabled: false }, 'test');
    await setPassword(id, 'another good password', 'test');
    await play(`A< * OK ...\nA> a LOGIN ${address} \${password}\nA< a NO [AUTHENTICATIONFAILED] ...
A> b LOGIN ${address} "another good password"\nA< b OK ...`);
  });

  it('bounds keywords of a mailbox', async () => {
    const { address } = await server.addUser('keywords');
    const words = (from: number) => Array.from({ length: 100 }, (_, i) => `k${from + i}`).join(' ');
    await play(
      `A< * OK ...
A> a0 LOGIN ${address} \${password}
A< a0 OK ...
A> a1 APPEND INBOX {6+}
A: raw a: b\\r\\n\\r\\n
A<< a1 OK ...
A> a2 APPEND INBOX {6+}
A: raw a: b\\r\\n\\r\\n
A<< a2 OK ...
A> a3 SELECT INBOX
A<< a3 OK ...
A> a4 STORE 1 FLAGS.SILENT (${words(0)})
A<< a4 OK ...
A> a5 STORE 2 FLAGS.SILENT (${words(100)})
A<< a5 OK ...
A> a6 STORE 1 FLAGS.SILENT (oneMore)
A< a6 NO [LIMIT] ...
A> a7 APPEND INBOX (oneMore) {6+}
A: raw a: b\\r\\n\\r\\n
A< a7 NO [LIMIT] ...`,
    );
  });

  it('knows a keyword in any case as one', async () => {
    const { address } = await server.addUser('cases');
    await play(
      `A< * OK ...
A> a0 LOGIN ${address} \${password}
A< a0 OK ...
A> a1 APPEND INBOX {6+}
A: raw a: b\\r\\n\\r\\n
A<< a1 OK ...
A> a2 SELECT INBOX
A<< a2 OK ...
A> a3 STORE 1 +FLAGS (Foo foo FOO)
A< * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Foo)
A< * 1 FETCH (UID 1 FLAGS (Foo \\Recent))
A< a3 OK ...`,
    );
  });

  it('lets others in while it matches many long names', async () => {
    const name = `${'a'.repeat(250)}/${'a'.repeat(250)}`;
    const names = Array.from({ length: 30 }, (_, i) => `${name}${i}`);
    const patterns = Array.from({ length: 20 }, (_, i) => `${'*a'.repeat(200 + i)}*b`);
    const selecting = { subscribed: true, specialUse: false, recursive: false };
    let turns = 0;
    const count = () => {
      turns++;
      waiting = setImmediate(count);
    };
    let waiting = setImmediate(count);
    for await (const { name: found } of listNames([], names, patterns, selecting)) {
      assert.fail(`${found} was not asked for`);
    }
    clearImmediate(waiting);
    assert.ok(turns > 0);
  });

  it('matches patterns without exponential time', () => {
    const name = 'a/'.repeat(100);
    const started = process.hrtime.bigint();
    assert.equal(matchesPattern(joinPattern('', `${'*a%'.repeat(100)}z`), name), false);
    assert.ok(process.hrtime.bigint() - started < 2_000_000_000n);
    assert.equal(matchesPattern(joinPattern('', 'x'.repeat(600)), 'x'.repeat(600)), false);
  });

  const patterns: [pattern: string, name: string, fits: boolean][] = [
    ['*', 'a/b', true],
    ['%', 'a/b', false],
    ['%/%', 'a/b', true],
    ['a%', 'ab', true],
    ['a%', 'a/b', false],
    ['*b', 'a/b', true],
    ['inbox', 'INBOX', true],
    ['InBox/*', 'INBOX/x', true],
    ['InB%', 'INBOX', true],
    ['%box', 'INBOX', true],
    ['in*', 'INBOXES', false],
    ['InBox/x', 'INBOX/X', false],
    ['', 'a', false],
    ['a*c', 'abbc', true],
    ['a*c', 'abbcd', false],
    ['%%%', 'abc', true],
    ['*%', 'a/b', true],
    ['😀%', '😀x', true],
  ];
  it('knows what a pattern means', () => {
    for (const [pattern, name, fits] of patterns) {
      assert.equal(matchesPattern(joinPattern('', pattern), name), fits, `${pattern} ${name}`);
    }
  });
});

describe('IMAP from another machine', () => {
  let imap: ImapServer;
  let server: Server;
  before(async () => {
    imap = await openImapServer();
    const roster = new Roster();
    server = createServer((socket) => {
      void new Connection(socket, { remote: '192.0.2.1', isSecure: false }, roster).serve();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    server.close();
    await imap.close();
  });

  it('takes no password in clear, but after STARTTLS', async () => {
    const { address } = await imap.addUser('far');
    const { port } = server.address() as AddressInfo;
    const text = `A< * OK [CAPABILITY IMAP4rev1 IMAP4rev2 SASL-IR ID ENABLE LITERAL- STARTTLS LOGINDISABLED] ...
A> a1 LOGIN ${address} "${password}"
A< a1 NO [PRIVACYREQUIRED] ...
A> a2 AUTHENTICATE PLAIN
A< a2 NO [PRIVACYREQUIRED] ...
A> a3 STARTTLS
A< a3 OK ...
A: starttls
A> a4 LOGIN ${address} "${password}"
A< a4 OK ...`;
    await playTranscript(text, 'inline', { connect: () => connect(port, '127.0.0.1') });
  });

  it('announces what fits the state', () => {
    const facts = {
      isSignedIn: false,
      isTls: true,
      maySignIn: true,
      mechanisms: ['PLAIN'],
      appendLimitBytes: 5,
      mayCompress: true,
      hidden: ['idle', 'LOGINDISABLED', 'appendlimit', 'IMAP4rev1'],
    };
    assert.deepEqual(listCapabilities(facts), [
      'IMAP4rev1',
      'IMAP4rev2',
      'SASL-IR',
      'ID',
      'ENABLE',
      'LITERAL-',
      'AUTH=PLAIN',
    ]);
    const after = listCapabilities({ ...facts, isSignedIn: true });
    for (const word of ['IMAP4rev1', 'CONDSTORE', 'LITERAL+', 'COMPRESS=DEFLATE'])
      assert.ok(after.includes(word), word);
    for (const word of ['XLIST', 'STARTTLS', 'AUTH=PLAIN', 'LITERAL-', 'IDLE', 'APPENDLIMIT=5'])
      assert.ok(!after.includes(word), word);
  });
});
