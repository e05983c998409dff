import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import PostalMime from 'postal-mime';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock, fromNow } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { poke } from '#lib/poke.ts';
import { enqueue } from '#lib/queue/enqueue.ts';
import { dropEntry, holdEntry, listQueue, releaseEntry, retryEntry } from '#lib/queue/entries.ts';
import {
  addRelayRule,
  listRelayRules,
  removeRelayRule,
  updateRelayRule,
} from '#lib/queue/relay-rule.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Sink, type SinkOptions, startSink } from '#tests/support/smtp-sink.ts';
import { eventsOf, inboxOf, queueMail, rowsOf, until, untilGone, untilTried } from './fixture.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = new Date('2026-11-21T08:00:00Z');

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;
let sink: Sink;
let adaId: string;
let running: Running[] = [];
const others: Sink[] = [];

before(async () => {
  database = await openTestDatabase();
  dns = await startDns();
  await dns.use();
  await writeSetting('server.hostname', 'mail.own.test', 'test');
  await writeSetting('delivery.allowPrivateAddresses', true, 'test');
  await writeSetting('delivery.connectTimeoutSeconds', 2, 'test');
  await addDomain({ name: 'own.test' }, 'test');
  adaId = (await addAccount({ address: 'ada@own.test', password: 'correct horse battery' }, 'test'))
    .id;
});

beforeEach(async () => {
  freezeClock(start);
  forgetAnswers();
  dns.zone = { 'far.test': { MX: ['10 mx.far.test'] }, 'mx.far.test': { A: ['127.0.0.1'] } };
  sink = await startSink();
  await writeSetting('delivery.mxPort', sink.port, 'test');
  await runQueue();
});

afterEach(async () => {
  for (const one of running) await one.stop();
  running = [];
  await sink.close();
  for (const one of others.splice(0)) await one.close();
  for (const rule of await listRelayRules()) await removeRelayRule(rule.id, 'test');
  await write(async (tx) => {
    await tx.queueRecipient.deleteMany();
    await tx.queueMessage.deleteMany();
    await tx.message.deleteMany();
    await tx.account.updateMany({ data: { quotaBytes: null, usedBytes: 0 } });
  });
  freezeClock(null);
});

after(async () => {
  await dns.close();
  await database.close();
});

async function runQueue(): Promise<Running> {
  const queue = await startQueue();
  running.push(queue);
  return queue;
}

async function otherSink(options: SinkOptions = {}): Promise<Sink> {
  const other = await startSink(options);
  others.push(other);
  return other;
}

/** Moves the frozen clock and wakes the queue. */
function goTo(ms: number): void {
  freezeClock(new Date(start.getTime() + ms));
  poke('queue');
}

describe('the queue delivers', () => {
  it('through MX, prefix before body, and leaves the queue', async () => {
    const { messageId, traceId } = await queueMail({ to: ['bob@far.test', 'eve@far.test'] });
    await untilGone(messageId);
    assert.equal(sink.messages.length, 1);
    assert.equal(sink.messages[0]?.sender, 'ada@own.test');
    assert.equal(sink.messages[0]?.helo, 'mail.own.test');
    assert.equal(
      sink.messages[0]?.text,
      'Received: by mail.own.test\r\nFrom: ada@own.test\r\nSubject: hello\r\n\r\nbody\r\n',
    );
    const events = await eventsOf(traceId);
    assert.deepEqual(events.map((event) => event.short).sort(), [
      'sent bob@far.test',
      'sent eve@far.test',
    ]);
    assert.equal(events[0]?.remote, 'mx.far.test');
  });

  it('falls through to the next MX', async () => {
    dns.zone['far.test'] = { MX: ['10 dead.far.test', '20 gone.far.test', '30 mx.far.test'] };
    dns.zone['dead.far.test'] = { A: ['127.0.0.3'] };
    const { messageId } = await queueMail({ to: ['bob@far.test'] });
    await untilGone(messageId);
    assert.equal(sink.messages.length, 1);
  });

  it('to the address of a domain without MX', async () => {
    dns.zone['bare.test'] = { A: ['127.0.0.1'] };
    const { messageId } = await queueMail({ to: ['bob@bare.test'] });
    await untilGone(messageId);
    assert.deepEqual(sink.messages[0]?.recipients, ['bob@bare.test']);
  });

  it('what was put in while nobody ran', async () => {
    await running.pop()?.stop();
    const { messageId } = await queueMail({ to: ['bob@far.test'] });
    await runQueue();
    await untilGone(messageId);
  });

  it('many messages to one domain, a few at a time', async () => {
    await writeSetting('delivery.concurrencyPerDomain', 2, 'test');
    let most = 0;
    let open = 0;
    sink.script.mail = () => {
      most = Math.max(most, ++open);
      return null;
    };
    sink.script.data = () => {
      open--;
      return null;
    };
    const queued = await Promise.all(
      Array.from({ length: 8 }, (_, i) => queueMail({ to: [`u${i}@far.test`] })),
    );
    for (const { messageId } of queued) await untilGone(messageId);
    assert.equal(sink.messages.length, 8);
    assert.ok(most <= 2, `${most} at a time`);
    await writeSetting('delivery.concurrencyPerDomain', 5, 'test');
  });

  it('a thousand recipients, at most 100 in a transaction', async () => {
    const to = Array.from({ length: 250 }, (_, i) => `u${i}@far.test`);
    const { messageId } = await queueMail({ to });
    await untilGone(messageId);
    const counts = sink.messages.map((message) => message.recipients.length);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      250,
    );
    assert.ok(Math.max(...counts) <= 100);
  });
});

