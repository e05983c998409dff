import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bounce, composeBounce } from '#lib/mail/dsn.ts';
import { findField, parseHeaderFields, readFieldText, unfold } from '#lib/mail/header.ts';
import { hasBareNewline } from '#lib/mail/line-check.ts';
import { findPart, parseMime } from '#lib/mail/mime.ts';
import { readPartText } from '#lib/mail/text.ts';

const header = Buffer.from('From: joe@here.test\r\nTo: jane@there.test\r\nSubject: Hi\r\n\r\n');
const base: Bounce = {
  kind: 'failed',
  from: 'MAILER-DAEMON@mail.here.test',
  to: 'joe@here.test',
  hostname: 'mail.here.test',
  originalHeader: header,
  recipients: [
    {
      recipient: 'jane@there.test',
      originalTo: 'j@alias.test',
      action: 'failed',
      status: '5.1.1',
      diagnostic: '550 5.1.1 No such user',
      remoteMta: 'mx.there.test',
      lastAttempt: new Date('2026-11-21T09:00:00Z'),
    },
  ],
  envid: 'env1',
  arrival: new Date('2026-11-21T08:00:00Z'),
  now: new Date('2026-11-21T10:00:00Z'),
  messageId: '<b1@mail.here.test>',
  boundary: 'bound-1',
};

function read(bounce: Bounce) {
  const bytes = composeBounce(bounce);
  const root = parseMime(bytes);
  const fields = parseHeaderFields(bytes.subarray(0, root.headerEnd));
  const [text, status, original] = root.children;
  const groups = bytes
    .toString('utf8', status!.bodyStart, status!.bodyEnd)
    .split(/\r\n\r\n/)
    .map((group) => parseHeaderFields(Buffer.from(`${group}\r\n`)));
  return {
    bytes,
    root,
    fields,
    text: readPartText(bytes, text!),
    status: status!,
    groups,
    original: original!,
  };
}

test('a bounce is a multipart/report with three parts', () => {
  const { bytes, root, fields, text, status, groups, original } = read({
    ...base,
    originalBytes: Buffer.concat([header, Buffer.from('body\r\n')]),
  });
  assert.equal(`${root.type}/${root.subtype}`, 'multipart/report');
  assert.equal(root.parameters['report-type'], 'delivery-status');
  assert.equal(readFieldText(fields, 'auto-submitted'), 'auto-replied');
  assert.equal(readFieldText(fields, 'to'), '<joe@here.test>');
  assert.equal(`${status.type}/${status.subtype}`, 'message/delivery-status');
  assert.equal(groups.length, 2);
  const value = (group: number, name: string) =>
    unfold(findField(groups[group]!, name)?.rawValue ?? '');
  assert.equal(value(0, 'Reporting-MTA'), 'dns; mail.here.test');
  assert.equal(value(0, 'Original-Envelope-Id'), 'env1');
  assert.equal(value(1, 'Final-Recipient'), 'rfc822; jane@there.test');
  assert.equal(value(1, 'Original-Recipient'), 'rfc822; j@alias.test');
  assert.equal(value(1, 'Action'), 'failed');
  assert.equal(value(1, 'Status'), '5.1.1');
  assert.equal(value(1, 'Remote-MTA'), 'dns; mx.there.test');
  assert.equal(value(1, 'Diagnostic-Code'), 'smtp; 550 5.1.1 No such user');
  assert.match(text, /could not be delivered/);
  assert.match(text, /<jane@there\.test> \(written to as <j@alias\.test>\)/);
  assert.match(text, /mx\.there\.test said: 550 5\.1\.1 No such user/);
  assert.equal(`${original.type}/${original.subtype}`, 'message/rfc822');
  assert.equal(bytes.toString('utf8', original.bodyStart, original.bodyEnd), `${header}body\r\n`);
  assert.equal(hasBareNewline(bytes), false);
});

