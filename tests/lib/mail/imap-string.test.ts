import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatString, quoteOrLiteral } from '#lib/mail/imap-string.ts';

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

const utf8Rows: [why: string, input: string, expected: string][] = [
  ['letters may be quoted (RFC 9755 §3)', 'ä€𐍈', '"ä€𐍈"'],
  ['specials are escaped as ever', 'ä"\\', '"ä\\"\\\\"'],
  ['a line end splits no response', 'ä\r\n* 9 EXISTS', '{14}\r\nä\r\n* 9 EXISTS'],
  ['NUL is not quoted', 'ä\u0000', '{3}\r\nä\u0000'],
  ['half a surrogate pair has no UTF-8', 'a\ud800', '{4}\r\na\ufffd'],
];
for (const [why, input, expected] of utf8Rows) {
  test(`formatString for clients of UTF-8: ${why}`, () => {
    assert.equal(formatString(input, true), expected);
  });
}
