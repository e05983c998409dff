// Rules about header, body and attachments, and the walls around the shape of a message, over a real socket.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addAccessRule, removeAccessRule } from '#lib/accounts/access-rule.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { makeZip } from '../content/zip.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  for (const name of ['connectionsPerMinute', 'messagesPerMinute', 'recipientsPerMinute']) {
    await writeSetting(`checks.${name}`, 0, 'test');
  }
});
after(() => world.close());

const plain = (subject: string, body = 'Hi.') =>
  `From: eve@far.test\r\nTo: ada@example.org\r\nSubject: ${subject}\r\n\r\n${body}\r\n`;

async function send(data: string | Buffer, isNeighbour = false): Promise<string> {
  const client = isNeighbour ? await world.asNeighbour() : await world.asStranger();
  try {
    await client.say('EHLO relay.far.test');
    return await client.deliver({ to: 'ada@example.org', data: data.toString('latin1') });
  } finally {
    client.destroy();
  }
}

async function isInJunk(marker: string): Promise<boolean> {
  const messages = await world.readInbox(world.ada, 'Junk');
  return messages.some((message) => message.includes(marker));
}

async function withRule(
  input: Parameters<typeof addAccessRule>[0],
  act: () => Promise<void>,
): Promise<void> {
  const rule = await addAccessRule(input, 'test');
  try {
    await act();
  } finally {
    await removeAccessRule(rule.id, 'test');
  }
}

async function withSetting(key: string, value: unknown, act: () => Promise<void>): Promise<void> {
  await writeSetting(key, value, 'test');
  try {
    await act();
  } finally {
    await resetSetting(key, 'test');
  }
}

test('a header rule reads decoded words, of its field alone', async () => {
  const rule = { scope: 'header', pattern: 'Subject: *lottery*', action: 'reject' } as const;
  await withRule({ ...rule, argument: 'No games here' }, async () => {
    assert.match(await send(plain('You won the LOTTERY!')), /^554 5\.7\.1 No games here/);
    assert.match(await send(plain('=?utf-8?B?TG90dGVyeQ==?=')), /^554 /);
    assert.match(await send(plain('a\r\n lottery')), /^554 /);
    assert.match(await send(plain('Hello', 'lottery')), /^250 /);
    assert.match(await send(plain('lottery'), true), /^250 /, 'trusted networks are not meant');
  });
  const any = { scope: 'header', pattern: 'X-*: yes', action: 'junk' } as const;
  await withRule(any, async () => {
    assert.match(await send(plain('marked 1\r\nX-Spam: Yes')), /^250 /);
    assert.equal(await isInJunk('marked 1'), true);
    assert.match(await send(plain('marked 2\r\nX-Spam: Yes or no')), /^250 /);
    assert.equal(await isInJunk('marked 2'), false);
  });
});

test('the first rule that fits decides', async () => {
  const accept = { scope: 'header', pattern: 'Subject: *ok*', action: 'accept' } as const;
  await withRule(accept, async () => {
    const reject = { scope: 'header', pattern: 'Subject: *', action: 'reject' } as const;
    await withRule(reject, async () => {
      assert.match(await send(plain('this is ok')), /^250 /);
      assert.match(await send(plain('this is not')), /^554 /);
    });
  });
});

test('body rules look into small and large messages', async () => {
  const rule = { scope: 'body', pattern: '*cheap watches*', action: 'defer' } as const;
  await withRule(rule, async () => {
    assert.match(await send(plain('x', 'Buy CHEAP watches')), /^450 4\.7\.1/);
    const filler = `${'y'.repeat(70)}\r\n`.repeat(8000);
    assert.match(await send(plain('x', `${filler}cheap watches`)), /^450 /);
    assert.match(await send(plain('x', 'cheap\r\nwatches')), /^250 /);
  });
});

