// Relay rules at work: targets, other hosts, addresses, times and limits, domains whose mailboxes are elsewhere; and the
// question where a mail would go answers what an attempt then does.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Account, addAccount } from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { addDomain, updateDomain } from '#lib/accounts/domain.ts';
import { freezeClock, now } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { poke } from '#lib/poke.ts';
import { releaseEntry } from '#lib/queue/entries.ts';
import { addRelayRule, updateRelayRule } from '#lib/queue/relay-rule.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import type { Running } from '#server/net/running.ts';
import { explainRoute } from '#server/queue/explain-route.ts';
import { startQueue } from '#server/queue/runner.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type LmtpSink, startLmtpSink } from '#tests/support/lmtp-sink.ts';
import { type Sink, type SinkOptions, startSink } from '#tests/support/smtp-sink.ts';
import { eventsOf, inboxOf, queueMail, rowsOf, until, untilGone, untilTried } from './fixture.ts';

const start = new Date('2026-11-21T08:00:00Z');
const minute = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'drey-routing-'));
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;
let sink: Sink;
let queue: Running | null = null;
let ada: Account;
const open: { close(): Promise<void> }[] = [];

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
  dns.zone = { 'far.test': { MX: ['10 mx.far.test'] }, 'mx.far.test': { A: ['127.0.0.1'] } };
  sink = await otherSink();
  await writeSetting('delivery.mxPort', sink.port, 'test');
  queue = await startQueue();
});

afterEach(async () => {
  await queue?.stop();
  queue = null;
  for (const one of open.splice(0)) await one.close();
  await write(async (tx) => {
    await tx.relayRule.deleteMany();
    await tx.queueRecipient.deleteMany();
    await tx.queueMessage.deleteMany();
  });
  await resetSetting('delivery.addressFamily', 'test');
  freezeClock(null);
});

