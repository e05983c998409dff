// The MIME tree: offsets, numbers, tolerance; and the sections and renderings that rest on it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHeaderFields } from '#lib/mail/header.ts';
import { eachPart, findPart, type Part, parseMime, partName } from '#lib/mail/mime.ts';
import { readSection, type Section, shiftPart } from '#lib/mail/section.ts';
import { renderBody, renderBodyStructure, renderEnvelope } from '#lib/mail/structure.ts';
import { checkBody, checkEnvelope, readImap } from './imap-reader.ts';

function crlf(text: string): Buffer {
  return Buffer.from(text.replaceAll('\n', '\r\n'));
}

/** `path type/subtype "body"` of every part. */
function outline(bytes: Buffer, root: Part): string[] {
  const lines: string[] = [];
  eachPart(root, (part) => {
    const body =
      part.type === 'multipart'
        ? ''
        : ` ${JSON.stringify(bytes.toString('utf8', part.bodyStart, part.bodyEnd))}`;
    lines.push(`${part.path} ${part.type}/${part.subtype}${body}`);
  });
  return lines;
}

const trees: [why: string, input: string, expected: string[]][] = [
  ['plain', 'A: b\n\nx\n', [' text/plain "x\\r\\n"']],
  ['no body', 'A: b\n', [' text/plain ""']],
  ['empty', '', [' text/plain ""']],
  [
    'two parts',
    'Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\nx\n--b\nContent-Type: text/html\n\ny\n\n--b--\npost\n',
    [' multipart/mixed', '1 text/plain "x"', '2 text/html "y\\r\\n"'],
  ],
  [
    'no end boundary',
    'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n',
    [' multipart/mixed', '1 text/plain "x\\r\\n"'],
  ],
  [
    'empty part',
    'Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--b\n--b--',
    [' multipart/mixed', '1 text/plain ""', '2 text/plain ""'],
  ],
  [
    'part without an empty line',
    'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n--b--',
    [' multipart/mixed', '1 text/html ""'],
  ],
  [
    'blanks behind a boundary',
    'Content-Type: multipart/mixed; boundary="b "\n\n--b  \t\n\nx\n--b-- \n',
    [' multipart/mixed', '1 text/plain "x"'],
  ],
  [
    'a boundary that starts like another',
    'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\nx\n--bb--\n--b\n\ny\n--b--',
    [' multipart/mixed', '1 multipart/mixed', '1.1 text/plain "x"', '2 text/plain "y"'],
  ],
  [
    'inner end missing',
    'Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n--a\n\ny\n--a--',
    [' multipart/mixed', '1 multipart/alternative', '1.1 text/plain "x"', '2 text/plain "y"'],
  ],
  [
    'nothing after the end',
    'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n--b\n\ny\n',
    [' multipart/mixed', '1 text/plain "x"'],
  ],
  [
    'same boundary twice',
    'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n--b\n\ny\n--b--',
    [' multipart/mixed', '1 multipart/mixed', '1.1 text/plain "x"', '2 text/plain "y"'],
  ],
  [
    'boundary that ends in dashes',
    'Content-Type: multipart/mixed; boundary="b--"\n\n--b--\n\nx\n--b----\n',
    [' multipart/mixed', '1 text/plain "x"'],
  ],
  ['multipart without boundary', 'Content-Type: multipart/mixed\n\nx', [' text/plain "x"']],
  [
    'multipart without parts',
    'Content-Type: multipart/mixed; boundary=b\n\nx',
    [' multipart/mixed'],
  ],
  [
    'message',
    'Content-Type: message/rfc822\n\nSubject: x\n\ny',
    [' message/rfc822 "Subject: x\\r\\n\\r\\ny"', '1.1 text/plain "y"'],
  ],
  [
    'message in a part',
    'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\ny\n--b--',
    [
      ' multipart/mixed',
      '1 text/plain "x"',
      '2 message/rfc822 "Subject: x\\r\\n\\r\\ny"',
      '2.1 text/plain "y"',
    ],
  ],
  [
    'multipart in a message',
    'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c--\n--b--',
    [
      ' multipart/mixed',
      '1 message/rfc822 "Content-Type: multipart/mixed; boundary=c\\r\\n\\r\\n--c\\r\\n\\r\\nx\\r\\n--c--"',
      '1.TEXT multipart/mixed',
      '1.1 text/plain "x"',
    ],
  ],
  [
    'digest',
    'Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b--',
    [' multipart/digest', '1 message/rfc822 "Subject: x\\r\\n\\r\\ny"', '1.1 text/plain "y"'],
  ],
  ['broken type', 'Content-Type: foo\n\nx', [' application/octet-stream "x"']],
  ['half a type', 'Content-Type: text\n\nx', [' text/plain "x"']],
];
for (const [why, input, expected] of trees) {
  test(`parseMime: ${why}`, () => {
    const bytes = crlf(input);
    assert.deepEqual(outline(bytes, parseMime(bytes)), expected);
    const bare = Buffer.from(input);
    assert.deepEqual(
      outline(bare, parseMime(bare)),
      expected.map((line) => line.replaceAll('\\r', '')),
      'bare LF',
    );
  });
}