test('attachments are refused by rule and by list, in archives too', async () => {
  const mail = (name: string, bytes: Buffer) =>
    `From: eve@far.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHi\r\n--b\r\nContent-Type: a/b\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString('base64')}\r\n--b--\r\n`;
  assert.match(await send(mail('a.exe', Buffer.from('MZ'))), /^250 /, 'off by default');
  await withSetting('content.blockedAttachments', ['*.scr', '*.exe'], async () => {
    assert.match(await send(mail('a.exe', Buffer.from('MZ'))), /^550 5\.7\.1 .*a\.exe/);
    assert.match(await send(mail('a.zip', makeZip(['b/c.scr']))), /^550 5\.7\.1 .*c\.scr/);
    assert.match(await send(mail('a.exe', Buffer.from('MZ')), true), /^550 /, 'for everybody');
    assert.match(await send(mail('a.txt', Buffer.from('MZ'))), /^250 /);
    const accept = { scope: 'attachment', pattern: 'setup.exe', action: 'accept' } as const;
    await withRule(accept, async () => {
      assert.match(await send(mail('setup.exe', Buffer.from('MZ'))), /^250 /);
    });
  });
});

const nested = (levels: number) => {
  let text = 'From: a@far.test\r\n';
  for (let n = 0; n < levels; n++)
    text += `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`;
  return `${text}\r\nx\r\n`;
};
const parts = (count: number) =>
  `From: a@far.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(count)}--b--\r\n`;

const shapes: [string, string, RegExp][] = [
  ['NUL in the header', plain('a\0b'), /^550 5\.6\.0/],
  ['NUL in the body is the body’s', plain('x', 'a\0b'), /^250 /],
  ['a colon on the next line', `From\r\n : ceo@bank.test\r\n${plain('x')}`, /^550 5\.6\.0/],
  ['8 bits in the header', plain('gr\xfc\xdfe'), /^250 /],
  ['20 levels', nested(20), /^250 /],
  ['89 levels', nested(89), /^250 /],
  ['96 levels', nested(96), /^554 5\.6\.0/],
  ['10,000 levels', nested(10_000), /^55[24] /],
  [
    'messages in messages',
    `From: a@far.test\r\n${'Content-Type: message/rfc822\r\n\r\n'.repeat(200)}\r\nx\r\n`,
    /^554 5\.6\.0/,
  ],
  ['1000 parts', parts(1000), /^250 /],
  ['6000 parts', parts(6000), /^554 5\.6\.0/],
  ['100,000 parts', parts(100_000), /^554 5\.6\.0/],
  ['a long field', plain(`x${'\r\n yyyyyyyyy'.repeat(30_000)}`), /^552 5\.3\.4/],
  [
    '100,000 addresses',
    `From: a@far.test\r\nTo: ${Array.from({ length: 100_000 }, () => 'a@b.test').join(',\r\n ')}\r\n\r\nx\r\n`,
    /^552 5\.3\.4/,
  ],
  [
    '12,000 addresses in several fields',
    `From: a@far.test\r\n${`To: ${'a@b.test,\r\n '.repeat(3000)}\r\n`.repeat(4)}\r\nx\r\n`,
    /^552 5\.3\.4/,
  ],
  [
    'a boundary of 70 kB',
    `From: a@far.test\r\nContent-Type: multipart/mixed; boundary="${'b\r\n '.repeat(17_000)}"\r\n\r\nx\r\n`,
    /^250 /,
  ],
  [
    'a storm of encoded words',
    plain(`=?utf-8?Q?a?=${'\r\n =?utf-8?Q?=C3?='.repeat(10_000)}`),
    /^250 /,
  ],
  [
    'parameters without end',
    `From: a@far.test\r\nContent-Type: text/plain${Array.from({ length: 9000 }, (_, n) => `;\r\n a*${n}*=b`).join('')}\r\n\r\nx\r\n`,
    /^250 /,
  ],
];

for (const [name, data, expected] of shapes) {
  test(`shape: ${name}`, async () => {
    assert.match(await send(data), expected);
  });
}

test('the limits are settings', async () => {
  await withSetting('content.mimeNesting', 10, async () => {
    assert.match(await send(nested(20)), /^554 5\.6\.0/);
  });
  await withSetting('content.eightBitHeader', 'refuse', async () => {
    assert.match(await send(plain('gr\xfc\xdfe')), /^550 5\.6\.0/);
  });
});
