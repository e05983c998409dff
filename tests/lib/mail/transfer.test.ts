import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeTransfer, encodeBase64, encodeQuotedPrintable } from '#lib/mail/transfer.ts';

const rows: [why: string, encoding: string, input: string, expected: string][] = [
  ['base64', 'base64', 'SGVsbG8=', 'Hello'],
  ['base64 in lines', 'BASE64 ', 'SGVs\r\nbG8=\r\n', 'Hello'],
  ['foreign characters are skipped', 'base64', 'SG!V.s\u0000bG8=', 'Hello'],
  ['no padding', 'base64', 'SGVsbG8', 'Hello'],
  ['padding in the middle starts anew', 'base64', 'YQ==YmM=ZGVm', 'abcdef'],
  ['a single left-over character is nothing', 'base64', 'SGVsbG8hX', 'Hello!'],
  ['only padding', 'base64', '====', ''],
  ['quoted-printable', 'quoted-printable', 'a=3Db=C3=A4', 'a=bä'],
  ['lower-case hex', 'quoted-printable', '=c3=a4', 'ä'],
  ['soft break', 'quoted-printable', 'ab=\r\ncd', 'abcd'],
  ['soft break with blanks', 'quoted-printable', 'ab= \t\r\ncd', 'abcd'],
  ['soft break with bare LF', 'quoted-printable', 'ab=\ncd', 'abcd'],
  ['white space at line ends goes', 'quoted-printable', 'ab \t\r\ncd  ', 'ab\r\ncd'],
  ['encoded white space stays', 'quoted-printable', 'ab=20\r\ncd', 'ab \r\ncd'],
  ['a lone = stays', 'quoted-printable', 'a=b =ZZ 1+1=', 'a=b =ZZ 1+1'],
  ['empty lines stay', 'quoted-printable', 'a\r\n\r\nb', 'a\r\n\r\nb'],
  ['7bit', '7bit', 'a=3D', 'a=3D'],
  ['unknown', 'x-foo', 'a=3D', 'a=3D'],
  ['uuencode', 'x-uuencode', 'begin 644 a.txt\r\n%2&5L;&\\\r\n`\r\nend\r\n', 'Hello'],
];
for (const [why, encoding, input, expected] of rows) {
  test(`decodeTransfer: ${why}`, () => {
    assert.equal(decodeTransfer(Buffer.from(input), encoding).toString(), expected);
  });
}

test('encoders give back every byte and keep lines short', () => {
  const bytes = Buffer.from(Array.from({ length: 2_000 }, (_, i) => (i * 31) & 255));
  for (const [encode, name] of [
    [encodeBase64, 'base64'],
    [encodeQuotedPrintable, 'quoted-printable'],
  ] as const) {
    for (const length of [0, 1, 2, 3, 57, 58, 76, 77, 2_000]) {
      const encoded = encode(bytes.subarray(0, length));
      for (const line of encoded.toString('latin1').split('\r\n')) assert.ok(line.length <= 76);
      assert.deepEqual(
        Buffer.from(decodeTransfer(encoded, name)),
        Buffer.from(bytes.subarray(0, length)),
      );
    }
  }
  assert.equal(encodeQuotedPrintable(Buffer.from('a \r\nb\t')).toString(), 'a=20\r\nb=09');
});
