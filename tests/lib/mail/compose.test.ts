import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  deliveredToField,
  ensureHeader,
  receivedField,
  returnPathField,
  safeHeaderText,
} from '#lib/mail/compose.ts';
import { findField, parseHeaderFields, splitHeader } from '#lib/mail/header.ts';

const now = new Date('2026-11-21T10:00:00Z');
const extra = { now, hostname: 'mail.example.test', messageId: 'abc123' };

const rows: [why: string, input: string, expected: string][] = [
  [
    'both missing',
    'From: a@b\r\n\r\nx',
    'Date: Sat, 21 Nov 2026 10:00:00 +0000\r\nMessage-ID: <abc123@mail.example.test>\r\nFrom: a@b\r\n\r\nx',
  ],
  ['one missing', 'date: x\r\n\r\n', 'Message-ID: <abc123@mail.example.test>\r\ndate: x\r\n\r\n'],
  ['none missing', 'Date: x\r\nMESSAGE-ID: <y>\r\n\r\n', 'Date: x\r\nMESSAGE-ID: <y>\r\n\r\n'],
  [
    'empty header',
    '\r\nbody',
    'Date: Sat, 21 Nov 2026 10:00:00 +0000\r\nMessage-ID: <abc123@mail.example.test>\r\n\r\nbody',
  ],
  [
    'text without a header',
    'hello',
    'Date: Sat, 21 Nov 2026 10:00:00 +0000\r\nMessage-ID: <abc123@mail.example.test>\r\n\r\nhello',
  ],
];
for (const [why, input, expected] of rows) {
  test(`ensureHeader: ${why}`, () => {
    const done = ensureHeader(Buffer.from(input), extra);
    assert.equal(done.toString(), expected);
    assert.equal(ensureHeader(done, extra), done);
  });
}

test('Received tells who, to whom, how and when', () => {
  assert.equal(
    receivedField({
      helo: 'client.test',
      remote: '192.0.2.1',
      reverseName: 'ptr.test',
      hostname: 'mx.test',
      protocol: 'ESMTPS',
      id: 'q1',
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
      recipient: 'joe@x.test',
      now,
    }),
    'Received: from client.test (ptr.test [192.0.2.1])\r\n\tby mx.test with ESMTPS id q1\r\n\t(TLSv1.3 TLS_AES_256_GCM_SHA384)\r\n\tfor <joe@x.test>;\r\n\tSat, 21 Nov 2026 10:00:00 +0000\r\n',
  );
  assert.match(
    receivedField({
      helo: '[IPv6:::1]',
      remote: '::1',
      hostname: 'm',
      protocol: 'SMTP',
      id: 'i',
      now,
    }),
    /^Received: from \[IPv6:::1\] \(\[IPv6:::1\]\)\r\n/,
  );
});

test('hostile values stay inside their field', () => {
  const evil = 'x)\r\nBcc: a@b\r\n\r\n(<">;\u0000ä';
  const field = receivedField({
    helo: evil,
    remote: evil,
    reverseName: evil,
    hostname: evil,
    protocol: evil,
    id: evil,
    tls: { version: evil, cipher: evil },
    recipient: evil,
    now,
  });
  for (const text of [field, returnPathField(evil), deliveredToField(evil)]) {
    const fields = parseHeaderFields(Buffer.from(`${text}X-End: 1\r\n\r\n`));
    assert.equal(fields.length, 2, text);
    assert.equal(splitHeader(Buffer.from(text)).bodyStart, Buffer.byteLength(text));
    assert.ok(findField(fields, 'x-end'));
  }
  assert.equal(safeHeaderText('a\r\n b\u0007\u2028c'), 'a  b c');
});