const sample = crlf(`From: Joe <joe@x.test>
Subject: outer
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8
Content-ID: <id@x>
Content-Language: en, de

text
more
--b
Content-Type: message/rfc822
Content-Description: inner

Subject: inner
To: a@b
Content-Type: multipart/alternative; boundary=c

--c

one
--c
Content-Type: text/html

two
--c--

--b
Content-Type: application/pdf; name="a b.pdf"
Content-Disposition: attachment; filename*0*=utf-8''%C3%BC; filename*1=ber.pdf
Content-Transfer-Encoding: BASE64

AAAA
--b--
`);

const sections: [
  path: number[],
  kind: Section['kind'],
  fields: string[],
  expected: string | null,
][] = [
  [
    [],
    'HEADER',
    [],
    'From: Joe <joe@x.test>\nSubject: outer\nContent-Type: multipart/mixed; boundary=b\n\n',
  ],
  [[], 'FIELDS', ['SUBJECT', 'none'], 'Subject: outer\n\n'],
  [[], 'FIELDS.NOT', ['Content-Type', 'from'], 'Subject: outer\n\n'],
  [[], 'MIME', [], null],
  [[1], 'ALL', [], 'text\nmore'],
  [
    [1],
    'MIME',
    [],
    'Content-Type: text/plain; charset=utf-8\nContent-ID: <id@x>\nContent-Language: en, de\n\n',
  ],
  [[1], 'HEADER', [], null],
  [[1], 'TEXT', [], null],
  [[1, 1], 'ALL', [], null],
  [[2], 'MIME', [], 'Content-Type: message/rfc822\nContent-Description: inner\n\n'],
  [
    [2],
    'HEADER',
    [],
    'Subject: inner\nTo: a@b\nContent-Type: multipart/alternative; boundary=c\n\n',
  ],
  [[2], 'FIELDS', ['to'], 'To: a@b\n\n'],
  [[2], 'TEXT', [], '--c\n\none\n--c\nContent-Type: text/html\n\ntwo\n--c--\n'],
  [[2, 1], 'ALL', [], 'one'],
  [[2, 2], 'ALL', [], 'two'],
  [[2, 2], 'MIME', [], 'Content-Type: text/html\n\n'],
  [[2, 3], 'ALL', [], null],
  [[3], 'ALL', [], 'AAAA'],
  [[4], 'ALL', [], null],
  [[0], 'ALL', [], null],
];
for (const [path, kind, fields, expected] of sections) {
  test(`BODY[${[...path, kind].join('.')}] ${fields}`, () => {
    const root = parseMime(sample);
    const read = readSection(sample, root, { path, kind, fields });
    assert.equal(read?.toString() ?? null, expected?.replaceAll('\n', '\r\n') ?? null);
    // The same with trace lines in front: only the message's own header grows.
    const prefix = Buffer.from('Return-Path: <>\r\nDelivered-To: a\r\n');
    const shifted = readSection(Buffer.concat([prefix, sample]), shiftPart(root, prefix.length), {
      path,
      kind,
      fields,
    });
    if (path.length === 0 && (kind === 'HEADER' || kind === 'FIELDS.NOT')) {
      assert.equal(shifted?.toString(), `${prefix}${read}`);
    } else assert.deepEqual(shifted, read);
  });
}

test('whole message and text of a single-part message', () => {
  const bytes = crlf('Subject: x\n\nbody\n');
  const root = parseMime(bytes);
  const read = (path: number[], kind: Section['kind']) =>
    readSection(bytes, root, { path, kind, fields: [] })?.toString() ?? null;
  assert.equal(read([], 'ALL'), bytes.toString());
  assert.equal(read([], 'TEXT'), 'body\r\n');
  assert.equal(read([1], 'ALL'), 'body\r\n');
  assert.equal(read([1], 'MIME'), 'Subject: x\r\n\r\n');
  assert.equal(read([2], 'ALL'), null);
  assert.equal(read([1, 1], 'ALL'), null);
});

