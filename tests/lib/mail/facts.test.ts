import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeFacts } from '#lib/mail/facts.ts';

function compute(text: string) {
  return computeFacts(Buffer.from(text.replaceAll('\n', '\r\n')));
}

test('facts of a usual message', () => {
  const facts = compute(`Received: from a by b; x
Received: from c by d; y
From: =?utf-8?Q?J=C3=B6rg?= <joerg@x.test>
To: "Doe, Jane" <jane@y.test>, joe@z.test
Cc: G: a@b;
Subject: Re: [list] =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
Date: Sat, 21 Nov 2026 10:00:00 +0100
Message-ID: <3@x>
References: <1@x>
 <2@x>
In-Reply-To: <2@x>
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Hallo!

> alt
--b
Content-Type: application/pdf; name=x.pdf

x
--b--
`);
  assert.equal(facts.subject, 'Re: [list] Grüße');
  assert.equal(facts.baseSubject, 'Grüße');
  assert.equal(facts.fromText, 'Jörg <joerg@x.test>');
  assert.equal(facts.toText, '"Doe, Jane" <jane@y.test>, joe@z.test');
  assert.equal(facts.ccText, 'a@b');
  assert.equal(facts.sentAt?.toISOString(), '2026-11-21T09:00:00.000Z');
  assert.equal(facts.messageId, '<3@x>');
  assert.deepEqual(facts.references, ['<1@x>', '<2@x>']);
  assert.equal(facts.preview, 'Hallo!');
  assert.equal(facts.hasAttachments, true);
  assert.equal(facts.receivedCount, 2);
  assert.match(facts.header.toString(), /\r\n\r\n$/);
  assert.match(facts.bodyText, /> alt\nx\.pdf$/);
});

const ids: [field: string, expected: string][] = [
  ['<a@b>', '<a@b>'],
  ['a@b', '<a@b>'],
  ['junk <a@b> more', '<a@b>'],
  ['<a\n b@c>', '<ab@c>'],
  ['<<a@b>', '<a@b>'],
  ['a b', ''],
  ['<>', ''],
  [`<${'x'.repeat(600)}@y>`, ''],
  ['', ''],
];
for (const [field, expected] of ids) {
  test(`Message-ID ${JSON.stringify(field.slice(0, 20))}`, () => {
    assert.equal(compute(`Message-ID: ${field}\n\n`).messageId, expected);
  });
}

test('of many references the first and the last stay', () => {
  const { references } = compute(
    `References: ${Array.from({ length: 500 }, (_, i) => `<${i}@x>`).join('\n ')}\n\n`,
  );
  assert.equal(references.length, 200);
  assert.equal(references[0], '<0@x>');
  assert.equal(references[1], '<301@x>');
  assert.equal(references[199], '<499@x>');
});

const attachments: [why: string, part: string, expected: boolean][] = [
  ['plain text', 'Content-Type: text/plain', false],
  ['attached text', 'Content-Type: text/plain\nContent-Disposition: attachment', true],
  [
    'picture of the HTML',
    'Content-Type: image/png\nContent-ID: <a@b>\nContent-Disposition: inline; filename=a.png',
    false,
  ],
  ['picture with a name', 'Content-Type: image/png; name=a.png', true],
  ['pdf', 'Content-Type: application/pdf', true],
  ['signature', 'Content-Type: application/pgp-signature; name=signature.asc', false],
  ['forwarded mail', 'Content-Type: message/rfc822', true],
  ['delivery status', 'Content-Type: message/delivery-status', false],
];
for (const [why, part, expected] of attachments) {
  test(`hasAttachments: ${why}`, () => {
    const facts = compute(
      `Content-Type: multipart/mixed; boundary=b\n\n--b\n${part}\n\nx\n--b--\n`,
    );
    assert.equal(facts.hasAttachments, expected);
  });
}

test('the empty message has facts', () => {
  const facts = compute('');
  assert.equal(facts.envelope.toString(), '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)');
  assert.equal(facts.messageId, '');
  assert.equal(facts.sentAt, null);
});
