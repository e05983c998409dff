// The sockets of the listeners follow the settings live: new ones first, wanted ones untouched, no session ended, and what
// cannot be had is told and tried again.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { poke } from '#lib/poke.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { createListener, type Listener } from '#server/net/listener.ts';
import {
  findOwnEndpoint,
  lendPort,
  listListeners,
  type OpenListener,
  openListener,
  protocolOf,
  returnPort,
  tryListeners,
} from '#server/net/listeners.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';

/** A port that nobody had a moment ago. */
async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

let database: Awaited<ReturnType<typeof openTestDatabase>>;
const opened: { listener: Listener; open: OpenListener }[] = [];
const clients: LineClient[] = [];
const others: Server[] = [];

async function start(name: 'imap' | 'pop3'): Promise<OpenListener> {
  const listener = createListener({
    name,
    tls: false,
    maxConnections: 100,
    maxPerAddress: 100,
    onConnection: (socket) => {
      socket.on('data', (chunk) => socket.write(`${name} heard ${chunk}`));
      socket.write(`${name} greets\r\n`);
      return undefined;
    },
  });
  const open = await openListener(protocolOf(listener));
  opened.push({ listener, open });
  return open;
}

async function greet(port: number, host = '127.0.0.1'): Promise<LineClient> {
  const client = connectLines(port, undefined, host);
  clients.push(client);
  await client.expect(/greets\r\n/);
  return client;
}

const set = (key: string, value: unknown) => writeSetting(key, value, 'test');
const state = async (name: string) => (await listListeners()).find((one) => one.name === name);
const addresses = async (name: string) =>
  (await state(name))?.sockets.map(({ address }) => address) ?? [];
/** Until `name` listens there and nowhere else. */
const settled = (name: string, ...wanted: string[]) =>
  waitFor(
    async () => JSON.stringify(await addresses(name)) === JSON.stringify(wanted),
    `${name} at ${wanted.join(' ')}`,
  );

before(async () => {
  database = await openTestDatabase();
  for (const name of ['IMAP_PORT', 'POP3_PORT', 'BIND']) delete process.env[`DREY_${name}`];
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const { listener, open } of opened.splice(0)) {
    await open.close();
    await listener.stop(0);
  }
  for (const server of others.splice(0)) server.close();
  for (const key of ['listeners.imap', 'listeners.pop3', 'listeners.family', 'server.bind']) {
    await resetSetting(key, 'test');
  }
});
after(() => database.close());

