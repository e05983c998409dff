// SMTP smuggling: only CRLF.CRLF ends a message, however the bytes are cut into segments, and a body with a
// bare CR or LF is refused whole.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { writeSetting } from '#lib/settings/index.ts';
import { openWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  await writeSetting('smtp.maxErrors', 1000, 'test');
});
after(() => world.close());

const before_ = 'Subject: a\r\n\r\nbody';
const after_ =
  'MAIL FROM:<evil@far.test>\r\nRCPT TO:<ada@example.org>\r\nDATA\r\nX: y\r\n\r\nsmug\r\n.\r\n';

/** False ends of data, and whether they hold a bare newline. */
const ends: [end: string, hasBare: boolean][] = [
  ['\n.\n', true],
  ['\n.\r\n', true],
  ['\r\n.\n', true],
  ['\r.\r', true],
  ['\r.\r\n', true],
  ['\r\n.\r', true],
  ['\r.\n', true],
  ['\n.\r', true],
  ['\r\n.\r\r\n', true],
  ['\n\n.\r\n', true],
  ['\r\n\0.\r\n', false],
  ['\r\n.\0\r\n', false],
  ['\r\n..\r\n', false],
  ['\r\n. \r\n', false],
];

async function send(pieces: string[]): Promise<{ replies: string[]; stored: string[] }> {
  const count = (await world.readInbox(world.ada)).length;
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  await client.say('MAIL FROM:<eve@far.test>');
  await client.say('RCPT TO:<ada@example.org>');
  assert.match(await client.say('DATA'), /^354 /);
  await client.send(...pieces);
  await client.send('QUIT\r\n');
  const replies = await client.readToEnd();
  return { replies, stored: (await world.readInbox(world.ada)).slice(count) };
}

function cutAll(end: string): string[][] {
  const whole = `${before_}${end}${after_}`;
  const cuts = [[whole], [...whole]];
  for (let at = 0; at <= end.length; at++) {
    const place = before_.length + at;
    cuts.push([whole.slice(0, place), whole.slice(place)]);
  }
  return cuts;
}

for (const [end, hasBare] of ends) {
  test(`${JSON.stringify(end)} does not end a message`, async () => {
    for (const pieces of cutAll(end)) {
      const { replies, stored } = await send(pieces);
      const how = pieces.map((piece) => piece.length).join('+');
      assert.equal(replies.length, 2, `${how}: ${replies.join(' | ')}`);
      assert.match(replies[0] ?? '', hasBare ? /^550 5\.6\.11 / : /^250 2\.0\.0 /, how);
      assert.match(replies[1] ?? '', /^221 /, how);
      assert.equal(stored.length, hasBare ? 0 : 1, how);
    }
  });
}

test('CRLF.CRLF does; a second message pipelined behind it with its DATA is out of step', async () => {
  for (const pieces of cutAll('\r\n.\r\n')) {
    const { replies, stored } = await send(pieces);
    const codes = replies.map((reply) => reply.slice(0, 3));
    // RFC 2920 §3.1: DATA is the last of its group. A client whose bytes come one by one may have waited.
    if (pieces.length === 2 || pieces.length === 1) {
      assert.deepEqual(codes, ['250', '250', '250', '554']);
      assert.match(replies[3] ?? '', /^554 5\.5\.0 /);
      assert.equal(stored.length, 1);
      continue;
    }
    assert.deepEqual(
      codes.slice(0, 4).join(' '),
      codes[3] === '354' ? '250 250 250 354' : '250 250 250 554',
    );
  }
});

test('a first line ".." cut after its first dot stays content', async () => {
  for (const pieces of [
    ['.', '.\r\nmore\r\n.\r\n'],
    ['..', '\r\nmore\r\n.\r\n'],
    ['..\r\nmore\r\n.\r\n'],
  ]) {
    const { replies, stored } = await send(pieces);
    assert.equal(replies.length, 2);
    assert.ok(stored[0]?.endsWith('.\r\nmore\r\n'));
  }
});

test('an empty message is a message', async () => {
  const { replies, stored } = await send(['.\r\n']);
  assert.match(replies[0] ?? '', /^250 /);
  assert.equal(stored.length, 1);
});