test('a message that is itself message/rfc822', () => {
  const bytes = crlf('Content-Type: message/rfc822\n\nSubject: inner\n\nbody\n');
  const root = parseMime(bytes);
  const read = (path: number[], kind: Section['kind']) =>
    readSection(bytes, root, { path, kind, fields: [] })?.toString() ?? null;
  assert.equal(read([1], 'HEADER'), 'Subject: inner\r\n\r\n');
  assert.equal(read([1, 1], 'ALL'), 'body\r\n');
  assert.equal(findPart(root, '1.1')?.path, '1.1');
});

test('every part is found under its own path', () => {
  const root = parseMime(sample);
  eachPart(root, (part) => {
    if (!part.path.endsWith('TEXT')) assert.equal(findPart(root, part.path), part);
  });
  assert.equal(findPart(root, '1.'), null);
  assert.equal(findPart(root, 'x'), null);
  assert.equal(findPart(root, '01'), null);
});

test('what a part says of itself', () => {
  const root = parseMime(sample);
  const [text, , pdf] = root.children;
  assert.equal(text!.id, '<id@x>');
  assert.deepEqual(text!.language, ['en', 'de']);
  assert.equal(text!.lines, 1);
  assert.equal(pdf!.encoding, 'base64');
  assert.equal(pdf!.disposition, 'attachment');
  assert.equal(partName(pdf!), 'über.pdf');
  assert.deepEqual(JSON.parse(JSON.stringify(root)), root);
});

test('file names are harmless', () => {
  const names: [string, string][] = [
    ['../../etc/passwd', 'passwd'],
    ['C:\\\\x\\\\a.txt', 'a.txt'],
    ['a\u202Etxt.exe', 'atxt.exe'],
    ['=?utf-8?Q?a=0D=0Ab.txt?=', 'a  b.txt'],
  ];
  for (const [written, expected] of names) {
    const bytes = Buffer.from(`Content-Disposition: attachment; filename="${written}"\r\n\r\n`);
    assert.equal(partName(parseMime(bytes)), expected);
  }
});

test('BODYSTRUCTURE and BODY of the sample', () => {
  const root = parseMime(sample);
  const envelope = '(NIL "inner" NIL NIL NIL ((NIL NIL "a" "b")) NIL NIL NIL NIL)';
  assert.equal(
    renderBodyStructure(root).toString(),
    `(("text" "plain" ("charset" "utf-8") "<id@x>" NIL "7bit" 10 1 NIL NIL ("en" "de") NIL)` +
      `("message" "rfc822" NIL NIL "inner" "7bit" 132 ${envelope} ` +
      `(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 0 NIL NIL NIL NIL)` +
      `("text" "html" NIL NIL NIL "7bit" 3 0 NIL NIL NIL NIL) "alternative" ("boundary" "c") NIL NIL NIL) 12 NIL NIL NIL NIL)` +
      `("application" "pdf" ("name" "a b.pdf") NIL NIL "base64" 4 NIL ("attachment" ("filename*" "utf-8''%C3%BCber.pdf")) NIL NIL)` +
      ` "mixed" ("boundary" "b") NIL NIL NIL)`,
  );
  assert.equal(
    renderBody(parseMime(crlf('A: b\n\nx\n'))).toString(),
    '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 1)',
  );
});

test('renderings of odd structures are valid', () => {
  for (const [, input] of trees) {
    const root = parseMime(crlf(input));
    checkBody(readImap(renderBodyStructure(root)), true);
    checkBody(readImap(renderBody(root)), false);
  }
});

