// Encoded words and MIME parameters: every row says what it is for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWords, encodeWords, mergeParameters, parseParameters } from '#lib/mail/words.ts';

const decoded: [why: string, input: string, expected: string][] = [
  ['plain text stays', 'Hello', 'Hello'],
  ['Q', '=?utf-8?Q?J=C3=B6rg_M=C3=BCller?=', 'Jörg Müller'],
  ['B, lower-case letter', '=?UTF-8?b?5pel5pys?=', '日本'],
  ['text around', 'a =?utf-8?Q?=C3=A4?= b', 'a ä b'],
  ['blank between words vanishes', '=?utf-8?Q?a?= =?utf-8?Q?b?=', 'ab'],
  ['folding leftovers vanish too', '=?utf-8?Q?a?= \t =?utf-8?Q?b?=', 'ab'],
  ['blank before text stays', '=?utf-8?Q?a?= b', 'a b'],
  ['a character split over two words', '=?utf-8?Q?=C3?= =?utf-8?Q?=A4?=', 'ä'],
  ['split over B and Q', '=?utf-8?B?ww==?= =?utf-8?Q?=A4?=', 'ä'],
  ['two charsets', '=?iso-8859-1?Q?=E4?= =?utf-8?Q?=C3=A4?=', 'ää'],
  ['language tag (RFC 2231 §5)', '=?utf-8*de?Q?=C3=A4?=', 'ä'],
  ['iso-2022-jp', '=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=', '日本'],
  ['koi8-r', '=?koi8-r?B?8NLJ18XU?=', 'Привет'],
  ['no padding', '=?utf-8?B?w6Q?=', 'ä'],
  ['empty word', 'a=?utf-8?Q??=b', 'ab'],
  ['unknown charset falls back', '=?x-nonsense?Q?=C3=A4?=', 'ä'],
  ['latin bytes in an unknown charset', '=?x-nonsense?Q?=E4?=', 'ä'],
  ['no end', '=?utf-8?Q?abc', '=?utf-8?Q?abc'],
  ['no encoding', '=?utf-8?X?abc?=', '=?utf-8?X?abc?='],
  ['a lone mark', '=? =?= ?=', '=? =?= ?='],
  ['word right behind a failed one', '=?a?=?utf-8?Q?b?=', '=?a?b'],
  ['blanks inside a word (broken, common)', '=?utf-8?Q?a b?=', 'a b'],
  ['no newline comes out', '=?utf-8?Q?a=0D=0ABcc:_x=00?=', 'a  Bcc: x '],
];
for (const [why, input, expected] of decoded) {
  test(`decodeWords: ${why}`, () => assert.equal(decodeWords(input), expected));
}

test('encodeWords gives back what it was given, in words of at most 75 characters', () => {
  const texts = [
    'ä',
    'Jörg Müller',
    '日本語のとても長い件名です。'.repeat(20),
    `${'a'.repeat(200)}ü`,
    '=?utf-8?Q?fake?=',
    '😀'.repeat(40),
    'a\r\nb ü',
  ];
  for (const text of texts) {
    const encoded = encodeWords(text);
    assert.match(encoded, /^[ -~]*$/);
    for (const word of encoded.split(' ')) assert.ok(word.length <= 75, word);
    assert.equal(decodeWords(encoded), text.replace('\r\n', ' '));
  }
  assert.equal(encodeWords('Plain (text)'), 'Plain (text)');
});

const parameters: [why: string, input: string, value: string, expected: Record<string, string>][] =
  [
    ['none', 'text/plain', 'text/plain', {}],
    ['one', 'text/plain; charset=utf-8', 'text/plain', { charset: 'utf-8' }],
    ['quoted with escapes', 'a/b; name="a \\"b\\"; c"', 'a/b', { name: 'a "b"; c' }],
    ['names in any case, blanks', 'a/b ; NAME = x ;; Foo=bar', 'a/b', { name: 'x', foo: 'bar' }],
    [
      'comments',
      'text/plain (hi); charset=us-ascii (Plain; text)',
      'text/plain',
      { charset: 'us-ascii' },
    ],
    ['bare file name with blanks', 'a/b; name=my file (1).pdf', 'a/b', { name: 'my file (1).pdf' }],
    ['continuation', 'a/b; name*0="long "; name*1=name', 'a/b', { name: 'long name' }],
    ['out of order', 'a/b; name*1=b; name*0=a', 'a/b', { name: 'ab' }],
    ['a gap ends it', 'a/b; name*0=a; name*2=c', 'a/b', { name: 'a' }],
    ['extended', "a/b; filename*=utf-8''%e2%82%ac.txt", 'a/b', { filename: '€.txt' }],
    [
      'extended with language',
      "a/b; title*=iso-8859-1'en'%A3%20rates",
      'a/b',
      { title: '£ rates' },
    ],
    [
      'extended in sections',
      'a/b; t*0*=us-ascii\'en\'This%20is; t*1*=%20even; t*2=" more*"',
      'a/b',
      { t: 'This is even more*' },
    ],
    [
      'extended wins',
      "a/b; filename=x.txt; filename*=utf-8''%C3%A4.txt",
      'a/b',
      { filename: 'ä.txt' },
    ],
    ['encoded word in a value', 'a/b; name="=?utf-8?Q?=C3=A4.txt?="', 'a/b', { name: 'ä.txt' }],
    ['first of two wins', 'a/b; x=1; x=2', 'a/b', { x: '1' }],
    ['unclosed quote', 'a/b; x="abc', 'a/b', { x: 'abc' }],
    ['no value', 'a/b; flag; x=1', 'a/b', { x: '1' }],
    ['__proto__ is no name', 'a/b; __proto__=1; x=1', 'a/b', { x: '1' }],
    ['no newline comes out', "a/b; name*=utf-8''a%0d%0ab", 'a/b', { name: 'a  b' }],
    ['empty', '', '', {}],
  ];
for (const [why, input, value, expected] of parameters) {
  test(`parseParameters: ${why}`, () => {
    const parsed = parseParameters(input);
    assert.equal(parsed.value, value);
    assert.deepEqual(Object.fromEntries(parsed.parameters), expected);
  });
}

test('mergeParameters joins sections and keeps the encoding for the wire', () => {
  const { parameters } = mergeParameters('a/b; n*0*=utf-8\'\'%C3%A4; n*1=" b"; c=d');
  assert.deepEqual(parameters, { c: 'd', 'n*': "utf-8''%C3%A4%20b" });
});
