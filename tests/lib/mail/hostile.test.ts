// Hostile input: random changes of real messages, every cut of one, and bombs. Nothing may throw, offsets
// must hold, renderings must be valid for a strict reader, and a bomb must not cost more than its bytes.
// No timing is asserted; a quadratic step would run into the limit of the test runner.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddressList } from '#lib/mail/address.ts';
import { composeBounce } from '#lib/mail/dsn.ts';
import { computeFacts } from '#lib/mail/facts.ts';
import { eachPart, type Part, parseMime, partName } from '#lib/mail/mime.ts';
import { readSection } from '#lib/mail/section.ts';
import { htmlToText } from '#lib/mail/text.ts';
import { parseParameters } from '#lib/mail/words.ts';
import { mimeBombs } from '#tests/support/mime-bombs.ts';
import { checkBody, checkEnvelope, readImap } from './imap-reader.ts';

/** Facts of `bytes` after checking all that must hold for any bytes. */
function check(bytes: Buffer) {
  const facts = computeFacts(bytes);
  checkEnvelope(readImap(facts.envelope));
  checkBody(readImap(facts.bodyStructure), true);
  checkBody(readImap(facts.body), false);
  checkPart(facts.parts, 0, bytes.length);
  eachPart(facts.parts, (part) => {
    assert.equal(typeof partName(part), 'string');
    const path =
      part.path === '' || part.path.endsWith('TEXT') ? [] : part.path.split('.').map(Number);
    if (path.length > 0) {
      const body = readSection(bytes, facts.parts, { path, kind: 'ALL', fields: [] });
      assert.ok(body?.equals(bytes.subarray(part.bodyStart, part.bodyEnd)), part.path);
    }
  });
  const whole = readSection(bytes, facts.parts, { path: [], kind: 'ALL', fields: [] });
  assert.ok(whole?.equals(bytes));
  for (const text of [
    facts.subject,
    facts.fromText,
    facts.toText,
    facts.preview,
    facts.headerText,
    facts.bodyText,
  ]) {
    assert.ok(text.isWellFormed() && !text.includes('\u0000'));
  }
  assert.doesNotMatch(facts.subject + facts.fromText + facts.toText, /[\r\n]/);
  assert.deepEqual(JSON.parse(JSON.stringify(facts.parts)), facts.parts);
  return facts;
}

function checkPart(part: Part, from: number, to: number): void {
  assert.ok(from <= part.headerStart && part.headerStart <= part.headerEnd);
  assert.ok(
    part.headerEnd === part.bodyStart && part.bodyStart <= part.bodyEnd && part.bodyEnd <= to,
  );
  let at = part.bodyStart;
  for (const child of part.children) {
    checkPart(child, at, part.bodyEnd);
    at = child.bodyEnd;
  }
  if (part.message) checkPart(part.message.part, part.bodyStart, part.bodyEnd);
}

const sample = Buffer.from(
  `Received: from a (b [192.0.2.1])\r\n\tby c; Sat, 21 Nov 2026 10:00:00 +0000
From: =?utf-8?Q?J=C3=B6rg?= "M" <j@x.test> (c)
To: G: a@b, <@r:c@d>;, "x, \\"y\\"" <e@[192.0.2.1]>
Subject: Re: [l] =?iso-2022-jp?B?GyRCRnxLXBsoQg==?= \u00e4
Date: Sat, 21 Nov 2026 10:00:00 +0000
Message-ID: <a@b>
References: <c@d> <e@f>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"; x*0*=utf-8''%c3; x*1*=%a4

pre
--b1
Content-Type: multipart/alternative; boundary=b2

--b2
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe =
x
--b2
Content-Type: text/html

<p>Gr&uuml;&szlig;e<!-- x --><style>a{}</style>
--b2--
--b1
Content-Type: message/rfc822
Content-Disposition: attachment; filename*=utf-8''%C3%BC.eml

From: n@o
Subject: inner
Content-Type: text/plain; charset=utf-7

+AOQ-
--b1
Content-Type: application/pdf; name="=?utf-8?Q?a?="
Content-Transfer-Encoding: base64
Content-Language: en, de
Content-MD5: abc==

AAAA
--b1--
`.replace(/\r?\n/g, '\r\n'),
);

