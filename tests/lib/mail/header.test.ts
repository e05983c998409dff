import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeUnstructured,
  findField,
  findFields,
  foldField,
  parseHeaderFields,
  prependFields,
  removeFields,
  safeHeaderText,
  splitHeader,
  unfold,
} from '#lib/mail/header.ts';

const splits: [why: string, input: string, header: string][] = [
  ['CRLF', 'A: b\r\nC: d\r\n\r\nbody\r\n\r\nx', 'A: b\r\nC: d\r\n\r\n'],
  ['bare LF', 'A: b\n\nbody', 'A: b\n\n'],
  ['no body', 'A: b\r\n', 'A: b\r\n'],
  ['no newline', 'A: b', 'A: b'],
  ['no header', '\r\nbody', '\r\n'],
  ['empty', '', ''],
  ['a line of blanks is no end', 'A: b\r\n \r\nC: d\r\n\r\nx', 'A: b\r\n \r\nC: d\r\n\r\n'],
];
for (const [why, input, header] of splits) {
  test(`splitHeader: ${why}`, () => {
    const bytes = Buffer.from(input);
    const split = splitHeader(bytes);
    assert.equal(split.header.toString(), header);
    assert.equal(split.bodyStart, header.length);
  });
}

test('fields keep their raw bytes and places', () => {
  const header = Buffer.from(
    'From me@x Mon\r\nSubject: a\r\n\t b\r\nbad line\r\nX-Y : z\r\n: no name\r\nTo:\r\nto: c\r\n\r\nNot: this',
  );
  const fields = parseHeaderFields(header);
  assert.deepEqual(
    fields.map(({ name, rawValue }) => [name, rawValue]),
    [
      ['Subject', ' a\r\n\t b'],
      ['X-Y', ' z'],
      ['To', ''],
      ['to', ' c'],
    ],
  );
  const subject = findField(fields, 'SUBJECT')!;
  assert.equal(header.toString('latin1', subject.start, subject.end), 'Subject: a\r\n\t b\r\n');
  assert.equal(unfold(subject.rawValue), 'a\t b');
  assert.equal(findFields(fields, 'To').length, 2);
  assert.equal(findField(fields, 'Not'), null);
});

test('decodeUnstructured reads words, UTF-8, Latin and nothing dangerous', () => {
  const raw = (text: string) => Buffer.from(text).toString('latin1');
  assert.equal(
    decodeUnstructured(raw(' Jörg =?utf-8?Q?=C3=A4?=\r\n =?utf-8?Q?=C3=B6?=')),
    'Jörg äö',
  );
  assert.equal(decodeUnstructured(' J\xf6rg'), 'Jörg');
  assert.equal(decodeUnstructured('a\u0000b\rc'), 'a b c');
});

const removals: [input: string, names: string[], expected: string][] = [
  [
    'To: a\r\nBcc: b,\r\n c\r\nFrom: d\r\n\r\nBcc: body',
    ['bcc'],
    'To: a\r\nFrom: d\r\n\r\nBcc: body',
  ],
  ['BCC: b\r\n\r\nx', ['Bcc'], '\r\nx'],
  ['A: 1\r\nBcc : b\r\nBcc: c\r\n', ['Bcc', 'A'], ''],
  ['A: 1\r\nBcc: b', ['Bcc'], 'A: 1\r\n'],
  ['Xbcc: 1\r\nBcc-X: b\r\n\r\n', ['Bcc'], 'Xbcc: 1\r\nBcc-X: b\r\n\r\n'],
];
for (const [input, names, expected] of removals) {
  test(`removeFields ${names} from ${JSON.stringify(input)}`, () => {
    assert.equal(removeFields(Buffer.from(input), names).toString(), expected);
  });
}

test('foldField keeps to 78 columns where it can, to 998 always, and never breaks out', () => {
  assert.equal(foldField('Subject', 'short'), 'Subject: short\r\n');
  assert.equal(foldField('Subject', ''), 'Subject: \r\n');
  const values = [
    'word '.repeat(100),
    'x'.repeat(3_000),
    `${'x'.repeat(70)} ${'y'.repeat(70)}`,
    'ä'.repeat(2_000),
    'a  b   c',
    'a\r\nBcc: evil@x\r\n\r\nbody',
  ];
  for (const value of values) {
    const field = foldField('X-Test', value);
    const lines = field.slice(0, -2).split('\r\n');
    for (const line of lines) assert.ok(Buffer.byteLength(line) <= 998);
    for (const line of lines.slice(1)) assert.match(line, /^ \S/);
    const fields = parseHeaderFields(Buffer.from(field));
    assert.equal(fields.length, 1);
    if (!value.includes('xxx') || value.length < 900) {
      if (!/ä/.test(value)) assert.equal(unfold(fields[0]!.rawValue), safeHeaderText(value));
    }
  }
  for (const line of foldField('X', 'word '.repeat(100)).split('\r\n'))
    assert.ok(line.length <= 78);
  assert.equal(foldField('Bad\r\nName:', 'x'), 'BadName: x\r\n');
});

test('prependFields puts finished fields in front', () => {
  assert.equal(
    prependFields(Buffer.from('A: b\r\n\r\n'), ['X: 1\r\n', 'Y: 2\r\n']).toString(),
    'X: 1\r\nY: 2\r\nA: b\r\n\r\n',
  );
});

test('every cut of a header is understood', () => {
  const bytes = Buffer.from('From: a@b\r\nSubject: x\r\n y\r\nBcc: c@d\r\n\r\nbody');
  for (let cut = 0; cut <= bytes.length; cut++) {
    const part = bytes.subarray(0, cut);
    const { header, bodyStart } = splitHeader(part);
    assert.equal(header.length, bodyStart);
    let end = 0;
    for (const field of parseHeaderFields(header)) {
      assert.ok(field.start >= end && field.end > field.start && field.end <= header.length);
      end = field.end;
    }
    assert.ok(!removeFields(part, ['bcc']).includes('c@d'));
  }
});
