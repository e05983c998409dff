// Jobs on demand and what is kept of their runs; the minute that stores everything; block lists; newer versions.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { readBlockLists } from '#lib/numbers/block-list.ts';
import { listDomainMail } from '#lib/numbers/domain-mail.ts';
import { listJobRuns } from '#lib/numbers/job-run.ts';
import { isSilent, listNodeReports } from '#lib/numbers/node-report.ts';
import { findRange, readTimeline } from '#lib/numbers/timeline.ts';
import { isNewer, ownVersion, readNewVersion } from '#lib/numbers/version.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { answerJobs, answerRunJob } from '#server/control/jobs.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import { lookAtBlockLists } from '#server/jobs/block-lists.ts';
import { startJobs } from '#server/jobs/index.ts';
import type { Job } from '#server/jobs/job.ts';
import { createStore, startNumbers } from '#server/jobs/minute.ts';
import { lookForNewVersion } from '#server/jobs/new-version.ts';
import { runSoon } from '#server/jobs/runner.ts';
import { countDelivery } from '#server/metrics/domain-mail.ts';
import { messagesReceived, rejects } from '#server/metrics/index.ts';
import { makeAuthority } from '#tests/support/certificates.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type PolicyHost, startPolicyHost } from '#tests/support/policy-host.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;

before(async () => {
  database = await openTestDatabase();
  dns = await startDns();
  await dns.use();
  await writeSetting('server.hostname', 'mail.own.test', 'test');
  await addDomain({ name: 'own.test' }, 'test');
});
after(async () => {
  await dns.close();
  await database.close();
});
afterEach(() => freezeClock(null));

const make = (name: string, run: Job['run']): Job => ({
  name,
  text: 'Does something.',
  intervalMs: 3_600_000,
  run,
});

describe('a job', () => {
  it('runs when asked, though its time has not come, and says how it went', async () => {
    let calls = 0;
    const jobs = await startJobs(
      [
        make('sleeper', async () => ({ never: 1 })),
        make('counter', async () => ({ things: ++calls, nothing: 0 })),
        make('broken', async () => {
          throw new Error('the reason\nand a second line');
        }),
      ],
      3_600_000,
    );
    const alive = setInterval(() => undefined, 1000);
    try {
      const [one, two] = await Promise.all([runSoon('counter'), runSoon('counter')]);
      assert.equal(one.result, 'things 1');
      assert.equal(two.isGood, true);
      const failed = await runSoon('broken');
      assert.deepEqual([failed.isGood, failed.error, failed.failures], [false, 'the reason', 1]);
      assert.throws(() => runSoon('unknown'), /no job "unknown"/);
    } finally {
      clearInterval(alive);
      await jobs.stop();
    }
    assert.throws(() => runSoon('counter'), /do not run/);
  });

  it('is known to the panel, with a sentence, and kept for everybody when it was asked for', async () => {
    const jobs = await startJobs();
    const numbers = await startNumbers();
    const alive = setInterval(() => undefined, 1000);
    try {
      const run = await answerRunJob({ name: 'greylist' });
      assert.equal(run?.isGood, true);
      await assert.rejects(answerRunJob({}), /name of a job/);
      assert.equal((await listJobRuns()).find(({ name }) => name === 'greylist')?.isGood, true);
      const answer = await answerJobs();
      for (const { name, text } of answer.jobs) assert.match(text, /^[A-Z].*\.$/, name);
      assert.ok(answer.runs.some(({ name }) => name === 'greylist'));
    } finally {
      clearInterval(alive);
      await numbers.stop();
      await jobs.stop();
    }
  });
});

