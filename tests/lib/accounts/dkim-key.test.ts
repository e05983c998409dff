import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import {
  activateDkimKeys,
  countActiveKeys,
  createDkimKeys,
  listDkimKeys,
  readSigningKeys,
  removeDkimKey,
  retireDkimKey,
} from '#lib/accounts/dkim-key.ts';
import { judgeRecord, makeRecord, type RecordVerdict } from '#lib/accounts/dkim-record.ts';
import { addDomain, removeDomain } from '#lib/accounts/domain.ts';
import { freezeClock } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { listEvents } from '#lib/trail/list.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const by = 'test';
const start = new Date('2026-11-21T08:00:00Z');
const right: RecordVerdict = { state: 'right', text: '' };
const missing: RecordVerdict = { state: 'missing', text: 'There is no such record.' };

describe('the keys of a domain', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
  });
  beforeEach(async () => {
    freezeClock(start);
    await addDomain({ name: 'own.test' }, by);
  });
  afterEach(async () => {
    freezeClock(null);
    await write((tx) => tx.dkimKey.deleteMany());
    await write((tx) => tx.domain.deleteMany());
  });
  after(() => database.close());

  const states = async () =>
    (await listDkimKeys('own.test')).map(({ selector, state }) => `${selector} ${state}`);
  const refused = (reason: string) => (error: unknown) =>
    isRefusal(error) && error.reason === reason;

  it('are made in pairs that sign nothing yet', async () => {
    const made = await createDkimKeys('own.test', by);
    assert.deepEqual(
      made.map(({ selector, algorithm, state }) => [selector, algorithm, state]),
      [
        ['20261121r', 'rsa', 'new'],
        ['20261121e', 'ed25519', 'new'],
      ],
    );
    assert.deepEqual(await readSigningKeys('own.test'), []);
    await assert.rejects(createDkimKeys('own.test', by), refused('exists'));
    await assert.rejects(createDkimKeys('far.test', by), refused('not-found'));
  });

  it('have no private half in rows, lists or events', async () => {
    await createDkimKeys('own.test', by);
    const rows = await db.dkimKey.findMany();
    for (const { secret } of rows) assert.match(secret, /^v1:/);
    const shown = JSON.stringify([rows, await listDkimKeys('own.test'), await listEvents({})]);
    assert.ok(!shown.includes('PRIVATE KEY'));
    const [key] = await listDkimKeys('own.test');
    assert.ok(!Object.keys(key ?? {}).includes('secret'));
  });

  it('are activated when their records are there', async () => {
    await createDkimKeys('own.test', by);
    const half = new Map([
      ['20261121r', right],
      ['20261121e', missing],
    ]);
    await assert.rejects(activateDkimKeys('own.test', null, half, by), refused('invalid'));
    await assert.rejects(activateDkimKeys('own.test', null, new Map(), by), refused('invalid'));
    assert.deepEqual(await states(), ['20261121r new', '20261121e new']);
    await activateDkimKeys('own.test', '20261121r', half, by);
    assert.deepEqual(await states(), ['20261121e new', '20261121r active']);
    await activateDkimKeys('own.test', null, null, by);
    assert.deepEqual(await states(), ['20261121r active', '20261121e active']);
    const signing = await readSigningKeys('own.test');
    assert.deepEqual(
      signing.map(({ algorithm, key }) => [algorithm, key.type, key.asymmetricKeyType]),
      [
        ['rsa', 'private', 'rsa'],
        ['ed25519', 'private', 'ed25519'],
      ],
    );
    assert.deepEqual(await countActiveKeys(), new Map([['own.test', 2]]));
  });

  it('take turns: the old pair stays until its records may go', async () => {
    await createDkimKeys('own.test', by);
    await activateDkimKeys('own.test', null, null, by);
    freezeClock(new Date('2027-02-01T08:00:00Z'));
    await createDkimKeys('own.test', by);
    assert.equal((await readSigningKeys('own.test'))[0]?.selector, '20261121r');
    await activateDkimKeys('own.test', null, null, by);
    assert.deepEqual(await states(), [
      '20270201r active',
      '20270201e active',
      '20261121r old',
      '20261121e old',
    ]);
    const old = (await listDkimKeys('own.test')).at(-1);
    assert.deepEqual(old?.mayGoAt, new Date('2027-02-08T08:00:00Z'));
    await assert.rejects(removeDkimKey('own.test', '20270201r', by), refused('in-use'));
    await removeDkimKey('own.test', '20261121r', by);
    // Back to the old one.
    await activateDkimKeys('own.test', '20261121e', null, by);
    assert.deepEqual(await states(), ['20270201r active', '20261121e active', '20270201e old']);
    await retireDkimKey('own.test', '20270201r', by);
    await assert.rejects(retireDkimKey('own.test', '20270201r', by), refused('not-found'));
    assert.equal((await readSigningKeys('own.test')).length, 1);
  });

  it('never get a selector twice', async () => {
    await createDkimKeys('own.test', by);
    await activateDkimKeys('own.test', null, null, by);
    const again = await createDkimKeys('own.test', by);
    assert.deepEqual(
      again.map(({ selector }) => selector),
      ['20261121r2', '20261121e2'],
    );
  });

  it('are made once when two ask at the same time', async () => {
    const asked = await Promise.allSettled([
      createDkimKeys('own.test', by),
      createDkimKeys('own.test', by),
    ]);
    assert.equal(asked.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal((await states()).length, 2);
  });

  it('say when the private half cannot be read', async () => {
    await createDkimKeys('own.test', by);
    await write((tx) => tx.dkimKey.updateMany({ data: { secret: 'v1:AAAA' } }));
    assert.ok((await listDkimKeys('own.test')).every(({ isReadable }) => !isReadable));
    await assert.rejects(activateDkimKeys('own.test', null, null, by), refused('invalid'));
  });

  it('go with their domain', async () => {
    await createDkimKeys('own.test', by);
    await removeDomain('own.test', by);
    assert.equal(await db.dkimKey.count(), 0);
  });
});

