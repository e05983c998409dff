// Commands of mailing lists, and when one click is enough.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseHeaderFields } from '#lib/mail/header.ts';
import { findOneClick, readListCommands } from '#lib/webmail/reader/list-commands.ts';
import { composeReceipt, readReceiptRequest } from '#lib/webmail/reader/receipt.ts';

const fieldsOf = (...lines: string[]) =>
  parseHeaderFields(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
const signature = 'DKIM-Signature: d=l.test; h=From:List-Unsubscribe:List-Unsubscribe-Post; b=x';
const link = 'List-Unsubscribe: <https://l.test/leave?u=1>, <mailto:leave@l.test>';
const click = 'List-Unsubscribe-Post: List-Unsubscribe=One-Click';

describe('leaving in one click', () => {
  const cases: [why: string, lines: string[], signedBy: string[], expected: string | null][] = [
    ['signed and complete', [signature, link, click], ['l.test'], 'https://l.test/leave?u=1'],
    ['not signed', [link, click], ['l.test'], null],
    ['signed by nobody valid', [signature, link, click], [], null],
    ['signed by another', [signature, link, click], ['other.test'], null],
    [
      'a field not covered',
      [signature.replace(':List-Unsubscribe-Post', ''), link, click],
      ['l.test'],
      null,
    ],
    ['no post', [signature, link], ['l.test'], null],
    ['http alone', [signature, link.replace('https', 'http'), click], ['l.test'], null],
    ['letters alone', [signature, 'List-Unsubscribe: <mailto:a@l.test>', click], ['l.test'], null],
    ['two fields of a name', [signature, link, link, click], ['l.test'], null],
    [
      'with a name before @',
      [signature, 'List-Unsubscribe: <https://x@l.test/>', click],
      ['l.test'],
      null,
    ],
  ];
  for (const [why, lines, signedBy, expected] of cases) {
    it(why, () => assert.equal(findOneClick(fieldsOf(...lines), signedBy), expected));
  }
  it('reads all commands, and no other schemes', () => {
    const list = readListCommands(
      fieldsOf(
        'List-Id: "News <b>" <news.l.test>',
        'List-Post: NO',
        'List-Archive: <javascript:alert(1)>, <https://l.test/a>',
        'List-Owner: <mailto:o@l.test>',
        'List-Help: <data:text/html,x>',
      ),
      [],
    );
    assert.equal(list?.id, 'news.l.test');
    assert.deepEqual(list?.links, {
      archive: { mailto: null, url: 'https://l.test/a' },
      owner: { mailto: 'mailto:o@l.test', url: null },
    });
  });
  it('is no list where nothing says so', () => {
    assert.equal(readListCommands(fieldsOf('Subject: x'), []), null);
  });
});

describe('receipts', () => {
  const ask = 'Disposition-Notification-To: Eve <eve@far.test>';
  const path = 'Return-Path: <eve@far.test>';
  const cases: [why: string, lines: string[], expected: unknown][] = [
    ['a plain request', [ask, path], { to: 'eve@far.test', isOdd: false }],
    ['to somebody else', [ask, 'Return-Path: <x@far.test>'], { to: 'eve@far.test', isOdd: true }],
    ['to several', [`${ask}, b@far.test`, path], { to: 'eve@far.test', isOdd: true }],
    ['from the null sender', [ask, 'Return-Path: <>'], null],
    ['from a machine', [ask, path, 'Auto-Submitted: auto-generated'], null],
    [
      'with what must be understood',
      [ask, path, 'Disposition-Notification-Options: a=required,b'],
      null,
    ],
    ['two requests', [ask, ask, path], null],
    ['no address', ['Disposition-Notification-To: nobody', path], null],
  ];
  for (const [why, lines, expected] of cases) {
    it(why, () => assert.deepEqual(readReceiptRequest(fieldsOf(...lines)), expected));
  }
  it('writes what RFC 8098 wants, and no field of the sender', () => {
    const bytes = composeReceipt({
      from: { name: 'Ann', address: 'ann@here.test' },
      to: 'eve@far.test',
      subject: 'x\r\nBcc: evil@far.test',
      messageId: '<a@far.test>\r\nX: y',
      isByHand: true,
      hostname: 'mx.here.test',
      at: new Date(0),
    }).toString();
    assert.match(bytes, /report-type=disposition-notification/);
    assert.match(bytes, /Disposition: manual-action\/MDN-sent-manually; displayed/);
    assert.match(bytes, /Final-Recipient: rfc822;ann@here\.test/);
    assert.doesNotMatch(bytes, /^(?:Bcc|X):/m);
  });
});