describe('relay rules', () => {
  it('are chosen in their order, and the first that fits counts', async () => {
    const [byRecipient, bySender, byDefault] = [
      await otherSink(),
      await otherSink(),
      await otherSink(),
    ];
    const rule = (of: Sink) => ({ hosts: `127.0.0.1:${of.port}`, tlsMode: 'none' as const });
    // The one for all mail stays the last.
    await addRelayRule(rule(byDefault), 'test');
    await addRelayRule({ recipient: '.big.test', ...rule(byRecipient) }, 'test');
    await addRelayRule({ recipient: 'far.test', target: 'mx' }, 'test');
    await addRelayRule({ sender: 'ada@own.test', ...rule(bySender) }, 'test');
    const queued = [
      await queueMail({ to: ['bob@deep.big.test', 'bob@far.test', 'bob@any.test'] }),
      await queueMail({ sender: 'eve@own.test', to: ['bob@any.test', 'bob@other.test'] }),
    ];
    for (const { messageId } of queued) await untilGone(messageId);
    assert.deepEqual(byRecipient.messages[0]?.recipients, ['bob@deep.big.test']);
    assert.deepEqual(bySender.messages[0]?.recipients, ['bob@any.test']);
    // Both domains in one transaction: it is one relay.
    assert.deepEqual(byDefault.messages[0]?.recipients.toSorted(), [
      'bob@any.test',
      'bob@other.test',
    ]);
    assert.deepEqual(sink.messages[0]?.recipients, ['bob@far.test']);
  });

  it('apply to the next attempt when changed, with login', async () => {
    const busy = await otherSink({ script: { rcpt: () => '450 4.2.1 later' } });
    const good = await otherSink({ login: { user: 'relay', password: 'secret' } });
    const rule = await addRelayRule({ hosts: `127.0.0.1:${busy.port}`, tlsMode: 'none' }, 'test');
    const { messageId } = await queueMail({ to: ['bob@far.test'] });
    const [row] = await untilTried(messageId, 1);
    assert.equal(row?.lastText, 'later');
    await updateRelayRule(
      rule.id,
      { hosts: `127.0.0.1:${good.port}`, username: 'relay', password: 'secret' },
      'test',
    );
    await retryEntry(row?.id ?? '', 'test');
    await untilGone(messageId);
    assert.equal(good.messages[0]?.user, 'relay');
  });

  it('never bounce a mail for their own fault', async () => {
    await addRelayRule({ hosts: 'no.such.test' }, 'test');
    const { messageId } = await queueMail({ to: ['bob@far.test'] });
    const [row] = await untilTried(messageId, 1);
    assert.match(row?.lastText ?? '', /no\.such\.test/);
  });
});

