import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeMailboxName, decodeUtf8MailboxName, encodeMailboxName } from '#lib/mail/mutf7.ts';

const names: [name: string, wire: string][] = [
  ['INBOX', 'INBOX'],
  ['a&b', 'a&-b'],
  ['Entwürfe', 'Entw&APw-rfe'],
  ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
  ['☺!', '&Jjo-!'],
  ['😀', '&2D3eAA-'],
  ['', ''],
];
for (const [name, wire] of names) {
  test(`mailbox name ${name}`, () => {
    assert.equal(encodeMailboxName(name), wire);
    assert.equal(decodeMailboxName(wire), name);
  });
}

const refused: [wire: string, why: string][] = [
  ['&', 'no end'],
  ['a&Jjo', 'no end'],
  ['&AGE-', 'printable ASCII must not be encoded'],
  ['&AAA-', 'NUL'],
  ['&AAo-', 'newline'],
  ['&2D0-', 'half a surrogate pair'],
  ['&U,BTFw-&ZeVnLIqe-', 'two runs for one (RFC 3501 §5.1.3)'],
  ['&Jjp-', 'padding bits set'],
  ['&Jj-', 'half a character'],
  ['&Jjo=-', 'padding'],
  ['&J/o-', 'slash instead of comma'],
  ['&J jo-', 'blank inside'],
  ['Entw\u00fcrfe', 'raw 8-bit'],
  ['a\u007f', 'control'],
  ['&AGkAbgBiAG8AeA-', 'INBOX in disguise'],
];
for (const [wire, why] of refused) {
  test(`refuses ${JSON.stringify(wire)}: ${why}`, () =>
    assert.equal(decodeMailboxName(wire), null));
}

test('decomposed names become composed ones', () => {
  assert.equal(encodeMailboxName('u\u0308'), '&APw-');
  assert.equal(decodeMailboxName('u&Awg-'), 'ü');
});

const utf8Names: [why: string, bytes: Buffer, expected: string | null][] = [
  ['plain', Buffer.from('a/b'), 'a/b'],
  ['& means itself', Buffer.from('a&b &APw-'), 'a&b &APw-'],
  ['composed', Buffer.from('u\u0308'), 'ü'],
  ['no UTF-8', Buffer.from([0x61, 0xff]), null],
  ['a character written too long', Buffer.from([0xc1, 0xa1]), null],
  ['half a surrogate pair', Buffer.from([0xed, 0xa0, 0x80]), null],
  ['control', Buffer.from('a\u0007'), null],
  ['control of Latin-1', Buffer.from('a\u0085'), null],
  ['delete', Buffer.from('a\u007f'), null],
  ['NUL', Buffer.from('a\u0000'), null],
  ['line separator (RFC 9755 §3)', Buffer.from('a\u2028'), null],
  ['paragraph separator', Buffer.from('a\u2029'), null],
];
for (const [why, bytes, expected] of utf8Names) {
  test(`a mailbox name in UTF-8: ${why}`, () =>
    assert.equal(decodeUtf8MailboxName(bytes), expected));
}
