import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Account, addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock, fromNow } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { poke } from '#lib/poke.ts';
import { bounceEntry, findEntry, holdEntry, releaseEntry, retryEntry } from '#lib/queue/entries.ts';
import { addPause, listPauses, removePause } from '#lib/queue/pause.ts';
import { addRelayRule } from '#lib/queue/relay-rule.ts';
import { removeSuppressed } from '#lib/queue/suppression.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { makeSelfSigned } from '#server/tls/self-signed.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';
import { eventsOf, inboxOf, queueMail, rowsOf, until, untilGone, untilTried } from './fixture.ts';

const start = new Date('2026-11-21T08:00:00Z');
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;
let sink: Sink;
let running: Running[] = [];
let ada: Account;

before(async () => {
  database = await openTestDatabase();
  dns = await startDns();
  await dns.use();
  await writeSetting('server.hostname', 'mail.own.test', 'test');
  await writeSetting('delivery.allowPrivateAddresses', true, 'test');
  await addDomain({ name: 'own.test' }, 'test');
  ada = await addAccount({ address: 'ada@own.test', password: 'correct horse battery' }, 'test');
});

beforeEach(async () => {
  freezeClock(start);
  forgetAnswers();
  const far = { MX: ['10 mx.far.test'] };
  dns.zone = { 'far.test': far, 'other.test': far, 'mx.far.test': { A: ['127.0.0.1'] } };
  sink = await startSink();
  await writeSetting('delivery.mxPort', sink.port, 'test');
});

afterEach(async () => {
  for (const one of running) await one.stop();
  running = [];
  await sink.close();
  await write(async (tx) => {
    await tx.pause.deleteMany();
    await tx.relayRule.deleteMany();
    await tx.suppression.deleteMany();
    await tx.queueRecipient.deleteMany();
    await tx.queueMessage.deleteMany();
  });
  for (const key of ['delivery.rateDelaySeconds', 'delivery.messagesPerConnection'] as const) {
    await resetSetting(key, 'test');
  }
  freezeClock(null);
});

after(async () => {
  await dns.close();
  await database.close();
});

async function runQueue(): Promise<void> {
  running.push(await startQueue());
}

const later = (ms: number) => {
  freezeClock(new Date(start.getTime() + ms));
  poke('queue');
};

describe('a destination in trouble', () => {
  it('rests as a whole after 421, without counting attempts', async () => {
    sink.script = { mail: () => '421 4.7.0 too many messages' };
    const first = await queueMail({ to: ['a@far.test'] });
    await runQueue();
    await untilTried(first.messageId, 1);
    const second = await queueMail({ to: ['b@far.test'] });
    const [row] = await until('the second waits', async () => {
      const rows = await rowsOf(second.messageId);
      return rows[0] && rows[0].nextAttemptAt > start ? rows : null;
    });
    assert.equal(row?.attempts, 0);
    assert.equal(row?.nextAttemptAt.getTime(), start.getTime() + 60_000);
    assert.match(row?.lastText ?? '', /rests: 421 4\.7\.0 too many messages/);
    // Another domain is not concerned.
    sink.script = {};
    await untilGone((await queueMail({ to: ['c@other.test'] })).messageId);
    later(60_001);
    await untilGone(second.messageId);
    assert.equal((await rowsOf(first.messageId)).length, 1);
  });

  it('is tried at once when an administrator says so', async () => {
    sink.script = { mail: () => '421 4.7.0 too many messages' };
    const first = await queueMail({ to: ['a@far.test'] });
    await runQueue();
    await untilTried(first.messageId, 1);
    sink.script = {};
    const [row] = await rowsOf(first.messageId);
    await retryEntry(row?.id ?? '', 'test');
    await untilGone(first.messageId);
  });

  it('gets one that is released past its rest', async () => {
    sink.script = { mail: () => '421 4.7.0 too many messages' };
    const { messageId } = await queueMail({ to: ['a@far.test'] });
    await runQueue();
    await untilTried(messageId, 1);
    const [row] = await rowsOf(messageId);
    await holdEntry(row?.id ?? '', 'test');
    await releaseEntry(row?.id ?? '', 'test');
    await untilTried(messageId, 2);
  });

  it('does not rest for one that is greylisted', async () => {
    sink.script = {
      rcpt: (to) => (to.startsWith('a@') ? '451 4.7.1 Greylisted, try later' : null),
    };
    const first = await queueMail({ to: ['a@far.test'] });
    await runQueue();
    await untilTried(first.messageId, 1);
    await untilGone((await queueMail({ to: ['b@far.test'] })).messageId);
  });
});

describe('pauses', () => {
  it('keep a domain back and let others pass, until resumed', async () => {
    await addPause({ destination: 'FAR.test', reason: 'their wish' }, 'test');
    await runQueue();
    const kept = await queueMail({ to: ['a@far.test'] });
    await untilGone((await queueMail({ to: ['c@other.test'] })).messageId);
    assert.equal((await rowsOf(kept.messageId))[0]?.state, 'queued');
    assert.equal((await listPauses())[0]?.reason, 'their wish');
    await removePause('far.test', 'test');
    await untilGone(kept.messageId);
  });

  it('of the whole queue end by themselves', async () => {
    await addPause({ destination: '*', until: fromNow(60_000) }, 'test');
    await runQueue();
    const kept = await queueMail({ to: ['a@far.test', 'b@other.test'] });
    assert.equal(sink.connections, 0);
    later(60_001);
    await untilGone(kept.messageId);
    assert.deepEqual(await listPauses(), []);
  });

  it('refuse what is no destination, and an end that has passed', async () => {
    await assert.rejects(addPause({ destination: 'no domain' }, 'test'), { reason: 'invalid' });
    await assert.rejects(addPause({ destination: '*', until: fromNow(-1) }, 'test'), {
      field: 'until',
    });
    await assert.rejects(removePause('far.test', 'test'), { reason: 'not-found' });
  });
});

