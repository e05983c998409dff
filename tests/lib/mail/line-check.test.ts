import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasBareNewline, LineChecker, normalizeNewlines } from '#lib/mail/line-check.ts';

const rows: [input: string, hasBare: boolean, normal: string][] = [
  ['', false, ''],
  ['abc', false, 'abc'],
  ['a\r\nb\r\n', false, 'a\r\nb\r\n'],
  ['a\nb', true, 'a\r\nb'],
  ['a\rb', true, 'a\r\nb'],
  ['a\r', true, 'a\r\n'],
  ['\n', true, '\r\n'],
  ['a\r\r\nb', true, 'a\r\n\r\nb'],
  ['a\r\n\nb', true, 'a\r\n\r\nb'],
  ['a\n\r\nb', true, 'a\r\n\r\nb'],
  ['a\n.\r\nb', true, 'a\r\n.\r\nb'],
];
for (const [input, hasBare, normal] of rows) {
  test(`line ends of ${JSON.stringify(input)}`, () => {
    const bytes = Buffer.from(input);
    assert.equal(hasBareNewline(bytes), hasBare);
    assert.equal(normalizeNewlines(bytes).toString(), normal);
    assert.equal(normalizeNewlines(bytes) === bytes, !hasBare);
    assert.equal(hasBareNewline(normalizeNewlines(bytes)), false);
    for (let first = 0; first <= bytes.length; first++) {
      for (let second = first; second <= bytes.length; second++) {
        const checker = new LineChecker();
        checker.push(bytes.subarray(0, first));
        checker.push(bytes.subarray(first, second));
        checker.push(bytes.subarray(second));
        assert.equal(checker.finish(), hasBare, `split at ${first}, ${second}`);
      }
    }
  });
}
