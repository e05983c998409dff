// Keys that are renewed in time: made, asked for, found in the DNS, used, and the old ones deleted.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Account, addAccount } from '#lib/accounts/account.ts';
import { activateDkimKeys, createDkimKeys, listDkimKeys } from '#lib/accounts/dkim-key.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { rotateDkimKeys } from '#server/delivery/sign/rotation.ts';
import { jobs } from '#server/jobs/index.ts';
import { inboxOf } from '#tests/server/queue/fixture.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';

const start = new Date('2026-11-21T08:00:00Z');

describe('the rotation of signing keys', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let dns: FakeDns;
  let admin: Account;
  let letters = 0;

  before(async () => {
    database = await openTestDatabase();
    dns = await startDns();
    await dns.use();
    await writeSetting('server.hostname', 'mail.own.test', 'test');
    for (const name of ['own.test', 'plain.test']) await addDomain({ name }, 'test');
    const password = 'correct horse battery';
    admin = await addAccount({ address: 'ada@own.test', password, role: 'admin' }, 'test');
    await addAccount({ address: 'bob@own.test', password }, 'test');
  });
  beforeEach(async () => {
    freezeClock(start);
    dns.zone = {};
    await writeSetting('delivery.dkimRotateDays', 90, 'test');
    await createDkimKeys('own.test', 'test');
    await activateDkimKeys('own.test', null, null, 'test');
    letters = (await inboxOf(admin.id)).length;
  });
  afterEach(async () => {
    freezeClock(null);
    await write(async (tx) => {
      await tx.dkimKey.deleteMany();
      await tx.trailEvent.deleteMany();
    });
  });
  after(async () => {
    await dns.close();
    await database.close();
  });

  const passDays = (days: number) => freezeClock(new Date(start.getTime() + days * 86_400_000));
  const states = async () =>
    (await listDkimKeys('own.test')).map(({ selector, state }) => `${selector} ${state}`);
  const newLetters = async () => {
    const all = await inboxOf(admin.id);
    const fresh = all.slice(letters);
    letters = all.length;
    return fresh;
  };
  async function publish(algorithms = ['rsa', 'ed25519']): Promise<void> {
    for (const { record, algorithm } of await listDkimKeys('own.test')) {
      if (algorithms.includes(algorithm)) dns.zone[record.name] = { TXT: [record.value] };
    }
  }
  const nothing = { made: 0, activated: 0, removed: 0 };

  it('is a job of its own, and does nothing unless it is asked for', async () => {
    assert.ok(jobs.some(({ run }) => run === rotateDkimKeys));
    await writeSetting('delivery.dkimRotateDays', 0, 'test');
    passDays(1000);
    assert.deepEqual(await rotateDkimKeys(), nothing);
  });

  it('makes keys, waits for their records, uses them, and deletes the old ones', async () => {
    passDays(89);
    assert.deepEqual(await rotateDkimKeys(), nothing);
    passDays(90);
    assert.deepEqual(await rotateDkimKeys(), { ...nothing, made: 2 });
    assert.deepEqual(await states(), [
      '20270219r new',
      '20270219e new',
      '20261121r active',
      '20261121e active',
    ]);
    const [asked, ...more] = await newLetters();
    assert.equal(more.length, 0);
    assert.match(asked ?? '', /^Subject: Publish: new signing keys of own\.test\r$/m);
    for (const { record, state } of await listDkimKeys('own.test')) {
      const isThere = (asked ?? '').includes(`${record.name}. IN TXT `);
      assert.equal(isThere, state === 'new');
    }

    passDays(91);
    assert.deepEqual(await rotateDkimKeys(), nothing);
    assert.deepEqual(await newLetters(), []);

    await publish(['ed25519']);
    passDays(98);
    assert.deepEqual(await rotateDkimKeys(), nothing);
    const [again] = await newLetters();
    assert.match(again ?? '', /^Subject: Still to publish/m);
    assert.ok(!again?.includes('20270219e._domainkey'), 'only what is missing');
    assert.deepEqual(await rotateDkimKeys(), nothing);
    assert.deepEqual(await newLetters(), []);

    await publish();
    passDays(99);
    assert.deepEqual(await rotateDkimKeys(), { ...nothing, activated: 2 });
    assert.deepEqual(await states(), [
      '20270219r active',
      '20270219e active',
      '20261121r old',
      '20261121e old',
    ]);
    assert.match(
      (await newLetters())[0] ?? '',
      /^Subject: New keys sign the mail of own\.test\r$/m,
    );

    passDays(105);
    assert.deepEqual(await rotateDkimKeys(), nothing);
    passDays(106);
    assert.deepEqual(await rotateDkimKeys(), { ...nothing, removed: 2 });
    assert.deepEqual(await states(), ['20270219r active', '20270219e active']);
    const changes = await listEvents({ kind: 'changed', search: '20270219r' });
    assert.ok(changes.length > 0);
  });

  it('does not wait for a kind of key that the DNS host cannot hold', async () => {
    await write((tx) => tx.dkimKey.deleteMany({ where: { algorithm: 'ed25519' } }));
    passDays(90);
    await rotateDkimKeys();
    await publish(['rsa']);
    assert.deepEqual(await rotateDkimKeys(), { ...nothing, activated: 1 });
    assert.deepEqual(await states(), ['20270219r active', '20261121r old']);
  });

  it('does not sign with a record that is different, or a DNS that does not answer', async () => {
    passDays(90);
    await rotateDkimKeys();
    await publish();
    const [rsa] = await listDkimKeys('own.test');
    dns.zone[rsa?.record.name ?? ''] = { TXT: ['v=DKIM1; k=rsa; p=AAAA'] };
    assert.deepEqual(await rotateDkimKeys(), nothing);
    dns.zone[rsa?.record.name ?? ''] = 'SERVFAIL';
    assert.deepEqual(await rotateDkimKeys(), nothing);
  });

  it('is done once by two at the same time', async () => {
    passDays(90);
    const both = await Promise.all([rotateDkimKeys(), rotateDkimKeys()]);
    assert.equal(
      both.reduce((sum, { made }) => sum + made, 0),
      2,
    );
    assert.equal((await newLetters()).length, 1);
  });
});