describe('what ends without an attempt', () => {
  it('goes back to its sender, past a pause', async () => {
    await addPause({ destination: '*' }, 'test');
    await runQueue();
    const { messageId, traceId } = await queueMail({ to: ['a@far.test'], accountId: ada.id });
    const [row] = await rowsOf(messageId);
    await bounceEntry(row?.id ?? '', 'test');
    await untilGone(messageId);
    assert.equal(sink.connections, 0);
    assert.match((await inboxOf(ada.id)).at(-1) ?? '', /Status: 5\.7\.1/);
    const kinds = (await eventsOf(traceId)).map(({ short }) => short);
    assert.ok(kinds.includes('bounced a@far.test'), kinds.join());
  });

  it('is what a user sends to an address that was refused as unknown', async () => {
    sink.script = { rcpt: () => '550 5.1.1 no such user' };
    await runQueue();
    await untilGone((await queueMail({ to: ['a@far.test'], accountId: ada.id })).messageId);
    assert.equal(sink.connections, 1);
    await untilGone((await queueMail({ to: ['A@far.test'], accountId: ada.id })).messageId);
    assert.equal(sink.connections, 1);
    assert.match((await inboxOf(ada.id)).at(-1) ?? '', /refused\s+before: 550 no such user/);
    // What is only passed on is tried.
    sink.script = {};
    await untilGone((await queueMail({ to: ['a@far.test'] })).messageId);
    assert.equal(sink.messages.length, 1);
    await removeSuppressed('a@far.test', 'test');
    await untilGone((await queueMail({ to: ['a@far.test'], accountId: ada.id })).messageId);
    assert.equal(sink.messages.length, 2);
  });
});

describe('a rate', () => {
  it('serves one at a time, the next so much later', async () => {
    await writeSetting('delivery.rateDelaySeconds', 30, 'test');
    const mails = [
      await queueMail({ to: ['a@far.test'] }),
      await queueMail({ to: ['b@far.test'] }),
    ];
    await runQueue();
    await sink.waitFor(1);
    await until('the first ended', async () => (await db.queueMessage.count()) === 1);
    await untilGone((await queueMail({ to: ['c@other.test'] })).messageId);
    assert.equal(sink.messages.length, 2);
    later(30_000);
    for (const { messageId } of mails) await untilGone(messageId);
  });
});

describe('connections', () => {
  it('serve several mails, and no more than they may', async () => {
    await writeSetting('delivery.messagesPerConnection', 3, 'test');
    await writeSetting('delivery.rateDelaySeconds', 1, 'test');
    for (let count = 0; count < 6; count += 1) await queueMail({ to: [`u${count}@far.test`] });
    await runQueue();
    for (let count = 1; count <= 6; count += 1) {
      await until('the next leaves', async () => (await db.queueMessage.count()) === 6 - count);
      later(count * 1000);
    }
    assert.equal(sink.connections, 2);
    assert.equal(sink.messages.length, 6);
  });

  it('serve several mails under TLS too, and none whose policy asks for more', async () => {
    await sink.close();
    sink = await startSink({ tls: await makeSelfSigned('mx.far.test') });
    await writeSetting('delivery.mxPort', sink.port, 'test');
    await runQueue();
    await untilGone((await queueMail({ to: ['a@far.test'] })).messageId);
    await untilGone((await queueMail({ to: ['b@far.test'] })).messageId);
    assert.deepEqual(
      sink.messages.map(({ isSecure }) => isSecure),
      [true, true],
    );
    assert.equal(sink.connections, 1);
    // The same host by a rule that wants a certificate that can be checked.
    const way = { hosts: `mx.far.test:${sink.port}`, tlsMode: 'verified' as const };
    await addRelayRule({ recipient: 'far.test', ...way }, 'test');
    const strict = await queueMail({ to: ['c@far.test'] });
    await untilTried(strict.messageId, 1);
    assert.equal(sink.messages.length, 2);
  });

  it('that the other side has ended are opened anew', async () => {
    await writeSetting('delivery.rateDelaySeconds', 1, 'test');
    await runQueue();
    await untilGone((await queueMail({ to: ['a@far.test'] })).messageId);
    sink.script = {
      mail: () => {
        sink.script = {};
        return '421 4.4.2 idle too long';
      },
    };
    later(1000);
    await untilGone((await queueMail({ to: ['b@far.test'] })).messageId);
    assert.equal(sink.connections, 2);
  });
});

describe('two runners on one database', () => {
  it('send each mail once', async () => {
    const mails = [];
    for (let count = 0; count < 40; count += 1) {
      mails.push(await queueMail({ to: [`u${count}@${count % 2 ? 'far' : 'other'}.test`] }));
    }
    await runQueue();
    await runQueue();
    for (const { messageId } of mails) await untilGone(messageId);
    const got = sink.messages.flatMap(({ recipients }) => recipients).toSorted();
    assert.equal(new Set(got).size, 40);
    assert.equal(got.length, 40);
  });

  it('take over what a dead one had under its lease', async () => {
    const { messageId } = await queueMail({ to: ['a@far.test'] });
    await write((tx) =>
      tx.queueRecipient.updateMany({
        data: { state: 'sending', leaseOwner: 'dead', leaseUntil: fromNow(60_000) },
      }),
    );
    await runQueue();
    const [row] = await rowsOf(messageId);
    assert.equal((await findEntry(row?.id ?? ''))?.state, 'sending');
    later(60_001);
    await untilGone(messageId);
    assert.equal(sink.messages.length, 1);
  });
});