test('without the message, or with a big one, only the header goes back', () => {
  for (const originalBytes of [undefined, Buffer.alloc(60_000, 'a')]) {
    const { bytes, original } = read({ ...base, originalBytes });
    assert.equal(`${original.type}/${original.subtype}`, 'text/rfc822-headers');
    assert.equal(bytes.toString('utf8', original.bodyStart, original.bodyEnd), String(header));
  }
  const big = read({ ...base, originalHeader: Buffer.from('X-A: bbbbbbbb\r\n'.repeat(20_000)) });
  const size = big.original.bodyEnd - big.original.bodyStart;
  assert.ok(size <= 50_000 && size > 49_900);
});

test('a delay notice says that nothing is to be done', () => {
  const { text, groups } = read({
    ...base,
    kind: 'delayed',
    recipients: [
      {
        ...base.recipients[0]!,
        action: 'delayed',
        status: '4.4.1',
        retryUntil: new Date('2026-11-26T08:00:00Z'),
      },
    ],
  });
  assert.match(text, /NOTHING FOR YOU TO DO/);
  assert.match(unfold(findField(groups[1]!, 'Will-Retry-Until')!.rawValue), /26 Nov 2026/);
});

test('text from outside cannot leave its place', () => {
  const evil = 'x\r\n\r\n--bound-1--\r\nEvil: 1\r\n\u0000ä';
  const { root, groups, fields } = read({
    ...base,
    to: evil,
    envid: evil,
    hostname: evil,
    recipients: [
      {
        recipient: evil,
        originalTo: evil,
        action: 'failed',
        status: evil,
        diagnostic: evil,
        remoteMta: evil,
      },
    ],
  });
  assert.equal(root.children.length, 3);
  assert.equal(groups.length, 2);
  assert.ok([...groups, fields].every((group) => findField(group, 'evil') === null));
  assert.equal(unfold(findField(groups[1]!, 'Status')!.rawValue), '5.0.0');
});

test('an original that holds the boundary, or 8 bits', () => {
  const originalBytes = Buffer.from('Subject: x\r\n\r\n--bound-1--\r\n--bound-1-1\r\nä\r\n');
  const { root, bytes, original, fields } = read({ ...base, originalBytes });
  assert.equal(root.children.length, 3);
  assert.deepEqual(bytes.subarray(original.bodyStart, original.bodyEnd), originalBytes);
  assert.equal(original.encoding, '8bit');
  assert.equal(readFieldText(fields, 'content-transfer-encoding'), '8bit');
  assert.ok(findPart(root, '3'));
});

test('a Unicode address keeps the status part 7 bit (RFC 6533)', () => {
  const { bytes, status, text } = read({
    ...base,
    recipients: [{ recipient: 'jörg@there.test', action: 'failed', status: '5.1.1' }],
  });
  const body = bytes.toString('utf8', status.bodyStart, status.bodyEnd);
  assert.match(body, /Final-Recipient: utf-8; j\\x\{F6\}rg@there\.test/);
  assert.match(text, /<jörg@there\.test>/);
});

test('a note of success: actions, original recipient with its type, no words of failure', () => {
  const { fields, text, groups } = read({
    ...base,
    kind: 'delivered',
    recipients: [
      {
        recipient: 'jane@there.test',
        originalTo: 'rfc822;J@Alias.test',
        action: 'delivered',
        status: '',
      },
      { recipient: 'joe@far.test', originalTo: 'x400;/S=joe/', action: 'relayed', status: '2.0.0' },
    ],
  });
  assert.equal(readFieldText(fields, 'subject'), 'Your mail was delivered');
  assert.match(text, /<jane@there\.test> \(written to as <J@Alias\.test>\)/);
  assert.match(text, /handed to the next server/);
  assert.doesNotMatch(text, /could not/);
  const [, first = [], second = []] = groups;
  assert.equal(readFieldText(first, 'original-recipient'), 'rfc822; J@Alias.test');
  assert.equal(readFieldText(first, 'status'), '2.0.0');
  assert.equal(readFieldText(second, 'original-recipient'), 'x400; /S=joe/');
  assert.equal(readFieldText(second, 'action'), 'relayed');
});
