import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { RelayTlsMode } from '#lib/queue/relay-rule.ts';
import type { Target } from '#server/delivery/outbound/mx.ts';
import { deliverRemote, type RemoteAttempt } from '#server/delivery/outbound/remote.ts';
import { tlsPolicyOf } from '#server/delivery/tls/tls-policy.ts';
import { makeSelfSigned } from '#server/tls/self-signed.ts';
import { type Sink, type SinkOptions, startSink } from '#tests/support/smtp-sink.ts';

let pems: { key: string; cert: string };
const open: { close(): Promise<void> }[] = [];

before(async () => {
  pems = await makeSelfSigned('mx.example.test');
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
const trusted = getCACertificates('default');
after(() => setDefaultCACertificates(trusted));

async function sink(options: SinkOptions = {}): Promise<Sink> {
  const started = await startSink(options);
  open.push(started);
  return started;
}

const targetOf = (port: number, host = 'mx.example.test'): Target => ({
  host,
  address: '127.0.0.1',
  port,
});

type Change = Partial<Omit<RemoteAttempt, 'envelope' | 'bytes'>> & {
  mode?: RelayTlsMode;
  to?: string[];
  envelope?: Partial<RemoteAttempt['envelope']>;
  text?: string;
};

function attempt(targets: Target[], change: Change = {}): RemoteAttempt {
  const { mode = 'opportunistic', to = ['bob@example.test'], envelope, text, ...rest } = change;
  return {
    targets,
    policy: tlsPolicyOf(mode),
    login: null,
    envelope: {
      sender: 'ada@own.test',
      recipients: to.map((recipient) => ({ recipient, originalTo: '', notify: '' })),
      envid: '',
      ret: '',
      isSmtpUtf8: false,
      isTlsRequired: false,
      ...envelope,
    },
    bytes: Buffer.from(text ?? 'Subject: hello\r\n\r\nbody\r\n'),
    hostname: 'mail.own.test',
    connectTimeoutMs: 5000,
    signal: new AbortController().signal,
    ...rest,
  };
}

/** A server of raw lines, for what smtp-server would never do. */
async function startRaw(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return (server.address() as { port: number }).port;
}

/** A port that refuses connections. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('an attempt at another server', () => {
  it('delivers several recipients in one transaction under our name', async () => {
    const mx = await sink();
    const results = await deliverRemote(
      attempt([targetOf(mx.port)], { to: ['bob@example.test', 'eve@example.test'] }),
    );
    assert.equal(mx.messages.length, 1);
    assert.deepEqual(mx.messages[0]?.recipients, ['bob@example.test', 'eve@example.test']);
    assert.equal(mx.messages[0]?.helo, 'mail.own.test');
    assert.equal(mx.messages[0]?.text, 'Subject: hello\r\n\r\nbody\r\n');
    assert.deepEqual(
      [...results.values()].map(({ kind, code, host }) => [kind, code, host]),
      [
        ['delivered', 250, 'mx.example.test'],
        ['delivered', 250, 'mx.example.test'],
      ],
    );
  });

  it('keeps the answers of recipients apart', async () => {
    const mx = await sink({
      script: {
        rcpt: (to) =>
          to.startsWith('full') ? '452 4.2.2 full' : to.startsWith('no') ? '550 5.1.1 who?' : null,
      },
    });
    const to = ['bob@example.test', 'full@example.test', 'no@example.test'];
    const results = await deliverRemote(attempt([targetOf(mx.port)], { to }));
    assert.deepEqual(mx.messages[0]?.recipients, ['bob@example.test']);
    assert.equal(results.get('bob@example.test')?.kind, 'delivered');
    const { kind, code, status, text } = results.get('full@example.test')!;
    assert.deepEqual([kind, code, status, text], ['deferred', 452, '4.2.2', 'full']);
    assert.equal(results.get('no@example.test')?.kind, 'failed');
    assert.equal(results.get('no@example.test')?.status, '5.1.1');
  });

  it('keeps them apart when the data is refused, too', async () => {
    const mx = await sink({
      script: {
        rcpt: (to) => (to.startsWith('no') ? '550 5.1.1 who?' : null),
        data: () => '451 4.7.0 later',
      },
    });
    const to = ['bob@example.test', 'no@example.test'];
    const results = await deliverRemote(attempt([targetOf(mx.port)], { to }));
    assert.equal(results.get('bob@example.test')?.kind, 'deferred');
    assert.equal(results.get('bob@example.test')?.status, '4.7.0');
    assert.equal(results.get('no@example.test')?.kind, 'failed');
  });

  it('all refused, of both kinds', async () => {
    const mx = await sink({
      script: { rcpt: (to) => (to.startsWith('no') ? '550 5.1.1 who?' : '450 4.2.0 grey') },
    });
    const to = ['bob@example.test', 'no@example.test'];
    const results = await deliverRemote(attempt([targetOf(mx.port)], { to }));
    assert.equal(results.get('bob@example.test')?.kind, 'deferred');
    assert.equal(results.get('no@example.test')?.kind, 'failed');
  });

  it('a refused sender fails all', async () => {
    const mx = await sink({ script: { mail: () => '550 5.7.1 not you' } });
    const results = await deliverRemote(attempt([targetOf(mx.port)]));
    assert.equal(results.get('bob@example.test')?.kind, 'failed');
    assert.equal(results.get('bob@example.test')?.text, 'not you');
  });

  it('a refused body fails', async () => {
    const mx = await sink({ script: { data: () => '554 5.6.0 spam\r\n250 ok' } });
    const results = await deliverRemote(attempt([targetOf(mx.port)]));
    assert.equal(results.get('bob@example.test')?.kind, 'failed');
  });

  describe('falls through to the next target', () => {
    const problems: [string, SinkOptions['script']][] = [
      ['4yz greeting', { greet: () => '421 4.3.2 busy' }],
      ['5yz greeting', { greet: () => '554 5.3.2 no service' }],
      ['a dropped connection', { greet: () => 'drop' }],
      ['a deferred sender', { mail: () => '451 4.3.0 later' }],
    ];
    for (const [reason, script] of problems) {
      it(`after ${reason}`, async () => {
        const first = await sink({ script });
        const second = await sink();
        const results = await deliverRemote(
          attempt([targetOf(first.port, 'a.test'), targetOf(second.port, 'b.test')]),
        );
        assert.equal(results.get('bob@example.test')?.host, 'b.test');
        assert.equal(second.messages.length, 1);
      });
    }

    it('after a refused connection', async () => {
      const second = await sink();
      const first = targetOf(await closedPort(), 'a.test');
      await deliverRemote(attempt([first, targetOf(second.port, 'b.test')]));
      assert.equal(second.messages.length, 1);
    });

    it('but not after an answer for a recipient or a lost transaction', async () => {
      const second = await sink();
      for (const script of [{ rcpt: () => '450 4.2.0 grey' }, { data: () => 'drop' as const }]) {
        const first = await sink({ script });
        const results = await deliverRemote(
          attempt([targetOf(first.port, 'a.test'), targetOf(second.port, 'b.test')]),
        );
        assert.equal(results.get('bob@example.test')?.kind, 'deferred');
        assert.equal(results.get('bob@example.test')?.host, 'a.test');
      }
      assert.equal(second.messages.length, 0);
    });
  });

  it('defers when no target works, and says why', async () => {
    const busy = await sink({ script: { greet: () => '554 5.3.2 go away' } });
    const results = await deliverRemote(
      attempt([targetOf(await closedPort(), 'a.test'), targetOf(busy.port, 'b.test')]),
    );
    const result = results.get('bob@example.test')!;
    assert.equal(result.kind, 'deferred');
    assert.match(result.text, /ECONNREFUSED/);
  });

  it('fails when every target says 521 (RFC 7504)', async () => {
    const never = await sink({ script: { greet: () => '521 no mail here' } });
    const results = await deliverRemote(attempt([targetOf(never.port)]));
    assert.equal(results.get('bob@example.test')?.kind, 'failed');
  });

  it('gives up at once on its signal', async () => {
    let reached = () => {};
    const isReached = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const silent = await startRaw(() => reached());
    const ending = new AbortController();
    const running = deliverRemote(attempt([targetOf(silent)], { signal: ending.signal }));
    await isReached;
    ending.abort();
    await assert.rejects(running, /stopped/);
  });

  it('refuses a reply without end', async () => {
    const port = await startRaw((socket) => socket.write(`220 ${'x'.repeat(200_000)}`));
    const results = await deliverRemote(attempt([targetOf(port)]));
    assert.equal(results.get('bob@example.test')?.kind, 'deferred');
  });
});

describe('TLS', () => {
  it('is used when offered, whatever the certificate', async () => {
    const mx = await sink({ tls: pems });
    await deliverRemote(attempt([targetOf(mx.port, 'other.test')]));
    assert.equal(mx.messages[0]?.isSecure, true);
  });

  it('is not asked for with mode none', async () => {
    const mx = await sink({ tls: pems });
    await deliverRemote(attempt([targetOf(mx.port)], { mode: 'none' }));
    assert.equal(mx.messages[0]?.isSecure, false);
  });

  it('opportunistic goes on in clear where the handshake fails', async () => {
    const mx = await sink({ tls: pems, extra: { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' } });
    const results = await deliverRemote(attempt([targetOf(mx.port)]));
    assert.equal(results.get('bob@example.test')?.kind, 'delivered');
    assert.equal(mx.messages[0]?.isSecure, false);
    assert.equal(mx.connections, 2);
  });

  it('verified never goes in clear', async () => {
    const plain = await sink();
    const results = await deliverRemote(attempt([targetOf(plain.port)], { mode: 'verified' }));
    assert.equal(results.get('bob@example.test')?.kind, 'deferred');
    assert.equal(results.get('bob@example.test')?.status, '4.7.5');
    assert.equal(plain.messages.length, 0);
  });

  it('verified and implicit check the certificate', async () => {
    for (const mode of ['verified', 'implicit'] as const) {
      const mx = await sink({ tls: pems, isImplicit: mode === 'implicit' });
      const results = await deliverRemote(attempt([targetOf(mx.port)], { mode }));
      assert.equal(results.get('bob@example.test')?.kind, 'deferred', mode);
      setDefaultCACertificates([...trusted, pems.cert]);
      const good = await deliverRemote(attempt([targetOf(mx.port)], { mode }));
      assert.equal(good.get('bob@example.test')?.kind, 'delivered', mode);
      const foreign = await deliverRemote(attempt([targetOf(mx.port, 'other.test')], { mode }));
      assert.equal(foreign.get('bob@example.test')?.kind, 'deferred', mode);
      setDefaultCACertificates(trusted);
      assert.equal(mx.messages.length, 1);
      assert.equal(mx.messages[0]?.isSecure, true);
    }
  });

  it('forgets what was said before it (STARTTLS injection)', async () => {
    const port = await startRaw((socket) => {
      socket.write('220 x\r\n');
      socket.on('data', (chunk) => {
        const text = chunk.toString('latin1');
        if (/^EHLO/.test(text)) socket.write('250-x\r\n250 STARTTLS\r\n');
        if (/^STARTTLS/.test(text)) socket.write('220 go\r\n250-evil\r\n250 SIZE 1\r\n');
        else if (!/^EHLO/.test(text)) socket.destroy();
      });
    });
    const results = await deliverRemote(attempt([targetOf(port)], { mode: 'verified' }));
    assert.equal(results.get('bob@example.test')?.kind, 'deferred');
  });
});

describe('login at a relay', () => {
  const login = { username: 'relay', password: 'right' };
  const account = { user: 'relay', password: 'right' };

  it('signs in', async () => {
    const mx = await sink({ tls: pems, login: account });
    await deliverRemote(attempt([targetOf(mx.port)], { login }));
    assert.equal(mx.messages[0]?.user, 'relay');
    assert.equal(mx.messages[0]?.isSecure, true);
  });

  it('defers on a wrong password: that is ours to mend', async () => {
    const mx = await sink({ login: account });
    const wrong = { ...login, password: 'wrong' };
    const results = await deliverRemote(attempt([targetOf(mx.port)], { login: wrong }));
    const result = results.get('bob@example.test')!;
    assert.deepEqual([result.kind, result.code, result.status], ['deferred', 535, '4.7.8']);
    assert.doesNotMatch(result.text, /wrong$|right/);
  });

  it('defers where the relay offers none, or the stored password is lost', async () => {
    const mx = await sink();
    const offered = await deliverRemote(attempt([targetOf(mx.port)], { login }));
    assert.equal(offered.get('bob@example.test')?.kind, 'deferred');
    const lost = { ...login, password: '' };
    const results = await deliverRemote(attempt([targetOf(mx.port)], { login: lost }));
    assert.equal(results.get('bob@example.test')?.kind, 'deferred');
    assert.equal(mx.messages.length, 0);
  });
});

describe('the bytes that leave', () => {
  it('hold no bare CR or LF, and dots are stuffed', async () => {
    const port = await startRaw(() => undefined);
    assert.ok(port);
    const mx = await sink();
    const text = 'Subject: a\r\n\r\none\n.\nMAIL FROM:<evil@b.test>\r.\r\n..two\r\n.three\nend';
    await deliverRemote(attempt([targetOf(mx.port)], { text }));
    assert.equal(mx.messages.length, 1);
    assert.equal(
      mx.messages[0]?.text,
      'Subject: a\r\n\r\none\r\n.\r\nMAIL FROM:<evil@b.test>\r\n.\r\n..two\r\n.three\r\nend\r\n',
    );
  });

  it('say 8BITMIME for eight bits only', async () => {
    const mx = await sink();
    await deliverRemote(attempt([targetOf(mx.port)]));
    await deliverRemote(attempt([targetOf(mx.port)], { text: 'Subject: a\r\n\r\nä\r\n' }));
    assert.equal(mx.messages[0]?.envelope.bodyType, '7bit');
    assert.equal(mx.messages[1]?.envelope.bodyType, '8bitmime');
    assert.equal(mx.messages[1]?.text, 'Subject: a\r\n\r\nä\r\n');
  });

  it('are not sent where SIZE says they are too many', async () => {
    const mx = await sink({ extra: { size: 10 } });
    const results = await deliverRemote(attempt([targetOf(mx.port)]));
    const result = results.get('bob@example.test')!;
    assert.deepEqual([result.kind, result.status], ['failed', '5.3.4']);
  });
});

describe('internationalized mail', () => {
  it('asks for SMTPUTF8 for addresses and for headers', async () => {
    const mx = await sink();
    await deliverRemote(attempt([targetOf(mx.port)], { to: ['bücher@example.test'] }));
    const header = { text: 'Subject: ä\r\n\r\nx\r\n', envelope: { isSmtpUtf8: true } };
    await deliverRemote(attempt([targetOf(mx.port)], header));
    await deliverRemote(attempt([targetOf(mx.port)], { envelope: { isSmtpUtf8: true } }));
    assert.deepEqual(
      mx.messages.map((message) => message.envelope.smtpUtf8),
      [true, true, false],
    );
    assert.deepEqual(mx.messages[0]?.recipients, ['bücher@example.test']);
  });

  it('fails where the other side cannot (RFC 6531 §3.6), for those alone whom it concerns', async () => {
    const mx = await sink({ extra: { hideSMTPUTF8: true } });
    const to = ['bücher@example.test', 'bob@example.test'];
    const results = await deliverRemote(attempt([targetOf(mx.port)], { to }));
    assert.equal(results.get('bücher@example.test')?.status, '5.6.7');
    assert.equal(results.get('bob@example.test')?.kind, 'delivered');
    const header = { text: 'Subject: ä\r\n\r\nx\r\n', envelope: { isSmtpUtf8: true } };
    const refused = await deliverRemote(attempt([targetOf(mx.port)], header));
    assert.equal(refused.get('bob@example.test')?.kind, 'failed');
  });
});

describe('delivery status parameters (RFC 3461)', () => {
  const envelope = {
    envid: 'a+b=c',
    ret: 'HDRS',
    recipients: [
      { recipient: 'bob@example.test', originalTo: 'rfc822;b+b@own.test', notify: 'FAILURE,DELAY' },
      { recipient: 'eve@example.test', originalTo: '', notify: 'NEVER' },
      { recipient: 'evil@example.test', originalTo: 'x\r\nRSET', notify: 'FAILURE\r\nRSET' },
    ],
  };

  it('go on to a server with DSN, for each recipient its own', async () => {
    const mx = await sink({ extra: { hideDSN: false } });
    await deliverRemote(attempt([targetOf(mx.port)], { envelope }));
    const [message] = mx.messages;
    assert.equal(message?.envelope.dsn?.envid, 'a+b=c');
    assert.equal(message?.envelope.dsn?.ret, 'HDRS');
    const [bob, eve, evil] = message?.envelope.rcptTo ?? [];
    assert.deepEqual(bob?.dsn, { notify: ['FAILURE', 'DELAY'], orcpt: 'rfc822;b+b@own.test' });
    assert.deepEqual(eve?.dsn?.notify, ['NEVER']);
    assert.ok(!evil?.dsn?.notify?.length);
  });

  it('are kept from a server without', async () => {
    const mx = await sink();
    const results = await deliverRemote(attempt([targetOf(mx.port)], { envelope }));
    assert.equal(results.get('bob@example.test')?.kind, 'delivered');
  });
});
