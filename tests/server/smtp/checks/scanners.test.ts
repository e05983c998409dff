// Outside scanners over loopback sockets: what they say, and what happens when they say nothing sensible.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import {
  type Fake,
  type HttpSeen,
  type MilterScript,
  startClamav,
  startFake,
  startMilter,
  startRspamd,
  type Told,
} from '../content/fake-scanners.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
let folder: string;
const fakes: Fake[] = [];
const changed = new Set<string>();

before(async () => {
  world = await openWorld();
  folder = mkdtempSync(join(tmpdir(), 'drey-scan-'));
  for (const name of ['connectionsPerMinute', 'messagesPerMinute', 'recipientsPerMinute']) {
    await writeSetting(`checks.${name}`, 0, 'test');
  }
});
after(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  await Promise.all(fakes.splice(0).map((fake) => fake.close()));
  for (const key of changed) await resetSetting(key, 'test');
  changed.clear();
});

async function set(key: string, value: unknown): Promise<void> {
  changed.add(key);
  await writeSetting(key, value, 'test');
}

async function use(fake: Promise<Fake>): Promise<Fake> {
  const started = await fake;
  fakes.push(started);
  return started;
}

const sample = 'From: eve@far.test\r\nTo: ada@example.org\r\nSubject: Hello\r\n\r\nHi.\r\n';

async function send(data = sample): Promise<string> {
  const client = await world.asStranger();
  try {
    await client.say('EHLO relay.far.test');
    return await client.deliver({ to: 'ada@example.org', data });
  } finally {
    client.destroy();
  }
}

const latest = async (folderName = 'INBOX') =>
  (await world.readInbox(world.ada, folderName)).at(-1) ?? '';

test('ClamAV: clean, found, and where the found goes', async () => {
  const seen: Buffer[] = [];
  const judge = (bytes: Buffer) =>
    bytes.includes('EICAR') ? 'stream: Eicar-Test-Signature FOUND' : 'stream: OK';
  const path = join(folder, 'clamd.sock');
  await use(startClamav(judge, { path, seen }));
  await set('content.clamav', path);
  assert.match(await send(), /^250 /);
  assert.match(String(seen[0]), /^From: eve.*Hi\.\r\n$/s);
  const ill = sample.replace('Hi.', 'EICAR');
  assert.match(await send(ill), /^550 5\.7\.1 .*Eicar-Test-Signature/);
  await set('content.clamavFound', 'junk');
  assert.match(await send(ill), /^250 /);
  assert.match(await latest('Junk'), /EICAR/);
  const large = sample + `${'x'.repeat(70)}\r\n`.repeat(20_000);
  assert.match(await send(`${large}EICAR\r\n`), /^250 /);
  assert.ok((seen.at(-1)?.length ?? 0) > 1_400_000, 'a large one comes whole');
  await set('content.scanBytes', 65_536);
  const count = seen.length;
  assert.match(await send(`${large}EICAR\r\n`), /^250 /);
  assert.equal(seen.length, count, 'too large to ask');
});

const clamavTroubles: [string, () => Promise<Fake>][] = [
  ['slow', () => startFake(() => {})],
  ['lying', () => startClamav(() => 'HTTP/1.1 200 OK')],
  ['its limit', () => startClamav(() => 'INSTREAM size limit exceeded. ERROR')],
  ['endless', () => startFake((socket) => void socket.write('x'.repeat(100_000)))],
  ['hanging up', () => startFake((socket) => void socket.destroy())],
  ['dying half way', () => startFake((socket) => void socket.once('data', () => socket.destroy()))],
];
for (const [name, start] of clamavTroubles) {
  test(`ClamAV in trouble: ${name}`, async () => {
    const { address } = await use(start());
    await set('content.clamav', `inet:${address}`);
    await set('content.scanSeconds', 2);
    assert.match(await send(), /^451 4\.7\.1 /);
    if (name === 'slow') return;
    await set('content.clamavTrouble', 'accept');
    assert.match(await send(), /^250 /);
  });
}