/** Somebody else's server. */
async function occupy(port: number, host: string): Promise<Server> {
  const server = createServer((socket: Socket) => socket.destroy());
  others.push(server);
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

describe('listeners', () => {
  it('move to another port while whoever is connected goes on', async () => {
    const [first, second] = [await findFreePort(), await findFreePort()];
    await set('listeners.imap', [`loopback:${first}`]);
    await start('imap');
    const client = await greet(first);
    await set('listeners.imap', [`loopback:${second}`]);
    await settled('imap', `127.0.0.1:${second}`);
    await greet(second);
    await client.ask('still here', /imap heard still here/);
    await assert.rejects(greet(first));
    assert.equal((await state('imap'))?.sessions, 2);
  });

  it('leave a socket alone that is still wanted, and take several', async () => {
    const [first, second] = [await findFreePort(), await findFreePort()];
    await set('listeners.imap', [`127.0.0.1:${first}`]);
    await start('imap');
    const since = (await state('imap'))?.sockets[0]?.since;
    await set('listeners.imap', [`127.0.0.2:${second}`, `127.0.0.1:${first}`]);
    await settled('imap', `127.0.0.1:${first}`, `127.0.0.2:${second}`);
    assert.equal((await state('imap'))?.sockets[0]?.since, since);
    await greet(second, '127.0.0.2');
  });

  it('go from one address to all at the same port, and back', async () => {
    const port = await findFreePort();
    await set('listeners.family', 'ipv4');
    await set('listeners.imap', [String(port)]);
    await start('imap');
    const client = await greet(port);
    await set('server.bind', 'all');
    await settled('imap', `0.0.0.0:${port}`);
    await greet(port, '127.0.0.3');
    await set('server.bind', 'loopback');
    await settled('imap', `127.0.0.1:${port}`);
    await assert.rejects(greet(port, '127.0.0.3'));
    await client.ask('still here', /heard/);
  });

  it('are off with an empty list', async () => {
    const port = await findFreePort();
    await set('listeners.imap', []);
    const open = await start('imap');
    assert.equal(open.port, undefined);
    assert.equal(findOwnEndpoint('imap'), null);
    await set('listeners.imap', [`loopback:${port}`]);
    await settled('imap', `127.0.0.1:${port}`);
    assert.equal(open.port, port);
    await set('listeners.imap', []);
    await settled('imap');
    await assert.rejects(greet(port));
  });

  it('change ports with one another', async () => {
    const [one, other] = [await findFreePort(), await findFreePort()];
    await set('listeners.imap', [`loopback:${one}`]);
    await set('listeners.pop3', [`loopback:${other}`]);
    await start('imap');
    await start('pop3');
    await write(async (tx) => {
      for (const [key, port] of [
        ['listeners.imap', other],
        ['listeners.pop3', one],
      ] as const) {
        const value = JSON.stringify([`loopback:${port}`]);
        await tx.setting.update({ where: { id: key }, data: { value } });
      }
    });
    poke('settings');
    await settled('imap', `127.0.0.1:${other}`);
    await settled('pop3', `127.0.0.1:${one}`);
    await (await greet(other)).ask('x', /imap heard/);
  });

  it('keep what they had while the new place is taken, say so, and try again', async () => {
    const [first, second] = [await findFreePort(), await findFreePort()];
    const rival = await occupy(second, '127.0.0.1');
    await set('listeners.imap', [`loopback:${first}`]);
    await start('imap');
    await set('listeners.imap', [`loopback:${second}`]);
    await waitFor(async () => (await state('imap'))?.failures.length === 1, 'a failure');
    const [failure] = (await state('imap'))?.failures ?? [];
    assert.match(failure?.text ?? '', /imap port \d+ on 127\.0\.0\.1 is taken.*listeners\.imap/);
    await greet(first);
    rival.close();
    await settled('imap', `127.0.0.1:${second}`);
    assert.deepEqual((await state('imap'))?.failures, []);
  });

  it('close what is taken off the list beside a place that fails since long', async () => {
    const [first, second] = [await findFreePort(), await findFreePort()];
    await set('listeners.imap', [`loopback:${first}`, `loopback:${second}`]);
    await start('imap');
    await set('listeners.imap', [`loopback:${first}`, `loopback:${second}`, '203.0.113.77:1143']);
    await waitFor(async () => (await state('imap'))?.failures.length === 1, 'a failure');
    await set('listeners.imap', [`loopback:${first}`, '203.0.113.77:1143']);
    await settled('imap', `127.0.0.1:${first}`);
  });

  it('refuse to start where the environment or a default is in the way, not where a setting is', async () => {
    const port = await findFreePort();
    await occupy(port, '127.0.0.1');
    process.env.DREY_IMAP_PORT = String(port);
    await assert.rejects(start('imap'), /imap port .*taken.*DREY_IMAP_PORT/);
    delete process.env.DREY_IMAP_PORT;
    process.env.DREY_BIND = '203.0.113.77';
    process.env.DREY_IMAP_PORT = '1143';
    await assert.rejects(start('imap'), /does not have that address/);
    delete process.env.DREY_IMAP_PORT;
    await set('listeners.imap', [`loopback:${port}`, '203.0.113.78:1143']);
    assert.equal((await start('imap')).port, undefined);
    delete process.env.DREY_BIND;
    assert.equal((await state('imap'))?.failures.length, 2);
  });

  it('take the environment before the settings', async () => {
    process.env.DREY_IMAP_PORT = '0';
    process.env.DREY_BIND = '127.0.0.2';
    const open = await start('imap');
    delete process.env.DREY_IMAP_PORT;
    delete process.env.DREY_BIND;
    await set('listeners.imap', []);
    await set('listeners.family', 'ipv6');
    await tryListeners({ 'listeners.imap': ['203.0.113.77:143'] });
    assert.equal((await state('imap'))?.from, 'environment');
    await greet(open.port ?? 0, '127.0.0.2');
  });

  const refused: [string, (own: number, taken: number) => string, RegExp][] = [
    ['a port of another program', (_own, taken) => `loopback:${taken}`, /taken by another program/],
    ['a port of another listener', (own) => `all:${own}`, /where imap listens already/],
    ['an address of another machine', () => '203.0.113.77:1143', /does not have that address/],
  ];
  for (const [what, place, text] of refused) {
    it(`are told before saving: ${what}`, async () => {
      const [own, taken] = [await findFreePort(), await findFreePort()];
      await occupy(taken, '127.0.0.1');
      await set('listeners.imap', [`loopback:${own}`]);
      await set('listeners.pop3', []);
      await start('imap');
      await start('pop3');
      const changes = { 'listeners.pop3': [place(own, taken)] };
      await assert.rejects(tryListeners(changes), (error) => {
        assert.ok(isRefusal(error));
        assert.equal(error.field, 'listeners.pop3');
        assert.match(error.message, text);
        return true;
      });
      await tryListeners({ 'listeners.pop3': [`loopback:${await findFreePort()}`] });
    });
  }

  it('get a port that was lent to something else of this process', async () => {
    const port = await findFreePort();
    const guest = await occupy(port, '127.0.0.1');
    lendPort(port, async () => {
      returnPort(port);
      guest.close();
    });
    await set('listeners.imap', []);
    await start('imap');
    await tryListeners({ 'listeners.imap': [`loopback:${port}`] });
    await set('listeners.imap', [`loopback:${port}`]);
    await settled('imap', `127.0.0.1:${port}`);
  });
});
