import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeMailboxName, encodeMailboxName } from '#lib/mail/mutf7.ts';

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
