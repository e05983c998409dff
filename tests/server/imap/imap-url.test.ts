// IMAP URLs as CATENATE writes them: what is one of a message, and what is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseImapUrl } from '#server/imap/imap-url.ts';

const whole = { path: [], kind: 'ALL' as const, fields: [] };
const none = { authority: null, mailbox: null, uidValidity: null, section: whole, partial: null };

const rows: [why: string, url: string, expected: ReturnType<typeof parseImapUrl>][] = [
  ['relative to the session', '/INBOX/;UID=7', { ...none, mailbox: 'INBOX', uid: 7 }],
  ['any case of INBOX', '/inbox/;uid=7', { ...none, mailbox: 'INBOX', uid: 7 }],
  ['relative to the selected mailbox', ';UID=7', { ...none, uid: 7 }],
  ['the same with a slash, as some write it', '/;UID=7', { ...none, uid: 7 }],
  [
    'everything there is (RFC 4469 §5)',
    '/Drafts;UIDVALIDITY=385759045/;UID=20/;section=1.MIME/;partial=5.10',
    {
      ...none,
      mailbox: 'Drafts',
      uidValidity: 385759045,
      uid: 20,
      section: { path: [1], kind: 'MIME', fields: [] },
      partial: { start: 5, count: 10 },
    },
  ],
  [
    'names and fields are percent-encoded UTF-8',
    '/B%C3%BCcher/a%2Fb/;UID=1/;SECTION=HEADER.FIELDS%20(To%20Cc)',
    {
      ...none,
      mailbox: 'Bücher/a/b',
      uid: 1,
      section: { path: [], kind: 'FIELDS', fields: ['To', 'Cc'] },
    },
  ],
  [
    'decomposed letters are the same name',
    '/Bu%CC%88cher/;UID=1',
    { ...none, mailbox: 'Bücher', uid: 1 },
  ],
  [
    'absolute, with mechanism and port',
    'imap://a%40example.test;AUTH=*@Mail.example.test:143/Sent/;UID=3/;PARTIAL=9',
    {
      ...none,
      authority: { user: 'a@example.test', host: 'mail.example.test' },
      mailbox: 'Sent',
      uid: 3,
      partial: { start: 9, count: null },
    },
  ],
  ['a mailbox is no message', '/INBOX', null],
  ['a search is no message', '/INBOX?SUBJECT%20x', null],
  ['zero is no UID', '/INBOX/;UID=0', null],
  ['no UID', '/INBOX/;UID=', null],
  ['an absolute one has a mailbox', 'imap://a@b/;UID=1', null],
  ['another scheme', 'http://a@b/INBOX/;UID=1', null],
  ['no host', 'imap:/INBOX/;UID=1', null],
  ['authorized by somebody (RFC 4467)', '/INBOX/;UID=1;URLAUTH=anonymous:internal:1', null],
  ['not a section', '/INBOX/;UID=1/;SECTION=MIME', null],
  ['more than a section', '/INBOX/;UID=1/;SECTION=TEXT]%20BODY[', null],
  ['broken percent sign', '/IN%ZZ/;UID=1', null],
  ['no UTF-8', '/%FF/;UID=1', null],
  ['control characters', '/a%0D%0Ab/;UID=1', null],
  ['raw controls', '/a\r\nb/;UID=1', null],
  ['raw 8-bit', '/B\u00fc/;UID=1', null],
  ['NUL', '/a%00b/;UID=1', null],
  ['an empty partial', '/INBOX/;UID=1/;PARTIAL=1.0', null],
  ['too long', `/${'x'.repeat(5000)}/;UID=1`, null],
  ['nothing', '', null],
];

for (const [why, url, expected] of rows) {
  test(`IMAP URL: ${why}`, () => assert.deepEqual(parseImapUrl(url), expected));
}

test('IMAP URL: takes linear time on hostile text', () => {
  for (const text of [
    '/;'.repeat(2000),
    `/${';UID=1/'.repeat(500)}`,
    `imap://${'@'.repeat(4000)}`,
  ]) {
    assert.equal(parseImapUrl(text), null);
  }
});
