// Slow clients on every port and in every state: a byte now and then buys no time, and many who say nothing
// keep nobody else waiting. The clock of the deadlines is the test's own.
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, afterEach, before, mock, test } from 'node:test';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { connectTo, sample } from './client.ts';
import { openWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());
afterEach(() => mock.timers.reset());

/** Turns of the event loop, in which bytes travel between two sockets of this process. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

type Raw = {
  socket: Socket;
  text(): string;
  isClosed(): boolean;
  waitFor(pattern: RegExp): Promise<void>;
};

/** A client that sends bytes and looks on. `localAddress`: 127.0.0.2 and the like are strangers. */
async function open(port: number, localAddress = '127.0.0.1'): Promise<Raw> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  let text = '';
  let isClosed = false;
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.on('close', () => {
    isClosed = true;
  });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return {
    socket,
    text: () => text,
    isClosed: () => isClosed,
    async waitFor(pattern) {
      while (!pattern.test(text) && !isClosed)
        await new Promise((resolve) => setImmediate(resolve));
      assert.match(text, pattern);
    },
  };
}

/** A byte, then the time passes; how many bytes were bought before the end. */
async function drip(raw: Raw, bytes: string, everyMs: number): Promise<number> {
  let count = 0;
  while (!raw.isClosed() && count < bytes.length) {
    raw.socket.write(bytes[count++] ?? '');
    await settle();
    mock.timers.tick(everyMs);
    await settle();
  }
  return count;
}

const long = 'x'.repeat(100);
const states: [name: string, port: 'smtp' | 'submission', lines: string[], ready: RegExp][] = [
  ['a command', 'smtp', [], /^220 /],
  ['a later command', 'smtp', ['EHLO relay.far.test'], /^250 SMTPUTF8/m],
  ['AUTH', 'submission', ['EHLO x.test', 'AUTH PLAIN'], /^334 /m],
  [
    'DATA',
    'smtp',
    ['EHLO relay.far.test', 'MAIL FROM:<eve@far.test>', 'RCPT TO:<ada@example.org>', 'DATA'],
    /^354 /m,
  ],
  [
    'BDAT',
    'smtp',
    [
      'EHLO relay.far.test',
      'MAIL FROM:<eve@far.test>',
      'RCPT TO:<ada@example.org>',
      'BDAT 1000 LAST',
    ],
    /^250 2\.1\.5/m,
  ],
];

for (const [name, port, lines, ready] of states) {
  test(`a byte every 50 s in ${name} ends after the idle time`, async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const raw = await open(world.ports[port]);
    await raw.waitFor(/^220 /);
    for (const line of lines) {
      raw.socket.write(`${line}\r\n`);
      await settle();
    }
    await raw.waitFor(ready);
    // 300 s are six of them; of a body one look more may pass before it is judged.
    assert.ok((await drip(raw, long, 50_000)) <= 13);
    assert.match(raw.text(), /^421 4\.4\.2 .*Too slow/m);
    assert.ok(raw.isClosed());
    mock.timers.reset();
    const client = await world.asStranger();
    await client.say('EHLO relay.far.test');
    assert.match(await client.deliver({ to: 'ada@example.org' }), /^250 /);
  });
}

/** The beginning of a TLS record that promises 512 bytes of a hello. */
const hello = `\x16\x03\x01\x02\x00${'\x01\x00\x01\xfc\x03\x03'}${'h'.repeat(90)}`;

test('a byte every 10 s of a TLS handshake ends after 30 s, on the TLS port', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const raw = await open(world.ports.submissions);
  await settle();
  assert.ok((await drip(raw, hello, 10_000)) <= 4);
  assert.ok(raw.isClosed());
  mock.timers.reset();
  assert.match((await connectTo(world.ports.submissions, { tls: true })).greeting, /^220 /);
});

test('and behind STARTTLS', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const raw = await open(world.ports.smtp);
  await raw.waitFor(/^220 /);
  raw.socket.write('EHLO relay.far.test\r\n');
  await raw.waitFor(/^250 SMTPUTF8/m);
  raw.socket.write('STARTTLS\r\n');
  await raw.waitFor(/^220 2\.0\.0/m);
  await settle();
  assert.ok((await drip(raw, hello, 10_000)) <= 4);
  assert.ok(raw.isClosed());
  assert.doesNotMatch(raw.text(), /421/, 'nothing in clear into a handshake');
});

test('who has done the handshake has the idle time again', async () => {
  const client = await world.asNeighbour();
  await client.say('EHLO near.test');
  mock.timers.enable({ apis: ['setTimeout'] });
  await client.say('STARTTLS');
  await client.upgrade();
  await settle();
  mock.timers.tick(31_000);
  await settle();
  mock.timers.tick(31_000);
  await settle();
  assert.match(await client.say('EHLO near.test'), /^250/);
});

test('one address does not fill the places of the handshake', async () => {
  await writeSetting('smtp.maxConnectionsPerAddress', 5, 'test');
  const raws = await Promise.all(
    Array.from({ length: 8 }, () => open(world.ports.submissions, '127.0.0.9')),
  );
  while (raws.filter((raw) => raw.isClosed()).length < 3) await settle();
  await settle();
  assert.equal(raws.filter((raw) => !raw.isClosed()).length, 5);
  assert.match((await connectTo(world.ports.submissions, { tls: true })).greeting, /^220 /);
  for (const raw of raws) raw.socket.destroy();
  await resetSetting('smtp.maxConnectionsPerAddress', 'test');
});

test('300 who say nothing keep nobody waiting, and one more than allowed is told so', async () => {
  const idle = await Promise.all(Array.from({ length: 300 }, () => open(world.ports.smtp)));
  for (const raw of idle) await raw.waitFor(/^220 /);
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  assert.match(await client.deliver({ to: 'ada@example.org' }), /^250 /);
  await writeSetting('smtp.maxConnections', 300, 'test');
  const tooMany = await open(world.ports.smtp);
  await tooMany.waitFor(/^421 /);
  assert.equal(idle.filter((raw) => raw.isClosed()).length, 0);
  for (const raw of [...idle, tooMany]) raw.socket.destroy();
  await settle();
  await resetSetting('smtp.maxConnections', 'test');
});

test('who never reads is no longer read from', async () => {
  const raw = await open(world.ports.smtp);
  await raw.waitFor(/^220 /);
  raw.socket.write('EHLO near.test\r\nMAIL FROM:<eve@far.test>\r\nRCPT TO:<ada@example.org>\r\n');
  await raw.waitFor(/^250 2\.1\.5/m);
  raw.socket.pause();
  // The cheapest command that is answered without end; what the kernel holds must be full first.
  const burst = 'BDAT 0\r\n'.repeat(20_000);
  let isFlowing = true;
  for (let round = 0; round < 100 && isFlowing; round++) {
    isFlowing = raw.socket.write(burst);
    for (let turn = 0; turn < 50 && !isFlowing; turn++) {
      await settle();
      isFlowing = !raw.socket.writableNeedDrain;
    }
  }
  assert.equal(isFlowing, false, 'the server stopped reading');
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  assert.match(await client.deliver({ to: 'ada@example.org', data: sample }), /^250 /);
  raw.socket.destroy();
});
