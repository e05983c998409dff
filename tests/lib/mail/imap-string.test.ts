import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quoteOrLiteral } from '#lib/mail/imap-string.ts';

const rows: [input: string | Buffer | null, expected: string][] = [
  [null, 'NIL'],
  ['', '""'],
  ['abc', '"abc"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['NIL', '"NIL"'],
  ['a\r\nb', '{4}\r\na\r\nb'],
  ['ä', '{2}\r\nä'],
  ['a\u0000', '{2}\r\na\u0000'],
  [Buffer.from('abc'), '"abc"'],
  [Buffer.from('a\nb'), '{3}\r\na\nb'],
];
for (const [input, expected] of rows) {
  test(`quoteOrLiteral ${JSON.stringify(input)}`, () => {
    assert.equal(quoteOrLiteral(input).toString(), expected);
  });
}

test('bytes stay bytes', () => {
  const bytes = Buffer.from([0xff, 0xfe]);
  assert.deepEqual(quoteOrLiteral(bytes), Buffer.concat([Buffer.from('{2}\r\n'), bytes]));
});
