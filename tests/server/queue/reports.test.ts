// RFC 3461: NOTIFY, RET, ENVID, ORCPT in reports of success and failure, and passed on. RFC 8689: REQUIRETLS, the report too.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type Account, addAccount, readAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { poke } from '#lib/poke.ts';
import { cancelScheduled } from '#lib/queue/scheduled.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { type Delivery, deliver } from '#server/delivery/local.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { makeSelfSigned } from '#server/tls/self-signed.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Sink, type SinkOptions, startSink } from '#tests/support/smtp-sink.ts';
import { inboxOf, until } from './fixture.ts';

const start = new Date('2026-11-21T10:00:00Z');
const password = 'a long enough password';
const trusted = getCACertificates('default');

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;
let pems: { key: string; cert: string };
let queue: Running;
let sink: Sink | null = null;
let ada: Account;
let bob: Account;
let count = 0;

before(async () => {
  database = await openTestDatabase();
  pems = await makeSelfSigned('mx.far.test');
  await writeSetting('server.hostname', 'mail.own.test', 'test');
  await writeSetting('delivery.allowPrivateAddresses', true, 'test');
  dns = await startDns();
  await dns.use();
  // The DNS proves the mail servers: REQUIRETLS needs it (RFC 8689 §4.2.1).
  const toSink = { MX: ['10 mx.far.test'], isSecure: true };
  dns.zone = { 'far.test': toSink, 'away.test': toSink, 'mx.far.test': { A: ['127.0.0.1'] } };
  await addDomain({ name: 'own.test' }, 'test');
  bob = await addAccount({ address: 'bob@own.test', password }, 'test');
  queue = await startQueue();
  // Every test says for itself what an address is worth.
  await writeSetting('delivery.suppressionDays', 0, 'test');
});
beforeEach(async () => {
  freezeClock(start);
  ada = await addAccount({ address: `ada${++count}@own.test`, password }, 'test');
});
afterEach(async () => {
  await sink?.close();
  sink = null;
  setDefaultCACertificates(trusted);
});
after(async () => {
  freezeClock(null);
  await queue.stop();
  await dns.close();
  await database.close();
});

/** Everything outside goes to this server. */
async function useSink(options: SinkOptions): Promise<Sink> {
  sink = await startSink(options);
  await writeSetting('delivery.mxPort', sink.port, 'test');
  return sink;
}

async function send(change: Partial<Delivery>): Promise<void> {
  await deliver({
    body: await stageBytes(Buffer.from('Subject: hello\r\n\r\nsecret body\r\n')),
    sender: ada.address,
    accountId: ada.id,
    mailboxes: [],
    remote: [],
    trace: { hostname: 'mail.own.test', protocol: 'ESMTPSA', receivedAt: start },
    traceId: newId(),
    ...change,
  });
}

const untilEmpty = () =>
  until('the queue is empty', async () => (await db.queueMessage.count()) === 0);
const toBob = (notify: string, orcpt = '') => ({
  ...{ accountId: bob.id, address: bob.address, originalTo: bob.address, notify, orcpt },
});

describe('success', () => {
  it('of a mailbox here is told where asked for, with the words of the sender', async () => {
    await send({ mailboxes: [toBob('SUCCESS,FAILURE', 'rfc822;Bob@Own.test')], envid: 'QQ314' });
    const [report = ''] = await inboxOf(ada.id);
    assert.match(report, /^Return-Path: <>\r\n/);
    assert.match(report, /\r\nSubject: Your mail was delivered\r\n/);
    assert.match(report, /\r\nOriginal-Envelope-Id: QQ314\r\n/);
    assert.match(report, /\r\nOriginal-Recipient: rfc822; Bob@Own\.test\r\n/);
    assert.match(
      report,
      /\r\nFinal-Recipient: rfc822; bob@own\.test\r\nAction: delivered\r\nStatus: 2\.0\.0\r\n/,
    );
    assert.doesNotMatch(report, /secret body/);
  });

  const silent: [why: string, change: () => Partial<Delivery>][] = [
    ['not asked for', () => ({ mailboxes: [toBob('FAILURE,DELAY')] })],
    ['NEVER', () => ({ mailboxes: [toBob('NEVER')] })],
    ['the null sender', () => ({ mailboxes: [toBob('SUCCESS')], sender: '' })],
    ['a stranger asks', () => ({ mailboxes: [toBob('SUCCESS')], accountId: null })],
  ];
  for (const [why, change] of silent) {
    it(`is not told: ${why}`, async () => {
      await send(change());
      assert.deepEqual(await inboxOf(ada.id), []);
      assert.equal(await db.queueMessage.count(), 0);
    });
  }

  it('of held mail is told when it arrives', async () => {
    const releaseAt = new Date(start.getTime() + 60_000);
    await send({ mailboxes: [toBob('SUCCESS')], releaseAt });
    assert.deepEqual(await inboxOf(ada.id), []);
    freezeClock(releaseAt);
    poke('queue');
    await untilEmpty();
    assert.match((await inboxOf(ada.id))[0] ?? '', /Action: delivered/);
  });

  it('a next hop without DSN: relayed', async () => {
    await useSink({ extra: { hideDSN: true } });
    await send({
      remote: [{ recipient: 'x@far.test', notify: 'SUCCESS', originalTo: 'rfc822;y@z.test' }],
    });
    await untilEmpty();
    const [report = ''] = await inboxOf(ada.id);
    assert.match(report, /\r\nOriginal-Recipient: rfc822; y@z\.test\r\n/);
    assert.match(report, /\r\nAction: relayed\r\nStatus: 2\./);
  });

  it('a next hop with DSN gets the parameters and reports itself', async () => {
    const next = await useSink({ extra: { hideDSN: false } });
    await send({
      remote: [
        { recipient: 'x@far.test', notify: 'SUCCESS,DELAY', originalTo: 'rfc822;a+b=c@z.test' },
      ],
      envid: 'id+1',
      ret: 'HDRS',
    });
    await untilEmpty();
    assert.deepEqual(await inboxOf(ada.id), []);
    const { envelope } = next.messages[0]!;
    assert.equal(envelope.rcptTo[0]?.dsn?.notify?.toString(), 'SUCCESS,DELAY');
    assert.match(JSON.stringify(envelope), /a\+b=c@z\.test/);
    assert.match(JSON.stringify(envelope), /id\+1/);
    assert.match(JSON.stringify(envelope), /HDRS/);
  });

  it('a next hop without DSN is not told of to strangers', async () => {
    await useSink({ extra: { hideDSN: true } });
    await send({ remote: [{ recipient: 'x@far.test', notify: 'SUCCESS' }], accountId: null });
    await untilEmpty();
    assert.deepEqual(await inboxOf(ada.id), []);
  });
});

