// Parameters as values, PROXY headers and XCLIENT lines: tables of what is read and what is refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freezeClock } from '#lib/clock.ts';
import { readSettings, writeSetting } from '#lib/settings/index.ts';
import type { Client } from '#server/smtp/session.ts';
import { readMailParameters, readRcptParameters } from '#server/smtp/wire/parameters.ts';
import { readPathLine } from '#server/smtp/wire/path.ts';
import { readProxyHeader } from '#server/smtp/wire/proxy-header.ts';
import { readIntroduction } from '#server/smtp/wire/xclient.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(async () => {
  freezeClock(null);
  await database.close();
});

const stranger = { isSubmission: false, isSecure: false, account: null } as unknown as Client;
const user = { isSubmission: true, isSecure: true, account: { id: 'a' } } as unknown as Client;
const parse = (line: string) => readPathLine(`MAIL FROM:<a@b.test> ${line}`).parameters;

test('lines are cut behind the path; what is no parameter is none', () => {
  assert.deepEqual(readPathLine('RCPT TO:<a@b.test> A=b C'), {
    path: 'RCPT TO:<a@b.test>',
    parameters: { A: 'b', C: true },
  });
  assert.equal(readPathLine('MAIL FROM: <a@b.test>').path, 'MAIL FROM:<a@b.test>');
  for (const bad of ['=', 'A=', 'A=b=c', '-A', 'A_B', 'A A', '__proto__=1', 'A=\u200b']) {
    assert.equal(parse(bad), null, bad);
  }
  assert.equal(parse(Array.from({ length: 21 }, (_, at) => `A${at}`).join(' ')), null);
  assert.deepEqual(Object.keys(parse('constructor') ?? {}), ['CONSTRUCTOR']);
});

test('a time to wait until is read as RFC 3339 writes it', async () => {
  freezeClock(new Date('2026-11-21T12:00:00Z'));
  const settings = await readSettings();
  const at = (text: string) => {
    const read = readMailParameters(user, settings, { HOLDUNTIL: text });
    return 'outcome' in read ? read.reason : read.releaseAt?.toISOString();
  };
  assert.equal(at('2026-11-22T10:00:00+02:00'), '2026-11-22T08:00:00.000Z');
  assert.equal(at('2026-11-22t10:00:00.5z'), '2026-11-22T10:00:00.500Z');
  assert.equal(at('2024-02-29T10:00:00Z'), '2024-02-29T10:00:00.000Z');
  for (const bad of [
    '2026-02-29T10:00:00Z',
    '2026-13-01T10:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22 10:00:00Z',
    '2026-11-22T10:00:00',
    '2027-11-22T10:00:00Z',
    '',
  ]) {
    assert.equal(at(bad), 'bad-parameter', bad);
  }
  const held = readMailParameters(user, settings, { HOLDFOR: '60' });
  assert.equal('releaseAt' in held && held.releaseAt?.toISOString(), '2026-11-21T12:01:00.000Z');
  await writeSetting('smtp.futureReleaseDays', 0, 'test');
  const off = readMailParameters(user, await readSettings(), { HOLDFOR: '60' });
  assert.equal('outcome' in off && off.reason, 'unknown-parameter');
});

test('NOTIFY=SUCCESS is for who has signed in; ORCPT is kept decoded', () => {
  const notify = (client: Client, NOTIFY: string) => {
    const read = readRcptParameters(client, { NOTIFY });
    return 'outcome' in read ? read.reason : read.notify;
  };
  assert.equal(notify(user, 'success,FAILURE'), 'SUCCESS,FAILURE');
  assert.equal(notify(stranger, 'SUCCESS,FAILURE'), 'FAILURE');
  assert.equal(notify(stranger, 'SUCCESS'), 'NEVER');
  assert.equal(notify(user, 'NEVER'), 'NEVER');
  for (const bad of ['NEVER,DELAY', 'FAILURE,FAILURE', 'ALWAYS', ',']) {
    assert.equal(notify(user, bad), 'bad-parameter', bad);
  }
  const original = (ORCPT: string) => {
    const read = readRcptParameters(stranger, { ORCPT });
    return 'outcome' in read ? read.reason : read.originalTo;
  };
  assert.equal(original('RFC822;a+2Bb+3Dc@d.test'), 'rfc822;a+b=c@d.test');
  for (const bad of [
    'rfc822',
    'rfc822;',
    ';a',
    'rfc822;a+0A',
    'rfc822;a+2',
    `x;${'y'.repeat(500)}`,
  ]) {
    assert.equal(original(bad), 'bad-parameter', bad);
  }
});

