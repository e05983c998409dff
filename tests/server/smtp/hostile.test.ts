// Nonsense in every state of a session, on every port: each line gets at most one refusal, no state opens a
// door, and the next client is served as if nothing had been.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { db } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { refreshCertificates } from '#server/tls/certificate.ts';
import { connectTo, sample } from './client.ts';
import { openWorld, stranger, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  await writeSetting('smtp.maxErrors', 1000, 'test');
});
after(() => world.close());

const states = [
  [],
  ['EHLO far.test'],
  ['EHLO far.test', 'MAIL FROM:<eve@far.test>'],
  ['EHLO far.test', 'MAIL FROM:<eve@far.test>', 'RCPT TO:<ada@example.org>'],
];
const nonsense = [
  '',
  ' ',
  '\t',
  'X'.repeat(2000),
  'EHLO',
  'EHLO a b',
  'EHLO \x1b[31m',
  'HELO a\x85b',
  `EHLO ${'h'.repeat(500)}`,
  'MAIL',
  'MAIL FROM',
  'MAIL FROM:',
  'MAIL FROM:<a@b.test',
  'MAIL FROM:<a@b.test> SIZE=99999999999999999999999',
  'MAIL FROM:<a@b.test> SIZE=1 SIZE=2',
  'MAIL FROM:<a@b.test> =',
  'MAIL FROM:<a@b.test> __proto__=1',
  'MAIL FROM:<a@b.test> constructor',
  `MAIL FROM:<${'a'.repeat(300)}@b.test>`,
  'RCPT TO:<>',
  'RCPT TO:<@>',
  'RCPT TO:<a@b@c>',
  'RCPT TO:<ada@example.org> NOTIFY=NEVER',
  'RCPT TO:<ada@example.org> ORCPT=rfc822;x+0D+0Ay',
  'RCPT TO:<\u202eada@elsewhere.test>',
  'RCPT TO:<a\u200bda@example.org>',
  'DATA x',
  'BDAT 0 LAST',
  'BDAT',
  'BDAT -1',
  'BDAT 9223372036854775808 LAST',
  'BDAT 1 LAST more',
  'AUTH',
  'AUTH PLAIN',
  `AUTH PLAIN ${'A'.repeat(1900)}`,
  'STARTTLS please',
  'ETRN example.org',
  'constructor',
  '__proto__',
  'toString',
  'handler_EHLO',
];

for (const state of states) {
  test(`after ${state.at(-1) ?? 'the greeting'}`, async () => {
    for (const line of nonsense) {
      const client = await world.asStranger();
      for (const each of state) await client.say(each);
      await client.send(Buffer.from(`${line}\r\n`));
      const reply = await client.read();
      assert.match(reply, /^[245]\d\d/, JSON.stringify(line));
      assert.doesNotMatch(reply, /[\x00-\x08\x0b-\x1f\x7f]/);
      client.destroy();
    }
  });
}

test('no nonsense relays, and lines that begin well do not end badly', async () => {
  assert.equal(await db.queueRecipient.count(), 0);
  const client = await world.asStranger();
  assert.match(await client.say('GET / HTTP/1.1'), /^421 /);
});

test('bytes that are no SMTP at all, cut anywhere', async () => {
  const bytes = Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 151 + 7) % 256));
  for (const port of Object.values(world.ports)) {
    for (const length of [1, 100, 4096]) {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.on('error', () => {});
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.write(bytes.subarray(0, length));
      await new Promise((resolve) => setImmediate(resolve));
      socket.resetAndDestroy();
    }
  }
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  assert.match(await client.deliver({ to: 'ada@example.org' }), /^250 /);
});

test('a broken handshake behind STARTTLS ends that connection only', async () => {
  const client = await connectTo(world.ports.smtp);
  await client.say('EHLO far.test');
  await client.say('STARTTLS');
  await client.send('this is no hello\r\n'.repeat(10));
  assert.deepEqual(await client.readToEnd(), []);
  assert.match((await world.asStranger()).greeting, /^220 /);
});

test('replies to a client that never reads do not pile up', async () => {
  process.env.DREY_TEST_ADDRESS_MAP = `127.0.0.1=${stranger}`;
  const socket = connect({ port: world.ports.smtp, host: '127.0.0.1' });
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('readable', resolve));
  delete process.env.DREY_TEST_ADDRESS_MAP;
  socket.pause();
  const isTaken = socket.write('NOOP\r\n'.repeat(100_000));
  assert.equal(typeof isTaken, 'boolean');
  assert.match((await world.asStranger()).greeting, /^220 /);
  socket.destroy();
});

test('a new certificate is used from the next handshake on, on all ports', async () => {
  await writeSetting('server.hostname', 'new.example.org', 'test');
  await refreshCertificates();
  const nameOf = (socket: ReturnType<typeof connectTls>) =>
    new Promise<unknown>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        resolve(socket.getPeerCertificate().subject.CN);
        socket.destroy();
      });
    });
  const options = { host: '127.0.0.1', rejectUnauthorized: false };
  const implicit = connectTls({ ...options, port: world.ports.submissions });
  assert.equal(await nameOf(implicit), 'new.example.org');
  const plain = connect({ port: world.ports.smtp, host: '127.0.0.1' });
  const next = () => new Promise((resolve) => plain.once('data', resolve));
  await next();
  plain.write('EHLO far.test\r\n');
  await next();
  plain.write('STARTTLS\r\n');
  await next();
  assert.equal(await nameOf(connectTls({ ...options, socket: plain })), 'new.example.org');
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  assert.match(await client.deliver({ to: 'ada@example.org', data: sample }), /^250 /);
});
