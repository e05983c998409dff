// The open relay table: what strangers try in order to have their mail sent on. Nothing of it may be accepted,
// and nothing may reach the queue.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { db } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { openWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  await writeSetting('smtp.maxErrors', 1000, 'test');
});
after(() => world.close());

const recipients = [
  'user@ext.test',
  'user%ext.test@example.org',
  // example.net has a catch-all, which must not swallow them either.
  'user%ext.test@example.net',
  'ext.test!user@example.net',
  'user%ext.test',
  '@example.org:user@ext.test',
  '@example.org,@example.net:user@ext.test',
  '"user@ext.test"@example.org',
  '"user@ext.test"@example.net',
  '"user%ext.test"@example.org',
  '"user%ext.test"@example.net',
  'ext.test!user',
  'user@ext.test@example.org',
  'user@example.org@ext.test',
  'user@[192.0.2.1]',
  'user@[IPv6:2001:db8::1]',
  'user@ext.test@[127.0.0.1]',
  '"user@ext.test"',
  'user@example.org\0@ext.test',
  'user@example.org.',
  'user@example.org,user@ext.test',
  'user@ext.test(example.org)',
  '',
  'ada',
];
const senders = ['', 'ada@example.org', 'user@localhost', 'eve@ext.test', 'postmaster@ext.test'];

for (const sender of senders) {
  test(`from <${sender}>`, async (context) => {
    const client = await world.asStranger();
    await client.say('EHLO far.test');
    assert.match(await client.say(`MAIL FROM:<${sender}>`), /^250 /);
    for (const recipient of recipients) {
      await context.test(`to <${recipient}>`, async () => {
        const reply = await client.say(`RCPT TO:<${recipient}>`);
        assert.match(reply, /^5\d\d 5\.\d+\.\d+ /);
      });
    }
    await context.test('without angle brackets', async () => {
      assert.match(await client.say('RCPT TO: user@ext.test'), /^5\d\d /);
    });
    assert.match(await client.say('DATA'), /^503 5\.5\.1 /);
  });
}

test('nothing of that is in the queue', async () => {
  assert.equal(await db.queueRecipient.count(), 0);
});

test('without MAIL there is no RCPT', async () => {
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  assert.match(await client.say('RCPT TO:<ada@example.org>'), /^503 5\.5\.1 /);
});

test('commands that open doors elsewhere are closed', async (context) => {
  const table: [command: string, reply: RegExp][] = [
    ['XCLIENT ADDR=127.0.0.1', /^500 /],
    ['XFORWARD ADDR=127.0.0.1', /^500 /],
    ['WIZ please', /^500 /],
    ['SHELL', /^500 /],
    ['KILL', /^500 /],
    ['EXPN team', /^500 /],
    ['VRFY ada@example.org', /^252 2\.5\.0 /],
    ['VRFY nobody@example.org', /^252 2\.5\.0 /],
    ['MAIL FROM:<eve@far.test> FOO=bar', /^555 5\.5\.4 /],
    ['MAIL FROM:<eve@far.test> AUTH=<>', /^555 5\.5\.4 /],
    ['MAIL FROM:<eve@far.test> BY=120;R', /^555 5\.5\.4 /],
    ['MAIL FROM:<eve@far.test> SIZE=abc', /^501 /],
    ['MAIL FROM:<eve@far.test> BODY=BINARYMIME', /^501 /],
    ['MAIL FROM:<eve@far..test>', /^501 5\.1\.7 /],
    ['MAIL FROM:<eve@-far.test>', /^553 5\.1\.7 /],
    ['MAIL FROM:<eve far@far.test>', /^501 5\.1\.7 /],
    ['NOOP\0', /^500 5\.5\.2 /],
    ['NOOP\rMAIL FROM:<a@b.test>', /^500 5\.5\.2 /],
  ];
  for (const [command, expected] of table) {
    await context.test(JSON.stringify(command), async () => {
      const client = await world.asStranger();
      await client.say('EHLO far.test');
      assert.match(await client.say(command), expected);
    });
  }
});