after(async () => {
  await dns.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

async function otherSink(options: SinkOptions = {}): Promise<Sink> {
  const other = await startSink(options);
  open.push(other);
  return other;
}

async function store(path?: string): Promise<LmtpSink> {
  const started = await startLmtpSink(path);
  open.push(started);
  return started;
}

const hostsOf = (...sinks: { port: number }[]) =>
  sinks.map(({ port }) => `127.0.0.1:${port}`).join(' ');

const goTo = (ms: number) => {
  freezeClock(new Date(start.getTime() + ms));
  poke('queue');
};

/** Without the reports to ada. */
const shorts = async (traceId: string) =>
  (await eventsOf(traceId)).flatMap(({ short, kind }) => (kind === 'delivered' ? [] : [short]));

describe('a rule by user', () => {
  it('takes what he hands in, and nothing else', async () => {
    const own = await otherSink();
    await addRelayRule({ user: 'ada@own.test', hosts: hostsOf(own), tlsMode: 'none' }, 'test');
    await untilGone((await queueMail({ to: ['a@far.test'], accountId: ada.id })).messageId);
    await untilGone((await queueMail({ to: ['b@far.test'] })).messageId);
    assert.deepEqual(own.messages[0]?.recipients, ['a@far.test']);
    assert.deepEqual(sink.messages[0]?.recipients, ['b@far.test']);
  });
});

describe('rules without a way', () => {
  it('discard: gone without a report, and the trail says by what', async () => {
    await addRelayRule({ recipient: 'far.test', target: 'discard' }, 'test');
    const to = [{ recipient: 'a@far.test', notify: 'SUCCESS,FAILURE' }];
    const { messageId, traceId } = await queueMail({ to, accountId: ada.id });
    await untilGone(messageId);
    const event = (await eventsOf(traceId)).at(-1);
    assert.equal(event?.short, 'dropped a@far.test');
    assert.match(event?.text ?? '', /discarded by relay rule 1 \(to far\.test\)/);
    assert.equal(sink.connections, 0);
    assert.deepEqual(await inboxOf(ada.id), []);
  });

  it('return: the sender reads the reason', async () => {
    await addRelayRule(
      { recipient: 'far.test', target: 'return', text: '5.1.6 They moved' },
      'test',
    );
    const { messageId, traceId } = await queueMail({ to: ['a@far.test'], accountId: ada.id });
    await untilGone(messageId);
    assert.deepEqual(await shorts(traceId), ['bounced a@far.test']);
    const [report] = await until('a report', async () => {
      const texts = await inboxOf(ada.id);
      return texts.length > 0 ? texts : null;
    });
    assert.match(report ?? '', /Status: 5\.1\.6/);
    assert.match(report ?? '', /They moved/);
  });

  it('hold: waits as "rule"; released it goes on with the next rule, also after a failed try', async () => {
    const next = await otherSink({ script: { rcpt: () => '450 4.2.1 later' } });
    await addRelayRule({ recipient: 'far.test', target: 'hold' }, 'test');
    await addRelayRule({ recipient: '.far.test', hosts: hostsOf(next), tlsMode: 'none' }, 'test');
    const { messageId, traceId } = await queueMail({ to: ['a@far.test'] });
    const [held] = await until('it is held', async () => {
      const rows = await rowsOf(messageId);
      return rows[0]?.state === 'held' ? rows : null;
    });
    assert.deepEqual([held?.holdReason, held?.attempts], ['rule', 0]);
    await releaseEntry(held?.id ?? '', 'test');
    await untilTried(messageId, 1);
    next.script = {};
    goTo(20 * minute);
    await untilGone(messageId);
    assert.equal(next.messages.length, 1);
    const words = (await eventsOf(traceId)).map(({ text }) => text);
    assert.ok(words.includes('queue: held by relay rule 1 (to far.test)'), words.join('|'));
  });
});

describe('hosts of a rule', () => {
  it('are tried in their order; the next where one cannot be reached', async () => {
    const dead = await startSink();
    await dead.close();
    const good = await otherSink();
    await addRelayRule({ hosts: hostsOf(dead, good), tlsMode: 'none' }, 'test');
    await untilGone((await queueMail({ to: ['a@far.test'] })).messageId);
    assert.equal(good.messages.length, 1);
  });

  it('by MX of a domain', async () => {
    const relay = await otherSink();
    dns.zone['provider.test'] = { MX: ['5 mx.far.test'] };
    await addRelayRule({ hosts: `mx:provider.test:${relay.port}` }, 'test');
    await untilGone((await queueMail({ to: ['a@any.test'] })).messageId);
    assert.deepEqual(relay.messages[0]?.recipients, ['a@any.test']);
  });

  it('give way to others after so many failed attempts, which is forgotten with the rule', async () => {
    const busy = await otherSink({ script: { rcpt: () => '450 4.2.1 later' } });
    const other = await otherSink();
    const rule = await addRelayRule(
      { hosts: hostsOf(busy), fallbackHosts: hostsOf(other), fallbackAfter: 2, tlsMode: 'none' },
      'test',
    );
    const { messageId } = await queueMail({ to: ['a@far.test'] });
    await untilTried(messageId, 1);
    goTo(20 * minute);
    await untilTried(messageId, 2);
    assert.equal(other.connections, 0);
    goTo(60 * minute);
    await untilGone(messageId);
    assert.equal(other.messages.length, 1);
    await updateRelayRule(rule.id, { fallbackHosts: '' }, 'test');
    await untilTried((await queueMail({ to: ['b@far.test'] })).messageId, 1);
    assert.equal(other.messages.length, 1);
  });

  it('may follow MX, with a login that no mail server of the domain hears', async () => {
    const login = { user: 'relay', password: 'secret' };
    sink.script = { rcpt: () => '450 4.2.1 later' };
    const other = await otherSink({ login });
    const [fallbackHosts, username] = [hostsOf(other), login.user];
    const way = { fallbackHosts, fallbackAfter: 1, username, password: login.password };
    await addRelayRule({ target: 'mx', ...way, tlsMode: 'none' }, 'test');
    const { messageId } = await queueMail({ to: ['a@far.test'] });
    await untilTried(messageId, 1);
    goTo(20 * minute);
    await untilGone(messageId);
    assert.equal(other.messages[0]?.user, 'relay');
  });
});

describe('addresses', () => {
  it('connections begin at the source address, with the name that belongs to it', async () => {
    const from = await otherSink();
    const source = { sourceIpv4: '127.0.0.2', helo: 'out2.own.test' };
    await addRelayRule({ hosts: hostsOf(from), tlsMode: 'none', ...source }, 'test');
    await untilGone((await queueMail({ to: ['a@far.test'] })).messageId);
    const [message] = from.messages;
    assert.deepEqual([message?.helo, message?.remote], ['out2.own.test', '127.0.0.2']);
  });

  it('that are not of this machine defer, and say so', async () => {
    await addRelayRule({ hosts: hostsOf(sink), sourceIpv4: '192.0.2.77' }, 'test');
    const [row] = await untilTried((await queueMail({ to: ['a@far.test'] })).messageId, 1);
    assert.match(row?.lastText ?? '', /192\.0\.2\.77 is no address of this machine/);
  });

  const families = [
    { family: 'ipv4', order: ['192.0.2.1', '2001:db8::1'] },
    { family: 'ipv6', order: ['2001:db8::1', '192.0.2.1'] },
    { family: 'ipv4-only', order: ['192.0.2.1'] },
    { family: 'ipv6-only', order: ['2001:db8::1'] },
  ] as const;
  for (const { family, order } of families) {
    it(`${family}: by a rule and by the setting, of hosts and of MX`, async () => {
      dns.zone['mx.far.test'] = { A: ['192.0.2.1'], AAAA: ['2001:db8::1'] };
      const asked = { sender: 'ada@own.test', recipient: 'a@far.test' };
      const addresses = async () => (await explainRoute(asked)).hosts.map(({ address }) => address);
      await writeSetting('delivery.addressFamily', family, 'test');
      assert.deepEqual(await addresses(), order);
      await resetSetting('delivery.addressFamily', 'test');
      const { id } = await addRelayRule({ target: 'mx', family }, 'test');
      assert.deepEqual(await addresses(), order);
      await updateRelayRule(id, { target: 'hosts', hosts: 'mx.far.test' }, 'test');
      assert.deepEqual(await addresses(), order);
    });
  }

  it('a host without an address of the only family defers', async () => {
    await addRelayRule({ target: 'mx', family: 'ipv6-only' }, 'test');
    const [row] = await untilTried((await queueMail({ to: ['a@far.test'] })).messageId, 1);
    assert.match(row?.lastText ?? '', /mx\.far\.test has no IPv6 address/);
  });
});

describe('times and limits of a rule', () => {
  it('go before the settings, from the next attempt on', async () => {
    sink.script = { rcpt: () => '450 4.2.1 later' };
    const times = { firstRetryMinutes: 5, maxRetryMinutes: 7, lifetimeHours: 1 };
    const rule = await addRelayRule({ recipient: 'far.test', target: 'mx', ...times }, 'test');
    const { messageId, traceId } = await queueMail({ to: ['a@far.test'], accountId: ada.id });
    const nextAfter = async (attempts: number) =>
      ((await untilTried(messageId, attempts))[0]?.nextAttemptAt.getTime() ?? 0) - now().getTime();
    assert.equal(await nextAfter(1), 5 * minute);
    goTo(5 * minute);
    assert.equal(await nextAfter(2), 7 * minute);
    await updateRelayRule(rule.id, { maxRetryMinutes: 30, firstRetryMinutes: 1 }, 'test');
    goTo(12 * minute);
    assert.equal(await nextAfter(3), 4 * minute);
    goTo(61 * minute);
    await untilGone(messageId);
    assert.equal((await shorts(traceId)).at(-1), 'bounced a@far.test');
  });

  it('one at a time with a pause, over all domains that the rule takes', async () => {
    for (const name of ['one', 'two']) dns.zone[`${name}.test`] = { MX: ['10 mx.far.test'] };
    await addRelayRule({ recipient: '*.test', target: 'mx', rateDelaySeconds: 30 }, 'test');
    const mails: string[] = [];
    for (const name of ['far', 'one', 'two']) {
      mails.push((await queueMail({ to: [`a@${name}.test`] })).messageId);
    }
    for (const count of [1, 2, 3]) {
      await sink.waitFor(count);
      assert.equal(sink.messages.length, count);
      await until('it is stored', async () => {
        const left = await Promise.all(mails.map(rowsOf));
        return left.flat().length === 3 - count;
      });
      goTo(count * 30_000);
    }
  });
});

describe('LMTP', () => {
  it('asks once for several recipients and hears each', async () => {
    const mailStore = await store();
    mailStore.answer = (recipient) =>
      ({
        'full@far.test': '452 4.2.2 full',
        'gone@far.test': '550 5.1.1 no such user',
      })[recipient] ?? `250 2.0.0 kept for ${recipient}`;
    await addRelayRule({ target: 'lmtp', hosts: hostsOf(mailStore), tlsMode: 'none' }, 'test');
    const to = ['a@far.test', 'full@far.test', 'gone@far.test', 'z@far.test'];
    const { messageId, traceId } = await queueMail({ to, accountId: ada.id });
    const [row] = await untilTried(messageId, 1);
    assert.equal(mailStore.messages.length, 1);
    assert.deepEqual(
      [row?.recipient, row?.lastCode, row?.lastText],
      ['full@far.test', 452, 'full'],
    );
    const events = await eventsOf(traceId);
    assert.deepEqual((await shorts(traceId)).toSorted(), [
      'bounced gone@far.test',
      'deferred full@far.test',
      'sent a@far.test',
      'sent z@far.test',
    ]);
    const ofA = events.find(({ recipient }) => recipient === 'a@far.test');
    assert.equal(ofA?.text, 'kept for a@far.test');
    assert.ok(mailStore.commands[0]?.startsWith('LHLO mail.own.test'));
  });

  it('does not send again what was taken before the connection broke', async () => {
    const mailStore = await store();
    let answers = 0;
    mailStore.answer = () => (++answers === 1 ? '250 2.0.0 ok' : 'drop');
    await addRelayRule({ target: 'lmtp', hosts: hostsOf(mailStore), tlsMode: 'none' }, 'test');
    const { messageId } = await queueMail({ to: ['a@far.test', 'b@far.test'] });
    const rows = await untilTried(messageId, 1);
    const [, second] = mailStore.messages[0]?.recipients ?? [];
    assert.deepEqual(
      rows.map(({ recipient }) => recipient),
      [second],
    );
  });

  it('by a socket of this machine', async () => {
    const path = join(folder, 'lmtp');
    const mailStore = await store(path);
    await addRelayRule({ target: 'lmtp', hosts: `unix:${path}` }, 'test');
    await untilGone((await queueMail({ to: ['a@far.test'] })).messageId);
    assert.equal(mailStore.messages.length, 1);
  });
});

describe('a domain whose mailboxes are elsewhere', () => {
  before(async () => {
    await addDomain({ name: 'branch.test', elsewhere: 'all' }, 'test');
    await addAlias({ address: 'info@branch.test', targets: ['ada@own.test'] }, 'test');
  });

  it('mail goes to the host of its rule; an alias of it is resolved here', async () => {
    const branch = await otherSink();
    const rule = { recipient: 'branch.test', hosts: hostsOf(branch), tlsMode: 'none' as const };
    await addRelayRule(rule, 'test');
    const to = ['eve@branch.test', 'info@branch.test'];
    await untilGone((await queueMail({ to, sender: 'x@far.test' })).messageId);
    assert.deepEqual(
      branch.messages.map(({ recipients }) => recipients),
      [['eve@branch.test']],
    );
    assert.equal(branch.messages[0]?.sender, 'x@far.test');
    assert.equal(
      (await inboxOf(ada.id)).filter((text) => text.includes('info@branch.test')).length,
      1,
    );
  });

  it('without a rule it waits, also where its MX is this server', async () => {
    dns.zone['branch.test'] = { MX: ['10 mail.own.test'] };
    const { messageId } = await queueMail({ to: ['eve@branch.test'] });
    const [row] = await untilTried(messageId, 1);
    assert.match(row?.lastText ?? '', /no relay rule says which/);
    await updateDomain('branch.test', { elsewhere: 'all' }, 'test');
  });
});

describe('where would it go?', () => {
  it('says what an attempt then does', async () => {
    const relay = await otherSink();
    await addRelayRule({ recipient: 'vip@far.test', target: 'hold' }, 'test');
    await addRelayRule({ sender: 'eve@own.test', target: 'discard' }, 'test');
    await addRelayRule({ user: 'ada@own.test', hosts: hostsOf(relay), tlsMode: 'none' }, 'test');
    const cases = [
      { sender: 'ada@own.test', recipient: 'vip@far.test', user: '' },
      { sender: 'eve@own.test', recipient: 'a@far.test', user: '' },
      { sender: 'ada@own.test', recipient: 'b@far.test', user: 'ada@own.test' },
      { sender: '', recipient: 'c@far.test', user: '' },
      { sender: 'x@far.test', recipient: 'ada@own.test', user: '' },
      { sender: 'x@far.test', recipient: 'd@nowhere.test', user: '' },
    ];
    for (const asked of cases) {
      const answer = await explainRoute(asked);
      const accountId = asked.user ? ada.id : null;
      const mail = { sender: asked.sender, to: [asked.recipient], accountId };
      const { messageId, traceId } = await queueMail(mail);
      const port = await until(`${asked.recipient} went somewhere`, async () => {
        const [row] = await rowsOf(messageId);
        if (row?.state === 'held') return 'held';
        // A report has events of its own.
        const event = (await eventsOf(traceId)).find((one) => one.recipient === asked.recipient);
        if (event?.kind === 'dropped') return 'discarded';
        if (event?.kind === 'delivered') return 'here';
        // Where there is no host.
        if (event?.kind === 'bounced') return 'sent to nobody';
        for (const one of [sink, relay]) {
          const has = one.messages.some(({ recipients }) => recipients[0] === asked.recipient);
          if (has) return `sent to ${one.port}`;
        }
        return null;
      });
      const first = answer.hosts[0]?.port ?? 'nobody';
      assert.equal(
        answer.kind === 'sent' ? `sent to ${first}` : answer.kind,
        port,
        asked.recipient,
      );
    }
  });

  it('names the rule, why others do not fit, TLS, source and times', async () => {
    await addRelayRule({ recipient: 'near.test', target: 'discard' }, 'test');
    await addRelayRule({ sender: 'boss@own.test', target: 'hold' }, 'test');
    await addRelayRule({ user: '*', target: 'return' }, 'test');
    const way = {
      hosts: 'mx.far.test:587',
      tlsMode: 'verified',
      username: 'u',
      password: 'p',
    } as const;
    const own = {
      sourceIpv4: '127.0.0.2',
      helo: 'out2.own.test',
      lifetimeHours: 24,
      concurrency: 2,
    };
    await addRelayRule({ ...way, ...own, fallbackHosts: '127.0.0.9', fallbackAfter: 2 }, 'test');
    const asked = { sender: 'ada@own.test', recipient: 'a@far.test' };
    const answer = await explainRoute(asked);
    assert.deepEqual(
      answer.passed.map(({ why }) => why),
      [
        'the recipient is not near.test',
        'the sender is not boss@own.test',
        'no user has handed it in',
      ],
    );
    const [host] = answer.hosts;
    assert.deepEqual(
      [host?.host, host?.address, host?.port, host?.source, host?.tls],
      ['mx.far.test', '127.0.0.1', 587, '127.0.0.2', 'TLS required, the certificate is checked'],
    );
    assert.deepEqual([answer.login, answer.helo], ['u', 'out2.own.test']);
    assert.equal(answer.schedule.lifetimeMs, 24 * 60 * minute);
    assert.equal(answer.limits.max, 2);
    assert.ok(!JSON.stringify(answer).includes('"p"'));
    const late = await explainRoute({ ...asked, attempts: 2 });
    assert.deepEqual([late.isFallback, late.hosts[0]?.address], [true, '127.0.0.9']);
    await assert.rejects(explainRoute({ ...asked, recipient: 'nobody' }), { field: 'recipient' });
    await assert.rejects(explainRoute({}), { reason: 'invalid' });
  });
});