test('ClamAV is not there at all', async () => {
  await set('content.clamav', join(folder, 'nothing.sock'));
  assert.match(await send(), /^451 4\.7\.1 /);
});

const rspamdActions: [unknown, RegExp, string][] = [
  [{ action: 'no action', score: 0.1, symbols: {} }, /^250 /, 'INBOX'],
  [{ action: 'add header', score: 7 }, /^250 /, 'Junk'],
  [{ action: 'rewrite subject', score: 7 }, /^250 /, 'Junk'],
  [{ action: 'greylist', score: 4 }, /^451 4\.7\.1 /, ''],
  [
    { action: 'soft reject', messages: { smtp_message: 'Slow\r\ndown' } },
    /^451 4\.7\.1 Slow {2}down$/,
    '',
  ],
  [
    { action: 'reject', score: 20, messages: { smtp_message: 'Spam here' } },
    /^550 5\.7\.1 Spam here/,
    '',
  ],
  [{ action: 'reject', symbols: [null, 5, { name: 7 }] }, /^550 5\.7\.1 /, ''],
  [{ action: 'something new' }, /^250 /, 'INBOX'],
  ['not JSON', /^451 4\.7\.1 /, ''],
  [null, /^451 4\.7\.1 /, ''],
  [{ score: 1 }, /^451 4\.7\.1 /, ''],
  ['x'.repeat(2_000_000), /^451 4\.7\.1 /, ''],
  ['die', /^451 4\.7\.1 /, ''],
];
for (const [answer, expected, where] of rspamdActions) {
  test(`rspamd: ${JSON.stringify(answer).slice(0, 60)}`, async () => {
    const seen: HttpSeen[] = [];
    const { address } = await use(startRspamd(() => answer, seen));
    await set('content.rspamdUrl', address);
    const mark = `m${Math.random()}`;
    assert.match(await send(sample.replace('Hi.', mark)), expected);
    if (where) assert.match(await latest(where), new RegExp(mark));
    const { url, headers, body } = seen[0] as HttpSeen;
    assert.equal(url, '/checkv2');
    assert.deepEqual(
      [headers.from, headers.rcpt, headers.ip, headers.helo],
      ['eve@far.test', 'ada@example.org', '192.0.2.7', 'relay.far.test'],
    );
    assert.match(body, /^From: eve.*\r\n$/s);
  });
}

test('rspamd that does not answer in time', async () => {
  const { address } = await use(startRspamd(() => 'wait'));
  await set('content.rspamdUrl', address);
  await set('content.scanSeconds', 2);
  await set('content.rspamdTrouble', 'accept');
  assert.match(await send(), /^250 /);
});

test('a milter hears everything and may add fields', async () => {
  const told: Told[] = [];
  const script: MilterScript = {
    reply: ({ code }) =>
      code === 'E'
        ? [
            ['p', ''],
            ['h', 'X-Milter\0one\r\nX-Evil: two\0'],
            ['i', '\0\0\0\u0001X-First\0 zero\0'],
            ['h', 'Bad Name\0x\0'],
            ['a', ''],
          ]
        : 'c',
  };
  const path = join(folder, 'milter.sock');
  await use(startMilter(script, told, path));
  await set('content.milters', [`unix:${path}`]);
  assert.match(await send(), /^250 /);
  const message = await latest();
  assert.match(message, /^X-Milter: one X-Evil: two\r\n/m);
  assert.match(message, /^X-First: zero\r\n/m);
  assert.doesNotMatch(message, /^X-Evil|^Bad/m);
  const steps = told.map(({ code }) => code).join('');
  assert.equal(steps, 'ODCDHDMDRDTLLLNBEQ');
  const data = (code: string) => told.find((each) => each.code === code)?.data;
  assert.equal(data('C'), 'relay.far.test\u00004\0\u0000192.0.2.7\0');
  assert.equal(data('M'), '<eve@far.test>\0');
  assert.equal(data('L'), 'From\0eve@far.test\0');
  assert.equal(data('B'), 'Hi.\r\n');
});

