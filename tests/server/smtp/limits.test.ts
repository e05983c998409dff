// Many and large: ten thousand recipients, endless repetitions, chunks that lie, and MIME bombs by DATA and BDAT.
// What is over a limit is told, what was taken before stays, and others are served meanwhile.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { db, write } from '#lib/db.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { mimeBombs } from '#tests/support/mime-bombs.ts';
import { sample } from './client.ts';
import { openWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  await writeSetting('smtp.maxErrors', 1000, 'test');
  await writeSetting('checks.messagesPerMinute', 0, 'test');
  await writeSetting('checks.recipientsPerMinute', 0, 'test');
});
after(() => world.close());
beforeEach(() =>
  write(async (tx) => {
    await tx.queueRecipient.deleteMany();
    await tx.queueMessage.deleteMany();
  }),
);

/** Replies to a burst of lines. */
async function burst(client: Awaited<ReturnType<World['asStranger']>>, lines: string[]) {
  await client.send(lines.map((line) => `${line}\r\n`).join(''));
  const replies: string[] = [];
  for (const _ of lines) replies.push(await client.read());
  return replies;
}

const countOf = (replies: string[], code: RegExp) => replies.filter((one) => code.test(one)).length;

test('10,000 recipients at once: the first thousand are taken, the others wait, the message goes', async () => {
  const client = await world.asNeighbour();
  await client.say('EHLO near.test');
  await client.say('MAIL FROM:<ada@example.org>');
  const lines = Array.from({ length: 10_000 }, (_, index) => `RCPT TO:<u${index}@far.test>`);
  const replies = await burst(client, lines);
  assert.equal(countOf(replies.slice(0, 1000), /^250 2\.1\.5 /), 1000);
  assert.equal(countOf(replies.slice(1000), /^452 4\.5\.3 /), 9000);
  await client.say('DATA');
  await client.send(`${sample}.\r\n`);
  assert.match(await client.read(), /^250 /);
  assert.equal(await db.queueMessage.count(), 1);
  assert.equal(await db.queueRecipient.count(), 1000);
});

test('one recipient said without end is counted, too', async () => {
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  await client.say('MAIL FROM:<eve@far.test>');
  const said = await burst(client, Array(2500).fill('RCPT TO:<ada@example.org>'));
  assert.equal(countOf(said, /^250 /), 2000);
  assert.equal(countOf(said, /^452 4\.5\.3 /), 500);
  const before = (await world.readInbox(world.ada)).length;
  await client.say('DATA');
  await client.send(`${sample}.\r\n`);
  assert.match(await client.read(), /^250 /);
  assert.equal((await world.readInbox(world.ada)).length, before + 1);
});

test('guessed recipients end a session that is in no hurry to', async () => {
  await writeSetting('smtp.maxErrors', 20, 'test');
  const client = await world.asStranger('198.51.100.77');
  await client.say('EHLO relay.far.test');
  await client.say('MAIL FROM:<eve@far.test>');
  await client.send('RCPT TO:<guess@example.org>\r\n'.repeat(1000));
  const replies = await client.readToEnd();
  assert.ok(replies.length <= 21);
  assert.match(replies.at(-1) ?? '', /^421 4\.7\.0 /);
  await writeSetting('smtp.maxErrors', 1000, 'test');
});

test('a client that is refused without end does not fill the trail', async () => {
  await writeSetting('checks.unknownRecipientsPerHour', 0, 'test');
  const remote = '198.51.100.88';
  const client = await world.asStranger(remote);
  await client.say('EHLO relay.far.test');
  await client.say('MAIL FROM:<eve@far.test>');
  const said = await burst(client, Array(500).fill('RCPT TO:<guess@example.org>'));
  assert.equal(countOf(said, /^550 5\.1\.1 /), 500);
  await flushTrail();
  const noted = await db.trailEvent.count({ where: { kind: 'refused', remote } });
  assert.ok(noted >= 200 && noted <= 400, `${noted} events of a minute or two`);
  await resetSetting('checks.unknownRecipientsPerHour', 'test');
});

