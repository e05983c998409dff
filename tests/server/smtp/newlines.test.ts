// Mending line ends and cutting off the header: the same result whatever the chunks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalizeNewlines } from '#lib/mail/line-check.ts';
import { NewlineMender } from '#lib/mail/mend-newlines.ts';
import { HeaderCutter, headerLimitBytes } from '#server/smtp/message/header-cutter.ts';

const texts = [
  '',
  '\r',
  '\n',
  '\r\n',
  '\n\r',
  'a\nb\rc\r\nd',
  '\r\r\n\n',
  'x\r\r',
  '\n\n.\n',
  'no end',
];

function* cut(bytes: Buffer): Generator<Buffer[]> {
  yield [bytes];
  yield [...bytes].map((byte) => Buffer.from([byte]));
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
}

test('the mender agrees with normalizeNewlines at every split', () => {
  for (const text of texts) {
    const expected = normalizeNewlines(Buffer.from(text)).toString();
    for (const chunks of cut(Buffer.from(text))) {
      const mender = new NewlineMender();
      const pieces = [...chunks.map((chunk) => mender.push(chunk)), mender.finish()];
      assert.equal(Buffer.concat(pieces).toString(), expected, JSON.stringify(text));
    }
  }
});

test('the mender leaves no NUL, wherever it stands', () => {
  for (const chunks of cut(Buffer.from('a\r\0\n\0.\r\n.\0\r\n'))) {
    const mender = new NewlineMender();
    const pieces = [...chunks.map((chunk) => mender.push(chunk)), mender.finish()];
    assert.equal(Buffer.concat(pieces).toString(), 'a\r\n \r\n .\r\n. \r\n');
  }
});

test('the cutter finds the end of the header at every split', () => {
  const table: [text: string, header: string][] = [
    ['A: b\r\n\r\nbody', 'A: b\r\n\r\n'],
    ['A: b\r\nC: d\r\n\r\n\r\n\r\nbody', 'A: b\r\nC: d\r\n\r\n'],
    ['\r\nbody\r\n\r\nmore', '\r\n'],
    ['\r\n\r\n', '\r\n'],
    ['A: b\r\n', 'A: b\r\n'],
    ['', ''],
    ['\rbody\r\n\r\nx', '\rbody\r\n\r\n'],
  ];
  for (const [text, expected] of table) {
    for (const chunks of cut(Buffer.from(text))) {
      const cutter = new HeaderCutter();
      let header = '';
      let body = '';
      for (const chunk of chunks) {
        const piece = cutter.push(chunk);
        header += piece?.header?.toString() ?? '';
        body += piece?.body.toString() ?? '';
      }
      header += cutter.finish()?.toString() ?? '';
      assert.equal(header, expected, JSON.stringify(text));
      assert.equal(header + body, text);
    }
  }
});

test('the cutter holds no more than its limit', () => {
  const cutter = new HeaderCutter();
  const line = Buffer.from(`X: ${'y'.repeat(1000)}\r\n`);
  for (let length = 0; length <= headerLimitBytes + line.length; length += line.length) {
    cutter.push(line);
  }
  assert.ok(cutter.isTooBig);
  assert.equal(cutter.push(Buffer.from('\r\nbody')), null);
});