test('a milter that wants little is told little', async () => {
  const told: Told[] = [];
  // Everything but RCPT and the end; RCPT without an answer.
  const steps = 0x1 | 0x2 | 0x4 | 0x10 | 0x20 | 0x40 | 0x200 | 0x8000;
  const reply = ({ code }: Told) => (code === 'E' ? 'c' : null);
  const { address } = await use(startMilter({ steps, reply }, told));
  await set('content.milters', [`inet:${address}`]);
  assert.match(await send(), /^250 /);
  assert.equal(told.map(({ code }) => code).join(''), 'ODREQ');
});

const decisions: [string, MilterScript['reply'], RegExp][] = [
  ['reject at HELO', ({ code }) => (code === 'H' ? 'r' : 'c'), /^550 5\.7\.1 /],
  ['tempfail at RCPT', ({ code }) => (code === 'R' ? 't' : 'c'), /^451 4\.7\.1 /],
  ['accept early', ({ code }) => (code === 'M' ? 'a' : 'c'), /^250 /],
  [
    'own words for good',
    ({ code }) => (code === 'E' ? 'y550 5.7.99 Not\r\n250 this\0' : 'c'),
    /^550 5\.7\.1 Not$/,
  ],
  [
    'own words for now',
    ({ code }) => (code === 'E' ? 'y421 4.3.2 Later\0' : 'c'),
    /^451 4\.7\.1 Later$/,
  ],
  ['discard', ({ code }) => (code === 'E' ? 'd' : 'c'), /^250 /],
  ['skip the body', ({ code }) => (code === 'B' ? 's' : 'c'), /^250 /],
  ['dying half way', ({ code }) => (code === 'N' ? 'die' : 'c'), /^451 4\.7\.1 /],
  ['nonsense', ({ code }) => (code === 'M' ? '?' : 'c'), /^451 4\.7\.1 /],
  [
    'no end of signs of life',
    ({ code }) =>
      code === 'E' ? Array.from({ length: 6000 }, (): [string, string] => ['p', '']) : 'c',
    /^451 4\.7\.1 /,
  ],
];
for (const [name, reply, expected] of decisions) {
  test(`milter: ${name}`, async () => {
    const { address } = await use(startMilter({ reply }));
    await set('content.milters', [address]);
    const before = (await world.readInbox(world.ada)).length;
    assert.match(await send(), expected);
    if (name === 'discard') assert.equal((await world.readInbox(world.ada)).length, before);
  });
}

const milterTroubles: [string, () => Promise<Fake>][] = [
  ['silent', () => startFake(() => {})],
  ['no milter', () => startFake((socket) => void socket.write('220 mail.test ESMTP\r\n'))],
  ['huge packets', () => startFake((socket) => void socket.write(Buffer.alloc(8, 0xff)))],
  ['wants to change bodies', () => startMilter({ actions: 0x3f })],
];
for (const [name, start] of milterTroubles) {
  test(`milter in trouble: ${name}`, async () => {
    const { address } = await use(start());
    await set('content.milters', [address]);
    await set('content.scanSeconds', 2);
    await set('content.milterTrouble', 'accept');
    assert.match(await send(), /^250 /);
    if (name === 'silent') return;
    await set('content.milterTrouble', 'defer');
    assert.match(await send(), /^451 4\.7\.1 /);
  });
}

test('a milter may hold a message, and the second one is asked all the same', async () => {
  const reply = ({ code }: Told): string | [string, string][] =>
    code === 'E'
      ? [
          ['q', 'odd one\0'],
          ['c', ''],
        ]
      : 'c';
  const told: Told[] = [];
  const first = await use(startMilter({ reply }));
  const second = await use(startMilter({}, told));
  await set('content.milters', [first.address, second.address]);
  const before = (await world.readInbox(world.ada)).length;
  assert.match(await send(), /^250 /);
  assert.equal((await world.readInbox(world.ada)).length, before, 'it waits in the queue');
  assert.ok(told.some(({ code }) => code === 'E'));
});