test('every cut of a message is understood', () => {
  for (let cut = 0; cut <= sample.length; cut++) check(sample.subarray(0, cut));
  for (let cut = 0; cut <= sample.length; cut += 7) check(sample.subarray(cut));
});

/** A small seeded generator, so that a failure can be had again. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const SPLINTERS = [
  '\r\n',
  '\n',
  '\r\n\r\n',
  '--b1',
  '--b2--',
  '\r\n--b1\r\n',
  '=?',
  '?=',
  '"',
  '\\',
  '(',
  ')',
  '<',
  '>',
  ';',
  ':',
  '@',
  ',',
  '\u0000',
  '\u00ff',
  "*0*=''%",
  'Content-Type: message/rfc822\r\n\r\n',
  'Content-Type: multipart/mixed; boundary=b1\r\n\r\n',
  '{5}\r\n',
  '&#x110000;',
  '<script>',
];

test('random changes of a message', () => {
  for (let seed = 1; seed <= 1_500; seed++) {
    const random = makeRandom(seed);
    let bytes: Buffer = Buffer.from(sample);
    for (let change = random(12); change >= 0; change--) {
      const at = random(bytes.length);
      const splinter = Buffer.from(SPLINTERS[random(SPLINTERS.length)]!, 'latin1');
      const length = random(3) === 0 ? random(80) : 0;
      if (random(4) === 0) bytes[at] = random(256);
      else bytes = Buffer.concat([bytes.subarray(0, at), splinter, bytes.subarray(at + length)]);
    }
    try {
      check(bytes);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});

test('random bytes', () => {
  const random = makeRandom(7);
  for (let i = 0; i < 300; i++)
    check(Buffer.from(Array.from({ length: random(400) }, () => random(256))));
});

for (const [what, make] of mimeBombs) {
  test(`bomb: ${what}`, () => {
    const bytes = Buffer.from(make(), 'latin1');
    const facts = computeFacts(bytes);
    checkEnvelope(readImap(facts.envelope));
    checkBody(readImap(facts.bodyStructure), true);
    let parts = 0;
    eachPart(facts.parts, () => parts++);
    assert.ok(parts <= 10_100);
    assert.ok(facts.header.length <= 10 * 1024 * 1024);
  });
}

test('HTML bombs', () => {
  const pieces = [
    '<',
    '<a b="',
    '<script></scrip',
    '<!--',
    '<!',
    '&a',
    '&#',
    '<p>',
    '<div><div ',
    '</',
    '<svg>',
    '<pre> \n',
    '<a =',
    "='",
  ];
  for (const piece of pieces) assert.equal(typeof htmlToText(piece.repeat(200_000)), 'string');
});

test('bombs of single grammars', () => {
  const pieces = [
    ' ',
    '"',
    '\\',
    '(',
    ')',
    '<',
    '@',
    ';',
    '=',
    '=;"',
    '*',
    "'",
    '%',
    '=?a?b?',
    '[',
    ',',
    ':',
    '.',
    '\t ',
    'a@',
    '<a',
    ';*0=',
  ];
  for (const piece of pieces) {
    const text = piece.repeat(300_000);
    assert.ok(Array.isArray(parseAddressList(text)));
    assert.equal(typeof parseParameters(`a/b;${text}`).value, 'string');
    assert.equal(typeof parseMime(Buffer.from(`Content-Type: ${text}`)).type, 'string');
  }
});

test('a bounce of anything is a tree of three parts', () => {
  for (let cut = 0; cut < sample.length; cut += 13) {
    const bytes = composeBounce({
      kind: 'failed',
      from: 'a@b',
      to: 'c@d',
      hostname: 'h',
      now: new Date(0),
      messageId: '<x@h>',
      boundary: 'b1',
      originalHeader: sample.subarray(0, cut),
      originalBytes: cut % 2 ? sample.subarray(0, cut) : null,
      recipients: [{ recipient: 'e@f', action: 'failed', status: '5.0.0' }],
    });
    assert.equal(check(bytes).parts.children.length, 3);
  }
});