const v2 = (command: number, family: number, block: number[], length = block.length) =>
  Buffer.from([
    ...Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'),
    command,
    family,
    length >> 8,
    length & 255,
    ...block,
  ]);
const four = [192, 0, 2, 1, 198, 51, 100, 1, 0x12, 0x34, 0, 25];

test('PROXY headers', () => {
  const good: [Buffer, string | null][] = [
    [Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.1 4660 25\r\nEHLO'), '192.0.2.1:4660'],
    [Buffer.from('PROXY TCP6 2001:db8::1 2001:db8::2 1 25\r\n'), '2001:db8::1:1'],
    [Buffer.from('PROXY UNKNOWN\r\n'), null],
    [Buffer.from('PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n'), null],
    [v2(0x21, 0x11, four), '192.0.2.1:4660'],
    [v2(0x21, 0x11, [...four, 4, 0, 1, 9]), '192.0.2.1:4660'],
    [v2(0x20, 0x00, []), null],
    [v2(0x21, 0x00, [1, 2, 3]), null],
  ];
  for (const [bytes, wanted] of good) {
    const header = readProxyHeader(bytes);
    assert.equal(header.status, 'ok', bytes.toString('latin1'));
    if (header.status !== 'ok') continue;
    const { origin, lengthBytes } = header;
    assert.equal(origin && `${origin.address}:${origin.port}`, wanted);
    // However it is cut, it is read when the last byte is in and not before.
    for (let at = 0; at < lengthBytes; at++) {
      assert.equal(readProxyHeader(bytes.subarray(0, at)).status, 'more', `${wanted} at ${at}`);
    }
  }
  const bad = [
    Buffer.from('EHLO far.test\r\n'),
    Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.1 4660\r\n'),
    Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.1 4660 25 x\r\n'),
    Buffer.from('PROXY TCP4 192.0.2.999 198.51.100.1 4660 25\r\n'),
    Buffer.from('PROXY TCP4 2001:db8::1 198.51.100.1 4660 25\r\n'),
    Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.1 4660 99999\r\n'),
    Buffer.from(`PROXY TCP4 ${'1'.repeat(120)}`),
    v2(0x11, 0x11, four),
    v2(0x22, 0x11, four),
    v2(0x21, 0x12, four),
    v2(0x21, 0x31, four),
    v2(0x21, 0x11, four.slice(1)),
    v2(0x21, 0x21, four),
    v2(0x21, 0x11, four, 5000),
  ];
  for (const bytes of bad) {
    assert.equal(readProxyHeader(bytes).status, 'bad', bytes.toString('latin1'));
  }
});

test('XCLIENT lines', () => {
  assert.deepEqual(readIntroduction('XCLIENT ADDR=192.0.2.1 name=MX.far.test HELO=x PROTO=SMTP'), {
    address: '192.0.2.1',
    name: 'mx.far.test',
    helo: 'x',
    isExtended: false,
  });
  assert.deepEqual(readIntroduction('XCLIENT NAME=[TEMPUNAVAIL]'), { name: null });
  for (const bad of [
    'ADDR',
    'ADDR=',
    'NAME=a..b',
    'PORT=70000',
    'HELO=a+20b',
    'X=1',
    'ADDR=a',
    'PROTO=HTTP',
  ]) {
    assert.equal(readIntroduction(`XCLIENT ${bad}`), null, bad);
  }
});
