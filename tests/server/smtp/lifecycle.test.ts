// Durability, many at once, broken connections, slow clients, and the stop.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import { dataFolder } from '#lib/env.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { startSmtpServers } from '#server/smtp/servers.ts';
import { connectTo, sample } from './client.ts';
import { openWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

test('when the 250 comes, another connection to the database can read the message', async () => {
  const other = new Database(join(dataFolder(), 'drey.db'), { readonly: true });
  const count = () =>
    (other.prepare('SELECT count(*) AS n FROM "Message"').get() as { n: number }).n;
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  for (let round = 0; round < 20; round++) {
    const earlier = count();
    assert.match(await client.deliver({ to: 'ada@example.org' }), /^250 /);
    assert.equal(count(), earlier + 1);
  }
  other.close();
});

test('50 messages at once, all of them there once', async () => {
  const earlier = (await world.readInbox(world.bob)).length;
  const replies = await Promise.all(
    Array.from({ length: 50 }, async (_, number) => {
      const client = await world.asNeighbour();
      await client.say('EHLO far.test');
      const data = `Subject: number ${number}\r\n\r\n${'x'.repeat(number * 40)}\r\n`;
      const reply = await client.deliver({ to: 'bob@example.org', data });
      client.destroy();
      return reply;
    }),
  );
  assert.ok(replies.every((reply) => reply.startsWith('250 2.0.0 ')));
  assert.equal(new Set(replies).size, 50);
  const subjects = (await world.readInbox(world.bob))
    .slice(earlier)
    .map((message) => /number (\d+)/.exec(message)?.[1]);
  assert.equal(new Set(subjects).size, 50);
});

test('a whole session in one burst, byte by byte, and cut in two anywhere', async () => {
  const session =
    'EHLO far.test\r\nMAIL FROM:<eve@far.test>\r\nRCPT TO:<nobody@example.org>\r\n' +
    'RCPT TO:<ada@example.org>\r\nDATA\r\n';
  // RFC 2920 §3.1: what follows DATA waits for its answer.
  const rest = `${sample}..dot\r\n.\r\nRSET\r\nNOOP\r\nQUIT\r\n`;
  const cutAll = (text: string) => {
    const cuts = [[text], [...text]];
    for (let at = 1; at < text.length; at += 7) cuts.push([text.slice(0, at), text.slice(at)]);
    return cuts;
  };
  const both = [
    ...cutAll(session).map((pieces) => [pieces, [rest]] as const),
    ...cutAll(rest).map((pieces) => [[session], pieces] as const),
  ];
  for (const [first, second] of both) {
    const client = await world.asStranger();
    await client.send(...first);
    const codes: string[] = [];
    while (codes.at(-1) !== '354') codes.push((await client.read()).slice(0, 3));
    await client.send(...second);
    codes.push(...(await client.readToEnd()).map((reply) => reply.slice(0, 3)));
    const pieces = [...first, ...second];
    const how = pieces
      .map((piece) => piece.length)
      .join('+')
      .slice(0, 20);
    assert.deepEqual(codes, ['250', '250', '550', '250', '354', '250', '250', '250', '221'], how);
    const message = (await world.readInbox(world.ada)).at(-1) ?? '';
    assert.ok(message.endsWith(`${sample}.dot\r\n`), how);
  }
});

test('a connection that breaks during DATA leaves nothing', async () => {
  const earlier = (await world.readInbox(world.ada)).length;
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  await client.say('MAIL FROM:<eve@far.test>');
  await client.say('RCPT TO:<ada@example.org>');
  await client.say('DATA');
  await client.send(sample);
  client.destroy();
  const next = await world.asStranger();
  await next.say('EHLO far.test');
  assert.match(await next.deliver({ to: 'ada@example.org' }), /^250 /);
  assert.equal((await world.readInbox(world.ada)).length, earlier + 1);
});

test('where the disk fails, the answer is temporary, and nothing is stored', async () => {
  const folder = join(dataFolder(), 'blobs');
  rmSync(folder, { recursive: true, force: true });
  writeFileSync(folder, 'in the way');
  const earlier = (await world.readInbox(world.ada)).length;
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  const data = `${sample}${'x'.repeat(70).concat('\r\n').repeat(60_000)}`;
  assert.match(await client.deliver({ to: 'ada@example.org', data }), /^451 4\.3\.0 /);
  rmSync(folder);
  assert.match(await client.deliver({ to: 'ada@example.org', data }), /^250 /);
  assert.equal((await world.readInbox(world.ada)).length, earlier + 1);
});

test('RSET, EHLO and a new MAIL forget the recipients', async () => {
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  for (const forget of ['RSET', 'EHLO far.test', 'HELO far.test']) {
    await client.say('MAIL FROM:<eve@far.test>');
    assert.match(await client.say('RCPT TO:<ada@example.org>'), /^250 /);
    assert.match(await client.say(forget), /^250/);
    assert.match(await client.say('DATA'), /^503 /);
    assert.match(await client.say('RCPT TO:<ada@example.org>'), /^503 /);
  }
  await client.say('MAIL FROM:<eve@far.test>');
  assert.match(await client.say('MAIL FROM:<eve@far.test>'), /^503 /);
});

test('too long a command line is refused once, at its end, and the session goes on', async () => {
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  for (const length of [2044, 2100, 3000, 16_385, 300_000]) {
    const reply = await client.say(`NOOP ${'x'.repeat(length - 5)}`);
    assert.match(reply, length <= 2048 ? /^250 2\.0\.0 / : /^500 5\.5\.2 Line too long/);
  }
  assert.match(await client.deliver({ to: 'ada@example.org' }), /^250 /);
});

test('a client that talks before the greeting is refused', async () => {
  await writeSetting('smtp.greetingDelayMs', 30_000, 'test');
  process.env.DREY_TEST_ADDRESS_MAP = '127.0.0.1=192.0.2.99';
  const early = connectTo(world.ports.smtp, { early: 'EHLO far.test\r\n' });
  assert.match((await early).greeting, /^554 .*before you are greeted/);
  delete process.env.DREY_TEST_ADDRESS_MAP;
  const trusted = await world.asNeighbour();
  assert.match(trusted.greeting, /^220 /);
  await writeSetting('smtp.greetingDelayMs', 0, 'test');
});

test('two hundred commands without mail are too many', async () => {
  const client = await world.asStranger();
  await client.send('NOOP\r\n'.repeat(200));
  const replies = await client.readToEnd();
  assert.match(replies.at(-1) ?? '', /^421 4\.7\.0 /);
  assert.equal(replies.length, 101);
});

test('a stop says goodbye to who waits, and ends soon', async () => {
  const servers = await startSmtpServers();
  const idle = await connectTo(servers.ports?.smtp ?? 0);
  const busy = await connectTo(servers.ports?.smtp ?? 0);
  await busy.say('EHLO far.test');
  await busy.say('MAIL FROM:<eve@far.test>');
  await busy.say('RCPT TO:<ada@example.org>');
  await busy.say('DATA');
  const stopped = servers.stop();
  assert.match(await idle.read(), /^421 4\.3\.2 /);
  await busy.send(sample, '.\r\n');
  assert.match(await busy.read(), /^250 /);
  await stopped;
  await assert.rejects(connectTo(servers.ports?.smtp ?? 0));
});