const envelopes: [why: string, header: string, expected: string][] = [
  ['nothing', '', '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)'],
  [
    'sender and reply-to follow from',
    'From: Joe <a@b>',
    '(NIL NIL (("Joe" NIL "a" "b")) (("Joe" NIL "a" "b")) (("Joe" NIL "a" "b")) NIL NIL NIL NIL NIL)',
  ],
  [
    'their own',
    'From: a@b\nSender: c@d\nReply-To: e@f',
    '(NIL NIL ((NIL NIL "a" "b")) ((NIL NIL "c" "d")) ((NIL NIL "e" "f")) NIL NIL NIL NIL NIL)',
  ],
  [
    'empty sender counts as absent',
    'From: a@b\nSender: \n',
    '(NIL NIL ((NIL NIL "a" "b")) ((NIL NIL "a" "b")) ((NIL NIL "a" "b")) NIL NIL NIL NIL NIL)',
  ],
  [
    'date, subject and ids',
    'Date: x\nSubject: a\n  b "c"\nMessage-ID: <i@x>\nIn-Reply-To: <j@x>',
    '("x" "a  b \\"c\\"" NIL NIL NIL NIL NIL NIL "<j@x>" "<i@x>")',
  ],
  [
    'encoded words stay',
    'Subject: =?utf-8?Q?=C3=A4?=',
    '(NIL "=?utf-8?Q?=C3=A4?=" NIL NIL NIL NIL NIL NIL NIL NIL)',
  ],
  [
    'raw UTF-8 is encoded',
    'Subject: ä =?utf-8?Q?=C3=B6?=',
    '(NIL "=?utf-8?B?w6Qg?= =?utf-8?Q?=C3=B6?=" NIL NIL NIL NIL NIL NIL NIL NIL)',
  ],
  [
    'group',
    'To: G: a@b, c@d;, e@f',
    '(NIL NIL NIL NIL NIL ((NIL NIL "G" NIL)(NIL NIL "a" "b")(NIL NIL "c" "d")(NIL NIL NIL NIL)(NIL NIL "e" "f")) NIL NIL NIL NIL)',
  ],
  [
    'empty group',
    'To: undisclosed-recipients:;',
    '(NIL NIL NIL NIL NIL ((NIL NIL "undisclosed-recipients" NIL)(NIL NIL NIL NIL)) NIL NIL NIL NIL)',
  ],
  [
    'several To fields',
    'To: a@b\nTo: c@d',
    '(NIL NIL NIL NIL NIL ((NIL NIL "a" "b")(NIL NIL "c" "d")) NIL NIL NIL NIL)',
  ],
  [
    'no domain is no group',
    'Cc: root',
    '(NIL NIL NIL NIL NIL NIL ((NIL NIL "root" "")) NIL NIL NIL)',
  ],
  ['route', 'Bcc: <@r:a@b>', '(NIL NIL NIL NIL NIL NIL NIL ((NIL "@r" "a" "b")) NIL NIL)'],
];
for (const [why, header, expected] of envelopes) {
  test(`renderEnvelope: ${why}`, () => {
    const rendered = renderEnvelope(parseHeaderFields(crlf(`${header}\n\n`)));
    assert.equal(rendered.toString(), expected);
    checkEnvelope(readImap(rendered));
  });
}

test('ENVELOPE and BODYSTRUCTURE are 7-bit, and UTF-8 only for clients that take it', () => {
  const bytes = crlf(
    [
      'Subject: grün',
      'From: "Jürgen" <j@bücher.example>',
      'Content-Type: text/plain; name="ä.txt"',
      'Content-Disposition: attachment; filename="ö.txt"',
      'Content-Description: Übersicht',
      'Content-Location: http://ü.example/',
      '',
      'x',
    ].join('\n'),
  );
  const root = parseMime(bytes);
  const fields = parseHeaderFields(bytes.subarray(0, root.headerEnd));
  for (const isUtf8 of [false, true]) {
    const envelope = renderEnvelope(fields, isUtf8).toString();
    const structure = renderBodyStructure(root, isUtf8).toString();
    for (const text of [envelope, structure]) {
      assert.equal(/[^\u0020-\u007e]/.test(text), isUtf8, text);
    }
    assert.equal(envelope.includes('"grün"'), isUtf8);
    assert.equal(envelope.includes('"bücher.example"'), isUtf8);
    assert.equal(envelope.includes('"xn--bcher-kva.example"'), !isUtf8);
    assert.equal(structure.includes('("name" "ä.txt")'), isUtf8);
  }
});

test('message/global is a message for clients of UTF-8, and one part for the others', () => {
  const bytes = crlf('Content-Type: message/global\n\nSubject: ü\n\nx');
  const root = parseMime(bytes);
  assert.equal(renderBody(root).toString(), '("message" "global" NIL NIL NIL "7bit" 16)');
  assert.match(
    renderBody(root, true).toString(),
    /^\("message" "global" .* 16 \(NIL "[^"]+" .*\) \(/,
  );
  const encoded = crlf(
    'Content-Type: message/global\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA==',
  );
  // RFC 6532 §3.7: with an encoding nothing within can be named, but the grammar wants an envelope.
  assert.match(
    renderBody(parseMime(encoded), true).toString(),
    /16 \(NIL NIL NIL .*\) \("text" "plain"/,
  );
});