describe('temporary failures', () => {
  it('wait 15 minutes, then longer, and tell the trail', async () => {
    sink.script.rcpt = () => '451 4.7.1 greylisted';
    const { messageId, traceId } = await queueMail({ to: ['bob@far.test'] });
    const [row] = await untilTried(messageId, 1);
    assert.equal(row?.nextAttemptAt.getTime(), start.getTime() + 15 * minute);
    assert.deepEqual(
      [row?.lastCode, row?.lastText, row?.lastHost],
      [451, 'greylisted', 'mx.far.test'],
    );
    goTo(15 * minute);
    const [second] = await untilTried(messageId, 2);
    assert.equal(second?.nextAttemptAt.getTime(), start.getTime() + 45 * minute);
    sink.script.rcpt = () => null;
    goTo(45 * minute);
    await untilGone(messageId);
    const events = await eventsOf(traceId);
    assert.deepEqual(
      events.map((event) => `${event.kind} ${event.reason}`),
      ['deferred 451 4.7.1', 'deferred 451 4.7.1', 'sent 250 2.0.0'],
    );
  });

  it('keep only the deferred recipient', async () => {
    sink.script.rcpt = (to) => (to === 'eve@far.test' ? '450 4.2.0 later' : null);
    const { messageId } = await queueMail({ to: ['bob@far.test', 'eve@far.test'] });
    const rows = await untilTried(messageId, 1);
    assert.deepEqual(
      rows.map((row) => row.recipient),
      ['eve@far.test'],
    );
  });

  it('SERVFAIL is one', async () => {
    dns.zone['far.test'] = 'SERVFAIL';
    const { messageId } = await queueMail({ to: ['bob@far.test'] });
    const [row] = await untilTried(messageId, 1);
    assert.match(row?.lastText ?? '', /SERVFAIL/);
  });

  it('tell an own user of the delay once, after four hours', async () => {
    sink.script.rcpt = () => '451 4.7.1 greylisted';
    const { messageId } = await queueMail({ to: ['bob@far.test'] });
    let attempts = 0;
    for (const ms of [0, 15 * minute, 45 * minute, 105 * minute, 225 * minute]) {
      goTo(ms);
      await untilTried(messageId, ++attempts);
      assert.deepEqual(await inboxOf(adaId), []);
    }
    for (const ms of [4 * hour, 8 * hour, 12 * hour]) {
      goTo(ms);
      await untilTried(messageId, ++attempts);
    }
    const inbox = await inboxOf(adaId);
    assert.equal(inbox.length, 1);
    assert.match(inbox[0] ?? '', /^Action: delayed\r$/m);
    assert.match(inbox[0] ?? '', /^Will-Retry-Until: .*26 Nov 2026 08:00:00/m);
  });

  it('tell a stranger nothing', async () => {
    sink.script.rcpt = (to) => (to === 'bob@far.test' ? '451 4.7.1 greylisted' : null);
    const { messageId } = await queueMail({ sender: 'someone@far.test', to: ['bob@far.test'] });
    await untilTried(messageId, 1);
    goTo(5 * hour);
    await untilTried(messageId, 2);
    assert.equal((await listQueue()).total, 1);
  });

  it('end after five days with a bounce', async () => {
    sink.script.rcpt = () => '451 4.7.1 greylisted';
    const { messageId, traceId } = await queueMail({ to: ['bob@far.test'] });
    await untilTried(messageId, 1);
    goTo(120 * hour);
    await untilGone(messageId);
    const [bounce = ''] = await inboxOf(adaId);
    assert.match(bounce, /^Status: 4\.4\.7\r$/m);
    assert.match(bounce, /greylisted/);
    assert.ok((await eventsOf(traceId)).some((event) => event.short === 'bounced bob@far.test'));
  });
});

describe('a fault of ours', () => {
  it('defers: a body that is not there', async () => {
    const messageId = await write((tx) =>
      enqueue(tx, {
        blobId: 999_999,
        prefix: Buffer.alloc(0),
        sizeBytes: 0,
        sender: 'ada@own.test',
        accountId: null,
        recipients: [{ recipient: 'bob@far.test' }],
        traceId: 'lost',
      }),
    );
    poke('queue');
    const [row] = await untilTried(messageId, 1);
    assert.match(row?.lastText ?? '', /internal fault/);
    assert.equal(sink.messages.length, 0);
  });
});