const mail = 'Subject: pieces\r\n\r\n';
const chunks: [name: string, pieces: string[], replies: RegExp[]][] = [
  [
    'NUL and a lone dot are bytes like others',
    [`BDAT ${mail.length + 8} LAST\r\n${mail}a\0b\r\n.\r\n`],
    [/^250 2\.0\.0 Ok: queued/],
  ],
  [
    'commands in the bytes are bytes',
    [`BDAT ${mail.length + 14} LAST\r\n${mail}QUIT\r\nRSET\r\n\r\n`],
    [/^250 2\.0\.0 Ok: queued/],
  ],
  [
    'too small a size: the rest is read as commands, which it is not',
    [`BDAT ${mail.length} LAST\r\n${mail}body\r\n`],
    [/^250 2\.0\.0 Ok: queued/, /^500 5\.5\.2 /],
  ],
  [
    'a bare LF across two chunks',
    [`BDAT ${mail.length + 2}\r\n${mail}a\n`, `BDAT 3 LAST\r\nb\r\n`],
    [/^250 2\.0\.0 \d+ octets/, /^550 5\.6\.11 /],
  ],
  [
    'CR at the end of one chunk, LF at the beginning of the next',
    [`BDAT ${mail.length + 2}\r\n${mail}a\r`, `BDAT 1 LAST\r\n\n`],
    [/^250 2\.0\.0 \d+ octets/, /^250 2\.0\.0 Ok: queued/],
  ],
  ['nothing but LAST', ['BDAT 0 LAST\r\n'], [/^250 2\.0\.0 Ok: queued/]],
  [
    'RSET in the middle',
    [`BDAT 5\r\nabcde`, 'RSET\r\n', 'BDAT 5 LAST\r\nabcde'],
    [/^250 2\.0\.0 5 octets/, /^250 2\.0\.0 /, /^503 5\.5\.1 /],
  ],
  [
    'EHLO in the middle',
    [`BDAT 5\r\nabcde`, 'EHLO relay.far.test\r\n', 'BDAT 0 LAST\r\n'],
    [/^250 2\.0\.0 5 octets/, /^250-/, /^503 5\.5\.1 /],
  ],
];

for (const [name, pieces, expected] of chunks) {
  test(`BDAT: ${name}`, async () => {
    const before = (await world.readInbox(world.ada)).length;
    const client = await world.asStranger();
    await client.say('EHLO relay.far.test');
    await client.say('MAIL FROM:<eve@far.test>');
    await client.say('RCPT TO:<ada@example.org>');
    const replies: string[] = [];
    for (const piece of pieces) {
      await client.send(Buffer.from(piece, 'latin1'));
      replies.push(await client.read());
    }
    while (replies.length < expected.length) replies.push(await client.read());
    for (const [index, pattern] of expected.entries()) assert.match(replies[index] ?? '', pattern);
    assert.match(await client.say('NOOP'), /^250 /, 'in step again');
    const taken = countOf(replies, /queued/);
    assert.equal((await world.readInbox(world.ada)).length, before + taken);
    client.destroy();
  });
}

test('BDAT without LAST, then the end: nothing is left of it', async () => {
  const before = (await world.readInbox(world.ada)).length;
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  await client.say('MAIL FROM:<eve@far.test>');
  await client.say('RCPT TO:<ada@example.org>');
  await client.send(`BDAT ${mail.length}\r\n${mail}`);
  assert.match(await client.read(), /^250 /);
  client.destroy();
  const next = await world.asStranger();
  await next.say('EHLO relay.far.test');
  assert.match(await next.deliver({ to: 'ada@example.org' }), /^250 /);
  assert.equal((await world.readInbox(world.ada)).length, before + 1);
});

test('chunks of nothing, and then the limit of a message in many of them', async () => {
  await writeSetting('smtp.messageSizeBytes', 10_240, 'test');
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  await client.say('MAIL FROM:<eve@far.test>');
  await client.say('RCPT TO:<ada@example.org>');
  const piece = `BDAT 1000\r\n${'x'.repeat(998)}\r\n`;
  const replies: string[] = [];
  for (let count = 0; count < 12; count++) {
    await client.send(piece);
    replies.push(await client.read());
  }
  assert.equal(countOf(replies, /^250 /), 10);
  assert.match(replies[10] ?? '', /^552 5\.3\.4 /);
  assert.match(replies[11] ?? '', /^5/);
  await client.say('RSET');
  assert.match(await client.deliver({ to: 'ada@example.org' }), /^250 /);
  await resetSetting('smtp.messageSizeBytes', 'test');
});

for (const [name, make] of mimeBombs) {
  test(`bomb: ${name}`, async () => {
    const client = await world.asStranger();
    await client.say('EHLO relay.far.test');
    const reply = await client.deliver({ to: 'ada@example.org', data: make() });
    assert.match(reply, /^(250 2\.0\.0|55[0-4] 5\.\d+\.\d+) /);
    client.destroy();
    const next = await world.asStranger();
    await next.say('EHLO relay.far.test');
    assert.match(await next.deliver({ to: 'ada@example.org' }), /^250 /);
    next.destroy();
  });
}

test('a gigabyte in one line is not kept', {
  skip: process.env.DREY_TEST_LARGE !== '1',
}, async () => {
  const socket = connect({ port: world.ports.smtp, host: '127.0.0.1' });
  socket.on('error', () => {});
  const piece = Buffer.alloc(1024 * 1024, 'x');
  const before = process.memoryUsage().rss;
  for (let mb = 0; mb < 1024 && !socket.destroyed; mb++) {
    if (!socket.write(piece)) await new Promise((resolve) => socket.once('drain', resolve));
  }
  assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024);
  socket.destroy();
});
