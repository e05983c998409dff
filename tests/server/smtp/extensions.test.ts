// What the extensions leave behind: BDAT's message, DSN's wishes in the queue, LMTP's replies one by one, sessions
// handed on by proxies with their real address.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { updateAccount } from '#lib/accounts/account.ts';
import { db } from '#lib/db.ts';
import { dataFolder } from '#lib/env.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { startLmtp } from '#server/smtp/wire/lmtp-listener.ts';
import { connectTo, sample } from './client.ts';
import { openWorld, password, stranger, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const plain = Buffer.from(`\0ada@example.org\0${password}`).toString('base64');

test('chunks become one message, with its last line ended', async () => {
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  await client.say('MAIL FROM:<eve@far.test>');
  await client.say('RCPT TO:<ada@example.org>');
  const bytes = `${sample}.\r\n..\r\n.\r\nQUIT`;
  for (let at = 0; at < bytes.length; at += 7) {
    const piece = bytes.slice(at, at + 7);
    const isLast = at + 7 >= bytes.length;
    await client.send(`BDAT ${piece.length}${isLast ? ' LAST' : ''}\r\n`, ...piece);
    assert.match(await client.read(), isLast ? /^250 2\.0\.0 Ok: queued/ : /octets received$/);
  }
  const message = (await world.readInbox(world.ada)).at(-1) ?? '';
  assert.ok(message.endsWith(`${bytes}\r\n`), message);
});

test('a message in chunks that grows over the limit is refused, and its bytes are not commands', async () => {
  await writeSetting('smtp.messageSizeBytes', 20_000, 'test');
  const count = (await world.readInbox(world.ada)).length;
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  await client.say('MAIL FROM:<eve@far.test>');
  await client.say('RCPT TO:<ada@example.org>');
  await client.send(`BDAT 15000\r\n${'a'.repeat(15_000)}`);
  assert.match(await client.read(), /^250 /);
  await client.send(`BDAT 15000\r\n${'RSET\r\n'.repeat(2500)}`);
  assert.match(await client.read(), /^552 5\.3\.4 /);
  await client.send('BDAT 6\r\nRSET\r\n');
  assert.match(await client.read(), /^503 5\.5\.1 The message has failed/);
  assert.match(await client.say('RSET'), /^250 /);
  assert.match(await client.deliver({ to: 'ada@example.org' }), /^250 /);
  assert.equal((await world.readInbox(world.ada)).length, count + 1);
  await resetSetting('smtp.messageSizeBytes', 'test');
});

test('a connection that breaks between chunks leaves nothing', async () => {
  const count = (await world.readInbox(world.ada)).length;
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  await client.say('MAIL FROM:<eve@far.test>');
  await client.say('RCPT TO:<ada@example.org>');
  await client.send(`BDAT 10\r\n${'a'.repeat(10)}`);
  assert.match(await client.read(), /^250 /);
  client.destroy();
  const next = await world.asStranger();
  await next.say('EHLO far.test');
  assert.match(await next.deliver({ to: 'ada@example.org' }), /^250 /);
  assert.equal((await world.readInbox(world.ada)).length, count + 1);
});

test('DSN wishes of a user stand in the queue', async () => {
  const client = await connectTo(world.ports.submissions, { tls: true });
  await client.say('EHLO far.test');
  assert.match(await client.say(`AUTH PLAIN ${plain}`), /^235 /);
  await client.say('MAIL FROM:<ada@example.org> RET=HDRS ENVID=QQ+2B314');
  assert.match(
    await client.say(
      'RCPT TO:<far@elsewhere.test> NOTIFY=success,delay ORCPT=rfc822;Far+2B1@x.test',
    ),
    /^250 2\.1\.5 /,
  );
  assert.match(await client.say('DATA'), /^354 /);
  await client.send('From: ada@example.org\r\n\r\nHi.\r\n.\r\n');
  assert.match(await client.read(), /^250 /);
  const row = await db.queueRecipient.findFirstOrThrow({
    where: { recipient: 'far@elsewhere.test' },
  });
  assert.deepEqual([row.notify, row.originalTo], ['SUCCESS,DELAY', 'rfc822;Far+1@x.test']);
  const message = await db.queueMessage.findUniqueOrThrow({ where: { id: row.messageId } });
  assert.deepEqual([message.ret, message.envid], ['HDRS', 'QQ+314']);
});

test('LMTP over a socket file: the full mailbox alone is refused', async (context) => {
  const path = join(dataFolder(), 'lmtp');
  await writeSetting('smtp.hasLmtp', true, 'test');
  await writeSetting('smtp.lmtpSocket', path, 'test');
  const lmtp = await startLmtp();
  context.after(() => lmtp.stop());
  await updateAccount(world.bob.id, { quotaBytes: 1_000_000 }, 'test');
  const socket = connect(path);
  const lines: string[] = [];
  socket.on('data', (bytes: Buffer) => lines.push(...bytes.toString().trimEnd().split('\r\n')));
  await once(socket, 'data');
  const body = `${sample}${'x'.repeat(70).concat('\r\n').repeat(20_000)}`;
  socket.write(
    'LHLO mta.test\r\nMAIL FROM:<eve@far.test>\r\nRCPT TO:<bob@example.org>\r\nRCPT TO:<ada@example.org>\r\n' +
      `RCPT TO:<bob@example.org>\r\nDATA\r\n${body}.\r\nQUIT\r\n`,
  );
  await once(socket, 'close');
  const codes = lines.slice(lines.findIndex((line) => line.startsWith('354')) + 1);
  assert.deepEqual(
    codes.map((line) => line.slice(0, 9)),
    ['452 4.2.2', '250 2.0.0', '452 4.2.2', '221 2.0.0'],
  );
  const message = (await world.readInbox(world.ada)).at(-1) ?? '';
  assert.match(message, /from mta\.test \(\[127\.0\.0\.1\]\)[\s\S]*with LMTP id/);
  assert.doesNotMatch(message, /Authentication-Results/);
  // The listener goes with the setting.
  await resetSetting('smtp.hasLmtp', 'test');
  await lmtp.stop();
  await assert.rejects(once(connect(path), 'connect'));
});

test('the PROXY header comes before TLS; who is named and sends none is not served', async () => {
  await writeSetting('smtp.proxyHosts', ['127.0.0.0/8'], 'test');
  const socket = connect({ port: world.ports.submissions, host: '127.0.0.1' });
  socket.write('PROXY TCP4 192.0.2.55 198.51.100.1 4711 465\r\n');
  const secured = connectTls({ socket, rejectUnauthorized: false });
  const [greeting] = (await once(secured, 'data')) as [Buffer];
  assert.match(greeting.toString(), /^220 mail\.example\.org /);
  secured.destroy();
  const bare = connectTls({
    port: world.ports.submissions,
    host: '127.0.0.1',
    rejectUnauthorized: false,
  });
  await assert.rejects(once(bare, 'secureConnect'));
  const relayed = connect({ port: world.ports.smtp, host: '127.0.0.1' });
  const texts: string[] = [];
  relayed.on('data', (bytes: Buffer) => texts.push(bytes.toString()));
  relayed.write(`PROXY TCP4 ${stranger} 198.51.100.1 4711 25\r\n`);
  await once(relayed, 'data');
  relayed.write(
    'EHLO far.test\r\nMAIL FROM:<eve@far.test>\r\nRCPT TO:<ada@example.org>\r\nDATA\r\n',
  );
  while (!texts.join('').includes('354')) await once(relayed, 'data');
  relayed.write(`${sample}.\r\nQUIT\r\n`);
  await once(relayed, 'close');
  assert.match(
    (await world.readInbox(world.ada)).at(-1) ?? '',
    /relay\.far\.test \[192\.0\.2\.7\]/,
  );
  await resetSetting('smtp.proxyHosts', 'test');
});