describe('bounces', () => {
  it('come at once for 5yz, one report for all, readable by machine and person', async () => {
    sink.script.rcpt = (to) => (to.startsWith('no') ? '550 5.1.1 who is that?' : null);
    const { messageId, traceId } = await queueMail({
      to: [
        { recipient: 'no1@far.test', originalTo: 'rfc822;info@own.test' },
        'no2@far.test',
        'bob@far.test',
      ],
      envid: 'env-1',
    });
    await untilGone(messageId);
    assert.deepEqual(sink.messages[0]?.recipients, ['bob@far.test']);
    const inbox = await inboxOf(adaId);
    assert.equal(inbox.length, 1);
    const [text = ''] = inbox;
    assert.match(text, /^Return-Path: <>\r\nDelivered-To: ada@own\.test\r\n/);
    const mail = await PostalMime.parse(text);
    assert.equal(mail.from?.address, 'MAILER-DAEMON@mail.own.test');
    assert.equal(mail.to?.[0]?.address, 'ada@own.test');
    assert.match(text, /^Content-Type: multipart\/report; report-type=delivery-status/m);
    assert.match(text, /^Original-Envelope-Id: env-1\r$/m);
    assert.match(text, /^Final-Recipient: rfc822; no1@far\.test\r$/m);
    assert.match(text, /^Original-Recipient: rfc822; info@own\.test\r$/m);
    assert.match(text, /^Final-Recipient: rfc822; no2@far\.test\r$/m);
    assert.match(text, /^Status: 5\.1\.1\r$/m);
    assert.match(text, /^Remote-MTA: dns; mx\.far\.test\r$/m);
    assert.match(text, /who is that\?/);
    assert.match(text, /^Subject: hello\r$/m);
    assert.doesNotMatch(text, /bob@far\.test/);
    const kinds = (await eventsOf(traceId)).map((event) => event.short);
    assert.deepEqual(kinds.toSorted(), [
      'bounced no1@far.test',
      'bounced no2@far.test',
      'delivered ada@own.test',
      'sent bob@far.test',
    ]);
  });

  it('for a null MX and for a domain that is not there', async () => {
    dns.zone['null.test'] = { MX: ['0 .'] };
    const { messageId } = await queueMail({ to: ['bob@null.test', 'bob@nowhere.test'] });
    await untilGone(messageId);
    const inbox = (await inboxOf(adaId)).join('\n');
    assert.match(inbox, /^Status: 5\.1\.10\r$/m);
    assert.match(inbox, /^Status: 5\.4\.4\r$/m);
  });

  it('go to an outside sender from the null sender', async () => {
    sink.script.rcpt = (to) => (to === 'no@far.test' ? '550 5.1.1 no' : null);
    const { messageId } = await queueMail({ sender: 'carl@far.test', to: ['no@far.test'] });
    await untilGone(messageId);
    const [bounce] = await sink.waitFor(1);
    assert.equal(bounce?.sender, '');
    assert.deepEqual(bounce?.recipients, ['carl@far.test']);
    assert.match(bounce?.text ?? '', /^Action: failed\r$/m);
  });

  const silent: [string, Parameters<typeof queueMail>[0], string][] = [
    ['the null sender', { sender: '', to: ['no@far.test'] }, 'null-sender'],
    ['NOTIFY=NEVER', { to: [{ recipient: 'no@far.test', notify: 'NEVER' }] }, 'notify'],
    [
      'an own address that nobody has',
      { sender: 'ghost@own.test', to: ['no@far.test'] },
      'unknown-sender',
    ],
  ];
  for (const [reason, mail, why] of silent) {
    it(`are not made for ${reason}`, async () => {
      sink.script.rcpt = () => '550 5.1.1 no';
      const { messageId, traceId } = await queueMail(mail);
      await untilGone(messageId);
      assert.deepEqual(await inboxOf(adaId), []);
      assert.equal((await listQueue()).total, 0);
      const events = await eventsOf(traceId);
      assert.deepEqual(
        events.map((event) => [event.kind, event.detail.why, event.text]),
        [['dropped', why, 'no']],
      );
    });
  }

  it('that do not fit into a full mailbox are noted, and the queue goes on', async () => {
    sink.script.rcpt = () => '550 5.1.1 no';
    await write((tx) => tx.account.update({ where: { id: adaId }, data: { quotaBytes: 10 } }));
    const { messageId, traceId } = await queueMail({ to: ['no@far.test'] });
    await untilGone(messageId);
    const events = await eventsOf(traceId);
    assert.deepEqual(events.map((event) => `${event.short} ${event.reason}`).toSorted(), [
      'bounced no@far.test 550 5.1.1',
      'dropped ada@own.test over-quota',
    ]);
  });
});

