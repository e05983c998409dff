// Charsets of mail: names the platform knows, names it does not, and the three decoders of our own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCharset, guessText, isAscii } from '#lib/mail/charset.ts';

const rows: [charset: string, hex: string, expected: string][] = [
  ['utf-8', 'c3a4e282ac', 'ä€'],
  ['UTF8', 'c3a4', 'ä'],
  ['"utf-8"', 'c3a4', 'ä'],
  ['iso-8859-1', 'e480', 'ä€'],
  ['windows-1252', '8093', '€“'],
  ['iso-8859-15', 'a4', '€'],
  ['ISO-8859-8-I', 'f9ece5ed', 'שלום'],
  ['windows-1251', 'cff0e8', 'При'],
  ['win-1251', 'cff0e8', 'При'],
  ['cp1251', 'cff0e8', 'При'],
  ['cp932', '93fa967b', '日本'],
  ['Shift_JIS', '93fa967b', '日本'],
  ['iso-2022-jp', '1b2442467c4b5c1b2842', '日本'],
  ['ks_c_5601-1987', 'c7d1b1db', '한글'],
  ['ks_c_5601', 'c7d1b1db', '한글'],
  ['cp949', 'c7d1b1db', '한글'],
  ['iso-2022-kr', '1b2429430e4751315b' + '0f41', '한글A'],
  ['gb2312', 'd6d0cec4', '中文'],
  ['hz-gb-2312', '7e7b56504e447e7d41', '中文A'],
  ['big5', 'a4a4a4e5', '中文'],
  ['koi8-r', 'f0d2c9', 'При'],
  ['us-ascii', '61c3a4', 'aä'],
  ['us-ascii', '61e4', 'aä'],
  ['', '61e4', 'aä'],
  ['x-unheard-of', 'e4', 'ä'],
  ['utf-16le', 'e4006100', 'äa'],
  ['utf-7', Buffer.from('a+AOQ-b+- +ZeVnLA').toString('hex'), 'aäb+ 日本'],
  ['utf-7', Buffer.from('+').toString('hex'), '+'],
  ['replacement', 'e4', 'ä'],
];
for (const [charset, hex, expected] of rows) {
  test(`decodeCharset ${charset} ${hex.slice(0, 20)}`, () => {
    assert.equal(decodeCharset(Buffer.from(hex, 'hex'), charset), expected);
  });
}

test('no name and no bytes make it throw', () => {
  const bytes = Buffer.from(Array.from({ length: 600 }, (_, i) => (i * 7) & 255));
  for (const name of [
    'utf-7',
    'hz',
    'iso-2022-kr',
    'utf-16',
    'big5',
    'constructor',
    '__proto__',
    '\u0000',
    'x'.repeat(9_000),
  ]) {
    for (let cut = 0; cut < 40; cut++)
      assert.equal(typeof decodeCharset(bytes.subarray(cut), name), 'string');
  }
  for (let i = 0; i < 1_200; i++) assert.equal(decodeCharset(Buffer.from('a'), `none-${i}`), 'a');
});

test('guessText and isAscii', () => {
  assert.equal(guessText(Buffer.from('ä')), 'ä');
  assert.equal(guessText(Buffer.from([0xe4, 0x20])), 'ä ');
  assert.equal(isAscii(Buffer.from('a~')), true);
  assert.equal(isAscii(Buffer.from('ä')), false);
});