describe('records of keys', () => {
  const publicKey = 'A'.repeat(392);
  const key = { algorithm: 'rsa' as const, publicKey, selector: 's1' };
  const record = makeRecord('own.test', key);

  it('stand in strings of at most 255 characters', () => {
    assert.equal(record.name, 's1._domainkey.own.test');
    const strings = [...record.zoneText.matchAll(/"([^"]*)"/g)].map(([, text = '']) => text);
    assert.ok(strings.length === 2 && strings.every(({ length }) => length <= 255));
    assert.equal(strings.join(''), record.value);
  });

  const good: string[] = [
    record.value,
    `k=rsa;p=${publicKey}`,
    `p=${publicKey}`,
    ` v=DKIM1 ; h=sha1:sha256; s=email; t=s; p=${publicKey.slice(0, 90)} ${publicKey.slice(90)} ; `,
    `v=DKIM1; n=note=x; p=${publicKey}`,
  ];
  for (const text of good) {
    it(`are right: ${text.slice(0, 40)}`, () => {
      const found = { status: 'ok' as const, records: [text] };
      assert.deepEqual(judgeRecord(key, found), right);
    });
  }

  const bad: [string, string[], RegExp][] = [
    ['several', [record.value, 'v=spf1 -all'], /2 records/],
    ['another text', ['hello'], /no list of tags/],
    ['a tag twice', [`${record.value}; k=rsa`], /no list of tags/],
    ['another version', [`v=DKIM2; p=${publicKey}`], /v=DKIM1/],
    ['the version late', [`p=${publicKey}; v=DKIM1`], /v=DKIM1/],
    ['revoked', ['v=DKIM1; p='], /revoked/],
    ['no key', ['v=DKIM1; k=rsa'], /no key/],
    ['another key', [`v=DKIM1; p=B${publicKey}`], /another key/],
    ['cut', [`v=DKIM1; p=${publicKey.slice(0, 200)}`], /cut off after 200 of 392/],
    ['another algorithm', [`v=DKIM1; k=ed25519; p=${publicKey}`], /k=rsa/],
    ['another hash', [`v=DKIM1; h=sha1; p=${publicKey}`], /SHA-256/],
    ['another service', [`v=DKIM1; s=tlsrpt; p=${publicKey}`], /not for mail/],
  ];
  for (const [name, records, wanted] of bad) {
    it(`are different: ${name}`, () => {
      const verdict = judgeRecord(key, { status: 'ok', records });
      assert.equal(verdict.state, 'different');
      assert.match(verdict.text, wanted);
    });
  }

  it('are missing, or not known', () => {
    assert.equal(judgeRecord(key, { status: 'none' }).state, 'missing');
    assert.equal(judgeRecord(key, { status: 'failed', text: 'x' }).state, 'unknown');
  });

  it('tell of a domain that is only testing', () => {
    const found = { status: 'ok' as const, records: [`${record.value}; t=s:y`] };
    assert.match(judgeRecord(key, found).text, /testing/);
  });
});