describe('leases', () => {
  it('let two runners deliver each mail once', async () => {
    await runQueue();
    const queued = await Promise.all(
      Array.from({ length: 12 }, (_, i) => queueMail({ to: [`u${i}@far.test`] })),
    );
    for (const { messageId } of queued) await untilGone(messageId);
    assert.equal(sink.messages.length, 12);
  });

  it('of a dead owner end, a living one is left alone', async () => {
    await running.pop()?.stop();
    const dead = await queueMail({ to: ['dead@far.test'] });
    const alive = await queueMail({ to: ['alive@far.test'] });
    const lease = (messageId: string, leaseUntil: Date) =>
      write((tx) =>
        tx.queueRecipient.updateMany({
          where: { messageId },
          data: { state: 'sending', leaseOwner: 'another', leaseUntil },
        }),
      );
    await lease(dead.messageId, fromNow(30_000));
    await lease(alive.messageId, fromNow(3 * hour));
    await runQueue();
    goTo(minute);
    await untilGone(dead.messageId);
    const [row] = await rowsOf(alive.messageId);
    assert.equal(row?.leaseOwner, 'another');
    await assert.rejects(holdEntry(row?.id ?? '', 'test'), { reason: 'conflict' });
  });

  it('lost during an attempt make its bounce void: there is one in the end', async () => {
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    sink.script.rcpt = () => {
      reach();
      return '550 5.1.1 no';
    };
    // The row changes hands while the answer is on its way.
    sink.script.mail = () => null;
    const steal = async (messageId: string) => {
      await reached;
      await write((tx) =>
        tx.queueRecipient.updateMany({
          where: { messageId, state: 'sending' },
          data: { leaseOwner: 'thief', leaseUntil: fromNow(minute) },
        }),
      );
    };
    const { messageId } = await queueMail({ to: ['no@far.test'] });
    await steal(messageId);
    await until('the attempt ends', async () => {
      const [row] = await rowsOf(messageId);
      return !row || row.leaseOwner === 'thief';
    });
    goTo(2 * minute);
    await untilGone(messageId);
    assert.equal((await inboxOf(adaId)).length, 1);
  });

  it('are given back when the daemon stops, and no attempt is counted', async () => {
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    sink.script.data = () => {
      reach();
      return 'hang';
    };
    const { messageId } = await queueMail({ to: ['bob@far.test'] });
    await reached;
    await running.pop()?.stop();
    const [row] = await rowsOf(messageId);
    assert.deepEqual([row?.state, row?.leaseOwner, row?.attempts], ['queued', '', 0]);
  });
});

describe('the admin', () => {
  it('holds, releases, retries and drops', async () => {
    sink.script.rcpt = () => '450 4.2.0 later';
    const { messageId, traceId } = await queueMail({ to: ['bob@far.test'] });
    const [row] = await untilTried(messageId, 1);
    const id = row?.id ?? '';
    await holdEntry(id, 'boss@own.test');
    goTo(hour);
    await queueMail({ to: ['other@far.test'] }).then((other) => untilTried(other.messageId, 1));
    assert.equal((await rowsOf(messageId))[0]?.attempts, 1);
    await releaseEntry(id, 'boss@own.test');
    await untilTried(messageId, 2);
    await retryEntry(id, 'boss@own.test');
    await untilTried(messageId, 3);
    await dropEntry(id, 'boss@own.test');
    assert.equal(await db.queueMessage.findUnique({ where: { id: messageId } }), null);
    await assert.rejects(retryEntry(id, 'boss@own.test'), { reason: 'not-found' });
    // The clock stands still, so the order of events of one moment is open.
    const events = await eventsOf(traceId);
    const changes = events.filter((event) => event.kind === 'changed');
    assert.deepEqual(changes.map((event) => `${event.sender} ${event.text}`).toSorted(), [
      'boss@own.test queue: hold',
      'boss@own.test queue: release',
      'boss@own.test queue: retry',
    ]);
    assert.equal(events.filter((event) => event.kind === 'dropped').length, 1);
  });
});
