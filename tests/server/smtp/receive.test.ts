// Port 25: greeting, extensions, recipients, what a delivered message looks like.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { updateAccount } from '#lib/accounts/account.ts';
import { addAlias, removeAlias } from '#lib/accounts/alias.ts';
import { addNetwork, removeNetwork } from '#lib/accounts/network.ts';
import { listQueue } from '#lib/queue/entries.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { sample } from './client.ts';
import { openWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

test('the greeting is the host name, or the setting from the next connection on', async () => {
  assert.equal((await world.asStranger()).greeting, '220 mail.example.org ESMTP Drey');
  await writeSetting('smtp.banner', 'mx.example.org welcomes you', 'test');
  assert.equal((await world.asStranger()).greeting, '220 mx.example.org welcomes you');
  await resetSetting('smtp.banner', 'test');
  assert.equal((await world.asStranger()).greeting, '220 mail.example.org ESMTP Drey');
});

test('EHLO offers what is there, and no AUTH', async () => {
  const client = await world.asStranger();
  await writeSetting('smtp.messageSizeBytes', 1_000_000, 'test');
  const [first, ...features] = (await client.say('EHLO far.test')).split('\n');
  assert.match(first ?? '', /^250-mail\.example\.org /);
  const names = features.map((line) => line.slice(4)).sort();
  assert.deepEqual(names, [
    '8BITMIME',
    'CHUNKING',
    'DSN',
    'ENHANCEDSTATUSCODES',
    'LIMITS RCPTMAX=1000',
    'PIPELINING',
    'SIZE 52428800',
    'SMTPUTF8',
    'STARTTLS',
  ]);
  const later = await world.asStranger();
  assert.match(await later.say('EHLO far.test'), /SIZE 1000000/);
  await resetSetting('smtp.messageSizeBytes', 'test');
  assert.match(await client.say('AUTH PLAIN AGFkYQB4'), /^502 5\.5\.1 /);
});

test('a message arrives with its trace header, and its events are in the trail', async () => {
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  const reply = await client.deliver({ to: 'Ada@Example.ORG' });
  assert.match(reply, /^250 2\.0\.0 Ok: queued as \S+$/);
  const traceId = reply.split(' ').at(-1) ?? '';
  const message = (await world.readInbox(world.ada)).at(-1) ?? '';
  assert.match(
    message,
    /^Return-Path: <eve@far\.test>\r\nDelivered-To: ada@example\.org\r\nAuthentication-Results: mail\.example\.org;\r\n(?: .*\r\n)+Received: from far\.test/,
  );
  assert.match(message, /from far\.test \(relay\.far\.test \[192\.0\.2\.7\]\)/);
  assert.match(message, /by mail\.example\.org with ESMTP id /);
  assert.ok(message.endsWith(sample));
  await flushTrail();
  const events = await listEvents({ traceId });
  assert.deepEqual(events.map((event) => event.kind).sort(), ['delivered', 'received']);
});

test('a name that does not lead back to the address is not told', async () => {
  const client = await world.asStranger('192.0.2.8');
  await client.say('EHLO far.test');
  assert.match(await client.deliver({ to: 'ada@example.org' }), /^250 /);
  const message = (await world.readInbox(world.ada)).at(-1) ?? '';
  assert.match(message, /from far\.test \(\[192\.0\.2\.8\]\)/);
});

test('recipients: who is accepted and who is told what', async (context) => {
  const old = { address: 'old@example.org', targets: ['nobody@example.org'] };
  await addAlias(old, 'test');
  const table: [recipient: string, reply: RegExp, why: string][] = [
    ['ada@example.org', /^250 2\.1\.5 /, 'a user'],
    ['ADA@EXAMPLE.org', /^250 /, 'any case'],
    ['ada+lists@example.org', /^250 /, 'recipient delimiter'],
    ['team@example.org', /^250 /, 'alias to several'],
    ['out@example.org', /^250 /, 'alias to outside'],
    ['anything@example.net', /^250 /, 'catch-all'],
    ['postmaster', /^250 /, 'RFC 5321 §4.5.1'],
    ['postmaster@example.org', /^250 /, 'the same with the domain'],
    ['Postmaster', /^250 /, 'in any case'],
    ['nobody@example.org', /^550 5\.1\.1 /, 'unknown'],
    ['old@example.org', /^550 5\.1\.1 /, 'an alias that leads nowhere'],
    ['carl@elsewhere.test', /^554 5\.7\.1 /, 'relaying'],
  ];
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  await client.say('MAIL FROM:<>');
  for (const [recipient, expected, why] of table) {
    await context.test(`${recipient}: ${why}`, async () => {
      const reply = await client.say(`RCPT TO:<${recipient}>`);
      assert.match(reply, expected);
      assert.doesNotMatch(reply, /\d\.\d+\.\d+ \d\.\d+\.\d+/, 'one enhanced code');
    });
  }
  await removeAlias(old.address, 'test');
});

test('an alias reaches each mailbox once and goes outside with the envelope sender', async () => {
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  const counts = async () => [
    (await world.readInbox(world.ada)).length,
    (await world.readInbox(world.bob)).length,
  ];
  const [ada = 0, bob = 0] = await counts();
  const reply = await client.deliver({
    to: ['team@example.org', 'ada+x@example.org', 'ada@example.org', 'out@example.org'],
  });
  assert.match(reply, /^250 /);
  assert.deepEqual(await counts(), [ada + 1, bob + 1]);
  const { rows } = await listQueue({ search: 'far@elsewhere.test' });
  assert.deepEqual(
    rows.map(({ sender, recipient }) => [sender, recipient]),
    [['eve@far.test', 'far@elsewhere.test']],
  );
});

test('a new alias, a trusted network and a disabled user count at the next recipient', async () => {
  const client = await world.asStranger('198.51.100.9');
  await client.say('EHLO far.test');
  await client.say('MAIL FROM:<eve@far.test>');
  const say = (recipient: string) => client.say(`RCPT TO:<${recipient}>`);
  assert.match(await say('new@example.org'), /^550 5\.1\.1 /);
  await addAlias({ address: 'new@example.org', targets: ['bob@example.org'] }, 'test');
  assert.match(await say('new@example.org'), /^250 /);
  assert.match(await say('carl@elsewhere.test'), /^554 5\.7\.1 /);
  await addNetwork({ cidr: '198.51.100.0/24' }, 'test');
  assert.match(await say('carl@elsewhere.test'), /^250 /);
  await removeNetwork('198.51.100.0/24', 'test');
  assert.match(await say('dora@elsewhere.test'), /^554 5\.7\.1 /);
  await updateAccount(world.bob.id, { isDisabled: true }, 'test');
  assert.match(await say('bob@example.org'), /^550 5\.2\.1 /);
  await updateAccount(world.bob.id, { isDisabled: false }, 'test');
  assert.match(await say('bob@example.org'), /^250 /);
});

test('loopback relays, and the message is in the queue', async () => {
  const client = await world.asNeighbour();
  await client.say('EHLO printer');
  assert.match(await client.deliver({ to: 'Relayed.Name@Elsewhere.TEST' }), /^250 /);
  const { rows } = await listQueue({ search: 'relayed.name' });
  assert.equal(rows.length, 1);
  assert.equal(rows[0]?.recipient, 'Relayed.Name@elsewhere.test');
});

test('sizes: declared too big at MAIL, grown too big at the end, then the session goes on', async () => {
  await writeSetting('smtp.messageSizeBytes', 20_000, 'test');
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  assert.match(await client.say('MAIL FROM:<eve@far.test> SIZE=20001'), /^552 5\.3\.4 /);
  const lines = 'x'.repeat(70).concat('\r\n').repeat(400);
  const reply = await client.deliver({ to: 'ada@example.org', data: `${sample}${lines}` });
  assert.match(reply, /^552 5\.3\.4 /);
  assert.match(await client.deliver({ to: 'ada@example.org' }), /^250 /);
  await resetSetting('smtp.messageSizeBytes', 'test');
});

test('a body without end is cut off', async () => {
  await writeSetting('smtp.messageSizeBytes', 10_240, 'test');
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  await client.say('MAIL FROM:<eve@far.test> SIZE=1');
  await client.say('RCPT TO:<ada@example.org>');
  await client.say('DATA');
  await client.send('x'.repeat(100_000));
  assert.match((await client.readToEnd())[0] ?? '', /^552 5\.3\.4 /);
  await resetSetting('smtp.messageSizeBytes', 'test');
});

test('a header without end is refused, and so is one field too many to be honest', async () => {
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  const data = `X: ${'y'.repeat(600)}\r\n`.repeat(1000);
  assert.match(await client.deliver({ to: 'ada@example.org', data }), /^552 5\.3\.4 /);
  await client.say('RSET');
  const many = `${'X:\r\n'.repeat(60_000)}From: eve@far.test\r\n\r\nText\r\n`;
  assert.match(await client.deliver({ to: 'ada@example.org', data: many }), /^552 5\.3\.4 /);
});

test('too many recipients are put off, not refused for good', async () => {
  await writeSetting('smtp.maxRecipients', 2, 'test');
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  await client.say('MAIL FROM:<eve@far.test>');
  assert.match(await client.say('RCPT TO:<ada@example.org>'), /^250 /);
  assert.match(await client.say('RCPT TO:<bob@example.org>'), /^250 /);
  assert.match(await client.say('RCPT TO:<ada@example.org>'), /^250 /);
  assert.match(await client.say('RCPT TO:<team@example.org>'), /^452 4\.5\.3 /);
  await resetSetting('smtp.maxRecipients', 'test');
});

test('loops: too many Received fields, and an own Delivered-To', async () => {
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  const hops = (count: number) => 'Received: from a by b; x\r\n'.repeat(count);
  assert.match(
    await client.deliver({ to: 'ada@example.org', data: `${hops(51)}${sample}` }),
    /^554 5\.4\.6 /,
  );
  assert.match(
    await client.deliver({ to: 'ada@example.org', data: `${hops(50)}${sample}` }),
    /^250 /,
  );
  const back = `Delivered-To: ADA@example.org\r\n${sample}`;
  assert.match(await client.deliver({ to: 'ada@example.org', data: back }), /^554 5\.4\.6 /);
  assert.match(await client.deliver({ to: 'bob@example.org', data: back }), /^250 /);
  const round = `Delivered-To: out@example.org\r\n${sample}`;
  assert.match(await client.deliver({ to: 'out@example.org', data: round }), /^554 5\.4\.6 /);
});

test('SMTPUTF8: addresses beyond ASCII with the parameter only', async () => {
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  assert.match(await client.say('MAIL FROM:<jürgen@far.test>'), /^553 5\.6\.7 /);
  await client.send(Buffer.from('MAIL FROM:<jürgen@far.test> SMTPUTF8\r\n'));
  assert.match(await client.read(), /^250 /);
  await client.send(Buffer.from('RCPT TO:<grüße@example.net>\r\n'));
  assert.match(await client.read(), /^250 /);
});

test('many refusals end the session', async () => {
  await writeSetting('smtp.maxErrors', 3, 'test');
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  await client.say('MAIL FROM:<eve@far.test>');
  await client.send('RCPT TO:<a1@example.org>\r\n'.repeat(5));
  const replies = await client.readToEnd();
  assert.equal(replies.length, 4);
  assert.match(replies[3] ?? '', /^421 4\.7\.0 /);
  await resetSetting('smtp.maxErrors', 'test');
});

test('connections of one stranger are limited, those of loopback are not', async () => {
  await writeSetting('smtp.maxConnectionsPerAddress', 1, 'test');
  const first = await world.asStranger('203.0.113.5');
  assert.match(first.greeting, /^220 /);
  assert.match((await world.asStranger('203.0.113.5')).greeting, /^421 mail\.example\.org /);
  assert.match((await world.asStranger('203.0.113.6')).greeting, /^220 /);
  await world.asNeighbour();
  assert.match((await world.asNeighbour()).greeting, /^220 /);
  await resetSetting('smtp.maxConnectionsPerAddress', 'test');
});