describe('failure', () => {
  const cases: [notify: string, ret: string, reports: number, isWhole: boolean][] = [
    ['', '', 1, true],
    ['FAILURE', 'FULL', 1, true],
    ['FAILURE', 'HDRS', 1, false],
    ['NEVER', 'FULL', 0, false],
    ['SUCCESS', 'FULL', 0, false],
  ];
  for (const [notify, ret, reports, isWhole] of cases) {
    it(`NOTIFY=${notify} RET=${ret}`, async () => {
      await useSink({ script: { rcpt: () => '550 5.1.1 no' } });
      await send({
        remote: [{ recipient: 'x@far.test', notify, originalTo: 'utf-8;x@far.test' }],
        ret,
      });
      await untilEmpty();
      const inbox = await inboxOf(ada.id);
      assert.equal(inbox.length, reports);
      if (reports === 0) return;
      assert.match(inbox[0] ?? '', /\r\nOriginal-Recipient: utf-8; x@far\.test\r\n/);
      assert.equal(/secret body/.test(inbox[0] ?? ''), isWhole);
    });
  }
});

describe('REQUIRETLS', () => {
  const required = { remote: [{ recipient: 'x@far.test' }], isTlsRequired: true, ret: 'FULL' };

  it('goes over verified TLS to a server that promises it', async () => {
    setDefaultCACertificates([...trusted, pems.cert]);
    const next = await useSink({ tls: pems, extra: { hideREQUIRETLS: false } });
    await send(required);
    await untilEmpty();
    assert.equal(next.messages[0]?.isSecure, true);
    assert.match(JSON.stringify(next.messages[0]?.envelope), /requireTLS":true/);
    assert.deepEqual(await inboxOf(ada.id), []);
  });

  const failures: [why: string, options: () => SinkOptions, isTrusted: boolean, status: RegExp][] =
    [
      ['no promise', () => ({ tls: pems }), true, /\r\nStatus: 5\.7\.30\r\n/],
      [
        'an unknown certificate',
        () => ({ tls: pems, extra: { hideREQUIRETLS: false } }),
        false,
        /\r\nStatus: 5\.7\.10\r\n/,
      ],
      ['no TLS at all', () => ({}), true, /\r\nStatus: 5\.7\.10\r\n/],
    ];
  for (const [why, options, isTrusted, status] of failures) {
    it(`fails at once, never in clear: ${why}`, async () => {
      if (isTrusted) setDefaultCACertificates([...trusted, pems.cert]);
      const next = await useSink(options());
      await send(required);
      await untilEmpty();
      assert.equal(next.messages.length, 0);
      const [report = ''] = await inboxOf(ada.id);
      assert.match(report, status);
      // RFC 8689 §5: whatever RET says.
      assert.doesNotMatch(report, /secret body/);
    });
  }

  it('the report asks for it too, but goes where it is not offered', async () => {
    await useSink({ script: { rcpt: (to) => (to.startsWith('x') ? '550 5.1.1 no' : null) } });
    await send({ ...required, sender: 'eve@away.test', accountId: null });
    await until('the report leaves', async () => (await sink?.messages.length) === 1);
    assert.equal(sink?.messages[0]?.sender, '');
    assert.deepEqual(sink?.messages[0]?.recipients, ['eve@away.test']);
    await untilEmpty();
  });
});

it('many recipients that fail hold the mail of who wrote to them, and tell', async () => {
  await writeSetting('sending.burstFailures', 2, 'test');
  await useSink({ script: { rcpt: (to) => (to.startsWith('x') ? '550 5.1.1 no' : 'hang') } });
  await send({ remote: [{ recipient: 'x1@far.test' }] });
  await untilEmpty();
  assert.equal((await readAccount(ada.id))?.sendingHold, '');
  const releaseAt = new Date(start.getTime() + 86_400_000);
  await send({ remote: [{ recipient: 'later@far.test' }], releaseAt });
  await send({ remote: ['x2', 'x3'].map((name) => ({ recipient: `${name}@far.test` })) });
  await until('the hold', async () => (await readAccount(ada.id))?.sendingHold === 'burst');
  const [row] = await db.queueRecipient.findMany();
  assert.deepEqual(
    [row?.recipient, row?.state, row?.holdReason],
    ['later@far.test', 'held', 'burst'],
  );
  const letters = (await inboxOf(ada.id)).filter((text) =>
    /waits for the administrator/.test(text),
  );
  assert.equal(letters.length, 1);
  assert.match(letters[0] ?? '', /3 recipients that failed for good within 60 minutes/);
  await cancelScheduled(ada.id, row?.messageId ?? '');
});