describe('a minute', () => {
  it('stores what was counted since the last, the mail of own domains, and how the machine is', async () => {
    const store = createStore();
    await store(false);
    const before = await readTimeline(findRange('1h'));
    messagesReceived.inc({ result: 'junk', class: 'inbound' });
    rejects.inc({ stage: 'rcpt', reason: 'unknown-recipient' }, 2);
    countDelivery({ sender: 'a@far.test', here: ['x@own.test'], outside: [] });
    countDelivery({ sender: 'x@own.test', here: ['y@own.test'], outside: [{}, {}] });
    countDelivery({ sender: 'a@far.test', here: [], outside: [{ alias: 'z@own.test' }] });
    countDelivery({ sender: 'a@far.test', here: [], outside: [{}] });
    await store(true);
    await store(true);
    const timeline = await readTimeline(findRange('1h'));
    const grown = (name: string) => timeline.total(name) - before.total(name);
    assert.equal(grown('received.junk'), 1);
    assert.equal(grown('class.inbound'), 1);
    assert.equal(grown('rejected.unknown-recipient'), 2);
    assert.equal(timeline.last('queue.queued'), 0);
    assert.ok((timeline.last('disk.free') ?? 0) > 0);
    assert.ok((timeline.last('disk.database') ?? 0) > 0);
    assert.deepEqual(await listDomainMail(1), [
      { domain: 'own.test', externalIn: 1, externalOut: 3, internal: 1 },
    ]);
    const [report] = await listNodeReports();
    assert.ok(report && !isSilent(report));
    assert.deepEqual(report.facts.listeners, []);
    assert.match(report.facts.database, /^(SQLite|PostgreSQL) \d/);
    assert.equal(report.facts.schema.isWhole, true);
    assert.equal(report.facts.version, ownVersion());
  });

  it('that cannot be stored is stored with the next', async () => {
    const store = createStore();
    await store(false);
    const before = (await readTimeline(findRange('1h'))).total('received.accepted');
    const days = await listDomainMail(1);
    messagesReceived.inc({ result: 'accepted', class: 'inbound' });
    countDelivery({ sender: 'a@far.test', here: ['x@own.test'], outside: [] });
    // No date of a database: the transaction fails.
    freezeClock(new Date(Number.NaN));
    await store(false);
    freezeClock(null);
    await store(false);
    assert.equal((await readTimeline(findRange('1h'))).total('received.accepted'), before + 1);
    assert.equal((await listDomainMail(1))[0]?.externalIn, (days[0]?.externalIn ?? 0) + 1);
  });
});

describe('block lists', () => {
  const address = '203.0.114.7';
  const name = '7.114.0.203';

  it('are asked about each address, and what they say is kept', async () => {
    await writeSetting(
      'doctor.blockLists',
      ['bad.test', 'good.test', 'deaf.test', 'shy.test'],
      't',
    );
    dns.zone = {
      [`${name}.bad.test`]: { A: ['127.0.0.2'] },
      [`${name}.deaf.test`]: 'SERVFAIL',
      [`${name}.shy.test`]: { A: ['127.255.255.254'] },
      '2.0.0.127.good.test': { A: ['127.0.0.2'] },
    };
    forgetAnswers();
    assert.deepEqual(await lookAtBlockLists([address]), { listed: 1, unanswered: 2 });
    const look = await readBlockLists();
    assert.equal(look?.isGood, false);
    assert.equal(look?.text, `${address} is on bad.test`);
    assert.deepEqual(
      look?.states.map(({ zone, state }) => `${zone} ${state}`),
      ['bad.test listed', 'good.test clean', 'deaf.test failed', 'shy.test failed'],
    );
    const [event] = await db.trailEvent.findMany({ where: { recipient: 'block-lists' } });
    assert.equal(event?.reason, 'turned-bad');
  });

  it('are not asked where there are none, or no address', async () => {
    assert.deepEqual(await lookAtBlockLists([]), { listed: 0, unanswered: 0 });
    assert.match((await readBlockLists())?.text ?? '', /no public address/);
    await writeSetting('doctor.blockLists', [], 't');
    const asked = dns.questions.length;
    assert.deepEqual(await lookAtBlockLists([address]), { listed: 0, unanswered: 0 });
    assert.equal(dns.questions.length, asked);
  });
});

describe('versions', () => {
  const trusted = getCACertificates('default');
  let host: PolicyHost;
  after(async () => {
    setDefaultCACertificates(trusted);
    await host?.close();
  });

  it('are compared as numbers', () => {
    assert.equal(isNewer('1.10.0', '1.9.9'), true);
    assert.equal(isNewer('1.9.9', '1.10.0'), false);
    assert.equal(isNewer('1.0.0', '1.0.0'), false);
  });

  it('are asked for only where a setting says whom', async () => {
    assert.deepEqual(await lookForNewVersion(), { newer: 0 });
    assert.equal(await readNewVersion(), null);
    await assert.rejects(
      writeSetting('server.versionAddress', 'http://example.org', 't'),
      /begins with https/,
    );
    const authority = await makeAuthority();
    setDefaultCACertificates([...trusted, authority.cert]);
    host = await startPolicyHost(await authority.sign('localhost'));
    host.answer.body = '{"version":"99.1.2"}';
    await writeSetting('server.versionAddress', `https://localhost:${host.port}/`, 't');
    assert.deepEqual(await lookForNewVersion(), { newer: 1 });
    assert.equal(await readNewVersion(), '99.1.2');
  });
});
