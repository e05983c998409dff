// Events as the lines that tools know, and nothing in them that could make a line of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewEvent } from '#lib/trail/record.ts';
import { describeEvent } from '#server/maillog/lines.ts';
import { formatLine } from '#server/maillog/writer.ts';

const show = (event: NewEvent) =>
  describeEvent(event, 'postfix').map(({ program, text }) => `${program}: ${text}`);

const cases: { name: string; event: NewEvent; lines: string[] }[] = [
  {
    name: 'mail from a stranger',
    event: {
      traceId: 'ABC1',
      kind: 'received',
      sender: 'eve@far.test',
      remote: '192.0.2.7',
      detail: {
        reverseName: 'relay.far.test',
        messageId: '<1@far.test>',
        sizeBytes: 1234,
        recipients: 2,
      },
    },
    lines: [
      'postfix/smtpd: ABC1: client=relay.far.test[192.0.2.7]',
      'postfix/cleanup: ABC1: message-id=<1@far.test>',
      'postfix/qmgr: ABC1: from=<eve@far.test>, size=1234, nrcpt=2 (queue active)',
    ],
  },
  {
    name: 'into a mailbox',
    event: { traceId: 'A', kind: 'delivered', recipient: 'ada@example.org' },
    lines: [
      'postfix/lmtp: A: to=<ada@example.org>, relay=drey, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (delivered to mailbox)',
    ],
  },
  {
    name: 'to another server',
    event: {
      traceId: 'A',
      kind: 'sent',
      recipient: 'far@far.test',
      remote: 'mx.far.test',
      reason: '250 2.1.5',
      text: 'Ok: queued',
      detail: { delaySeconds: 3 },
    },
    lines: [
      'postfix/smtp: A: to=<far@far.test>, relay=mx.far.test, delay=3, delays=0/0/0/3, dsn=2.1.5, status=sent (Ok: queued)',
    ],
  },
  {
    name: 'refused',
    event: {
      traceId: 'A',
      kind: 'refused',
      sender: 'eve@far.test',
      recipient: 'x@elsewhere.test',
      remote: '192.0.2.7',
      reason: 'relay-denied',
      text: '554 5.7.1 Relaying denied',
      detail: { stage: 'rcpt', helo: 'relay.far.test' },
    },
    lines: [
      'postfix/smtpd: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 5.7.1 <x@elsewhere.test>: Relay access denied; from=<eve@far.test> to=<x@elsewhere.test> proto=ESMTP helo=<relay.far.test>',
    ],
  },
  {
    name: 'a wrong password at submission',
    event: {
      traceId: 'A',
      kind: 'login-failed',
      sender: 'ada@example.org',
      remote: '192.0.2.7',
      reason: 'password',
      text: 'submission',
    },
    lines: [
      'postfix/smtpd: warning: unknown[192.0.2.7]: SASL PLAIN authentication failed: password, sasl_username=ada@example.org',
    ],
  },
  {
    name: 'a wrong password in IMAP',
    event: {
      traceId: 'A',
      kind: 'login-failed',
      sender: 'ada@example.org',
      remote: '192.0.2.7',
      text: 'imap',
    },
    lines: [
      'dovecot: imap-login: Aborted login (auth failed, 1 attempts in 1 secs): user=<ada@example.org>, method=PLAIN, rip=192.0.2.7, lip=127.0.0.1, session=<A>',
    ],
  },
  { name: 'what an administrator changed', event: { traceId: 'A', kind: 'changed' }, lines: [] },
];

for (const { name, event, lines } of cases) test(name, () => assert.deepEqual(show(event), lines));

test('no text makes a line or a field of its own', () => {
  const evil = 'x>, status=sent\r\nNov 21 00:00:00 mail sshd[1]: Accepted\u2028password';
  for (const kind of ['received', 'refused', 'bounced', 'login-failed'] as const) {
    const lines = show({
      traceId: evil,
      kind,
      sender: evil,
      recipient: evil,
      remote: evil,
      reason: evil,
      text: kind === 'login-failed' ? 'imap' : evil,
      detail: { helo: evil, stage: evil, messageId: evil, reverseName: evil, sizeBytes: evil },
    });
    assert.ok(lines.length > 0);
    for (const line of lines) {
      assert.doesNotMatch(line, /[\r\n\u2028\u2029]/);
      assert.doesNotMatch(line.replace(/\(x>.*/, ''), /(from|to|helo|user)=<[^>]*>, status=sent/);
    }
  }
});

test('a line begins as syslog has it', () => {
  const at = new Date(2026, 10, 3, 7, 8, 9);
  assert.match(
    formatLine(at, 'postfix/smtpd', 'x'),
    /^Nov {2}3 07:08:09 \S+ postfix\/smtpd\[\d+\]: x$/,
  );
});
