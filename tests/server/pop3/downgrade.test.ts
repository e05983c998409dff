// Headers in UTF-8 for clients that have not said UTF8 (RFC 6856 §4, RFC 6858).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { downgradeMessage } from '#server/pop3/downgrade.ts';

const downgrade = (text: string, encoding: BufferEncoding = 'utf8') =>
  downgradeMessage(Buffer.from(text, encoding)).toString(encoding);

describe('a downgraded message', () => {
  const cases: [string, string, string][] = [
    ['unstructured text', 'Subject: Grüße', 'Subject: =?utf-8?B?R3LDvMOfZQ==?='],
    ['a display name', 'From: Jörg <j@example.org>', 'From: =?utf-8?Q?J=C3=B6rg?= <j@example.org>'],
    ['a domain', 'To: a@bücher.example', 'To: a@xn--bcher-kva.example'],
    [
      'a local part, which becomes an empty group',
      'To: jörg@example.org, b@example.org',
      'To: =?utf-8?Q?j=C3=B6rg=40example=2Eorg?= :;, b@example.org',
    ],
    [
      'a file name',
      'Content-Disposition: attachment; filename="Grüße.txt"; size=3',
      'Content-Disposition: attachment; filename*=utf-8\'\'Gr%C3%BC%C3%9Fe.txt;\r\n size="3"',
    ],
    ['a field that nobody knows', 'X-Note: ä', 'X-Note: =?utf-8?B?w6Q=?='],
  ];
  for (const [reason, given, wanted] of cases) {
    it(`encodes ${reason}`, () => {
      const message = (field: string) => `A: b\r\n${field}\r\nC: d\r\n\r\nKörper\r\n`;
      assert.equal(downgrade(message(given)), message(wanted));
    });
  }

  const same = [
    'Subject: plain\r\n\r\nKörper\r\n',
    'no field at all\r\n\r\nä',
    '',
    '\r\n\r\nä',
    'ä',
    'ä: b\r\n\r\n',
  ];
  for (const text of same) {
    it(`is ASCII or as it was: ${JSON.stringify(text)}`, () => {
      assert.equal(downgrade(text).split('\r\n\r\n')[1], text.split('\r\n\r\n')[1]);
    });
  }

  it('leaves what is no UTF-8 as it is, octet by octet', () => {
    const text = 'Subject: \xe4\xf6\r\n\r\nbody';
    assert.equal(downgrade(text, 'latin1'), text);
  });

  it('bears a huge header', () => {
    const message = Buffer.from(`To: ${'ä@ü.example, '.repeat(1_000_000)}\r\n\r\n`);
    assert.equal(downgradeMessage(message), message);
    const long = Buffer.from(`To: ${'ä@ü.example, '.repeat(10_000)}\r\n\r\nbody`);
    assert.match(downgradeMessage(long).toString('latin1'), /^[\x00-\x7f]+body$/);
  });
});
