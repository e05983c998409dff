// The listener: limits, implicit TLS, graceful stop, sentences for ports that cannot be had.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, describe, it } from 'node:test';
import { limitKey } from '#lib/accounts/network.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { sessions } from '#server/metrics/index.ts';
import { listenHost } from '#server/net/bind.ts';
import type { ListenerOptions } from '#server/net/listener.ts';
import type { Running } from '#server/net/running.ts';
import { startCertificates } from '#server/tls/certificate.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type StartedListener, startListener } from '#tests/support/listener.ts';
import { connect, type LineClient } from './line-client.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let certificates: Running;
const listeners: StartedListener[] = [];
const clients: LineClient[] = [];

async function start(options: Partial<ListenerOptions>): Promise<StartedListener> {
  const listener = await startListener({
    name: 'pop3',
    tls: false,
    maxConnections: 10,
    maxPerAddress: 10,
    onConnection: (socket) => {
      socket.write('hello\r\n');
      return undefined;
    },
    ...options,
  });
  listeners.push(listener);
  return listener;
}

async function open(listener: StartedListener, isTls = false): Promise<LineClient> {
  const client = await connect(listener.port, isTls);
  clients.push(client);
  return client;
}

async function countSessions(): Promise<number> {
  const { values } = await sessions.get();
  return values.find(({ labels }) => labels.protocol === 'pop3')?.value ?? 0;
}

before(async () => {
  database = await openTestDatabase();
  certificates = await startCertificates();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(listeners.splice(0).map((listener) => listener.stop(0)));
});
after(async () => {
  await certificates.stop();
  await database.close();
});

describe('listener', () => {
  it('refuses what is over the limit, with a line, and admits again when there is room', async () => {
    const listener = await start({ maxConnections: 1, busyLine: '-ERR busy\r\n' });
    const first = await open(listener);
    assert.equal(await first.line(), 'hello');
    const second = await open(listener);
    assert.equal(await second.rest(), '-ERR busy\r\n');
    const closed = once(first.socket, 'close');
    first.socket.end();
    await closed;
    // The server may see the close a moment after the client.
    let third = await open(listener);
    while ((await third.line()) !== 'hello') third = await open(listener);
  });

  it('reads limits anew for each connection', async () => {
    let limit = 0;
    const listener = await start({ maxConnections: async () => limit });
    assert.equal(await (await open(listener)).rest(), '');
    limit = 10;
    assert.equal(await (await open(listener)).line(), 'hello');
  });

  it('has no limit per address for loopback, where the webmail lives', async () => {
    const listener = await start({ maxPerAddress: 1 });
    assert.equal(await (await open(listener)).line(), 'hello');
    assert.equal(await (await open(listener)).line(), 'hello');
  });

  it('does the TLS handshake first, and tells so', async () => {
    const seen: unknown[] = [];
    const listener = await start({
      tls: true,
      onConnection: (socket, client) => {
        seen.push(client);
        socket.write('secured\r\n');
        return undefined;
      },
    });
    assert.equal(await (await open(listener, true)).line(), 'secured');
    assert.deepEqual(seen, [{ remote: '127.0.0.1', isSecure: true }]);
  });

  it('survives rubbish instead of a handshake', async () => {
    const listener = await start({ tls: true });
    const rubbish = await open(listener);
    rubbish.send('GET / HTTP/1.0\r\n\r\n');
    await rubbish.rest();
    const reset = await open(listener);
    reset.socket.resetAndDestroy();
    assert.equal(await (await open(listener, true)).line(), 'hello');
  });

  it('keeps what the client says while the session is being prepared', async () => {
    const listener = await start({
      onConnection: async (socket) => {
        await once(process, 'ready-for-data');
        socket.on('data', (chunk) => socket.write(chunk));
        return undefined;
      },
    });
    const client = await open(listener);
    client.send('early\r\n');
    while (process.listenerCount('ready-for-data' as never) === 0) {
      await new Promise(setImmediate);
    }
    process.emit('ready-for-data' as never);
    assert.equal(await client.line(), 'early');
  });

  it('closes the connection of a session that cannot begin', async () => {
    const listener = await start({
      onConnection: () => {
        throw new Error('broken');
      },
    });
    assert.equal(await (await open(listener)).rest(), '');
  });

  it('ends sessions at stop, and destroys those that do not go', async () => {
    const listener = await start({
      onConnection: (socket) => {
        socket.write('hello\r\n');
        return { end: () => void socket.write('bye\r\n') };
      },
    });
    const client = await open(listener);
    await client.line();
    assert.equal(await countSessions(), 1);
    const stopped = listener.stop(50);
    assert.equal(await client.line(), 'bye');
    await stopped;
    await client.rest();
    assert.equal(await countSessions(), 0);
    await assert.rejects(connect(listener.port));
  });
});

describe('limitKey', () => {
  const cases: [string, string][] = [
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ];
  for (const [address, key] of cases) {
    it(address, () => assert.equal(limitKey(address), key));
  }
});

describe('listenHost', () => {
  it('follows the setting, and DREY_BIND before it', async () => {
    delete process.env.DREY_BIND;
    assert.equal(await listenHost(), '127.0.0.1');
    await writeSetting('server.bind', 'all', 'test');
    assert.match(await listenHost(), /^(::|0\.0\.0\.0)$/);
    await writeSetting('server.bind', '192.0.2.1', 'test');
    assert.equal(await listenHost(), '192.0.2.1');
    process.env.DREY_BIND = 'loopback';
    assert.equal(await listenHost(), '127.0.0.1');
    process.env.DREY_BIND = '127.0.0.2';
    assert.equal(await listenHost(), '127.0.0.2');
    delete process.env.DREY_BIND;
  });
});
