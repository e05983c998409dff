// What is kept of the DNS of domains: the count, when somebody looks again, the event, the list of domains, and the job.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { addDomain, removeDomain, requireDomain, updateDomain } from '#lib/accounts/domain.ts';
import {
  countWrong,
  keepDomainDns,
  listDueDomains,
  readDomainDns,
  summarizeDns,
} from '#lib/accounts/domain-dns/kept.ts';
import { type DomainFilter, listDomainPage } from '#lib/accounts/domain-list.ts';
import { freezeClock, fromNow } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { endLease, takeLease } from '#lib/lease.ts';
import { lookAtDomains } from '#server/jobs/domain-dns.ts';
import { openTestDatabase } from '#tests/support/database.ts';

type Seen = Parameters<typeof countWrong>[0][number];
const hourMs = 3_600_000;
const see = (...texts: string[]) =>
  texts.map((text) => {
    const [kind, need, state] = text.split(' ');
    return { kind, need, state } as Seen;
  });
const right = see('mx must right', 'spf should right');
const wrong = see('mx must missing', 'spf should different');
const silent = see('mx must unknown', 'spf should right');

describe('the count of wrong records', () => {
  const cases: [string, Seen[], ReturnType<typeof countWrong>][] = [
    ['all is right', right, { wrong: 0, text: '' }],
    ['each is named', wrong, { wrong: 2, text: 'MX, SPF' }],
    [
      'two of a kind are named once',
      see('dkim should missing', 'dkim should missing'),
      { wrong: 2, text: 'DKIM' },
    ],
    ['comfort does not count', see('mx must right', 'service may missing'), { wrong: 0, text: '' }],
    [
      'what is of the server does not count',
      see('mx must right', 'host must missing', 'ptr should different'),
      { wrong: 0, text: '' },
    ],
    ['silence is no verdict', silent, null],
    [
      'what is known to be wrong stays so beside silence',
      see('mx must unknown', 'spf should missing'),
      { wrong: 1, text: 'SPF' },
    ],
  ];
  for (const [name, records, expected] of cases) {
    it(name, () => assert.deepEqual(countWrong(records), expected));
  }
});

describe('the DNS of domains', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  const ids = new Map<string, string>();
  const keep = (name: string, records: Seen[]) =>
    keepDomainDns({ id: ids.get(name) ?? '', name }, records);

  before(async () => {
    database = await openTestDatabase();
    freezeClock(new Date('2026-11-21T12:00:00Z'));
    for (const name of ['a.test', 'b.test', 'c.test', 'off.test']) {
      await addDomain({ name }, 'test');
      ids.set(name, (await requireDomain(name)).id);
    }
    await updateDomain('off.test', { isDisabled: true }, 'test');
  });
  after(async () => {
    freezeClock(null);
    await database?.close();
  });
  beforeEach(() => write((tx) => tx.domainDns.deleteMany()));

  it('is due at once, again after a day, and after an hour where the DNS was silent', async () => {
    assert.deepEqual(await listDueDomains(9), ['a.test', 'b.test', 'c.test']);
    assert.deepEqual(await listDueDomains(1), ['a.test']);
    await keep('a.test', right);
    await keep('b.test', silent);
    assert.deepEqual(await listDueDomains(9), ['c.test']);
    freezeClock(fromNow(hourMs));
    assert.deepEqual(await listDueDomains(9), ['c.test', 'b.test']);
    freezeClock(fromNow(23 * hourMs));
    assert.deepEqual(await listDueDomains(9), ['c.test', 'b.test', 'a.test']);
  });

  it('keeps what is known through silence', async () => {
    await keep('a.test', wrong);
    const known = (await readDomainDns([ids.get('a.test')!])).get(ids.get('a.test')!);
    assert.equal(known?.text, 'MX, SPF');
    freezeClock(fromNow(hourMs));
    await keep('a.test', silent);
    assert.deepEqual((await readDomainDns([ids.get('a.test')!])).get(ids.get('a.test')!), known);
  });

  it('leaves an event when a fine domain turns bad and when it is good again', async () => {
    await write((tx) => tx.trailEvent.deleteMany());
    // Of a new domain nothing is expected yet.
    for (const records of [wrong, wrong, right, right, silent, wrong, see('mx must missing')]) {
      await keep('a.test', records);
    }
    await keep('a.test', right);
    const events = await db.trailEvent.findMany({ orderBy: { id: 'asc' } });
    assert.deepEqual(
      events.map(({ recipient, reason, text }) => `${recipient} ${reason}: ${text}`).sort(),
      [
        'dns of a.test good-again: All records are right.',
        'dns of a.test good-again: All records are right.',
        'dns of a.test turned-bad: Not right any more: MX, SPF.',
      ],
    );
  });

  it('is found, put in order and summed up in the list of domains', async () => {
    await keep('a.test', wrong);
    await keep('b.test', right);
    await keep('off.test', see('mx must missing'));
    const seen = async (filter: Parameters<typeof listDomainPage>[0]) =>
      (await listDomainPage(filter)).rows.map(({ name }) => name);
    const cases: [DomainFilter['dns'], string[]][] = [
      ['right', ['b.test']],
      ['wrong', ['a.test', 'off.test']],
      ['unknown', ['c.test']],
      [undefined, ['a.test', 'b.test', 'c.test', 'off.test']],
    ];
    for (const [dns, names] of cases) assert.deepEqual(await seen({ dns }), names, dns);
    const falling = { order: 'dns', isDescending: true } as const;
    assert.deepEqual(await seen(falling), ['a.test', 'off.test', 'b.test', 'c.test']);
    const page = await listDomainPage({ ...falling, pageSize: 2 });
    assert.deepEqual(await seen({ ...falling, pageSize: 2, after: page.next! }), [
      'b.test',
      'c.test',
    ]);
    const expected = { checked: 2, wrong: 1, examples: ['a.test (MX, SPF)'] };
    assert.deepEqual(await summarizeDns(), expected);
  });

  it('is looked at by the job, which forgets domains that are gone', async () => {
    await keep('a.test', right);
    await write((tx) => tx.domainDns.create({ data: { domainId: 'gone', nextAt: new Date() } }));
    const asked: string[] = [];
    const look = async (name: string) => {
      asked.push(name);
      // Gone while it was looked at.
      if (name === 'b.test') throw new Refusal('not-found', 'It is gone.');
      await keep(name, right);
    };
    const done = await lookAtDomains(new AbortController().signal, look);
    assert.deepEqual(done, { domains: 2, forgotten: 1 });
    assert.deepEqual(asked, ['b.test', 'c.test']);
    assert.deepEqual(await lookAtDomains(AbortSignal.abort(), look), { domains: 0, forgotten: 0 });
  });

  it('is left to the node that is at it', async () => {
    assert.ok(await takeLease('domain-dns', 'another node', 60_000));
    const look = () => assert.fail('two nodes ask');
    const done = await lookAtDomains(new AbortController().signal, look);
    assert.deepEqual(done, { domains: 0, forgotten: 0 });
    await endLease('domain-dns', 'another node');
  });

  it('is looked at by the job though the look at another one fails', async () => {
    const add = (name: string) => addDomain({ name }, 'test');
    const added = [await add('d.test'), await add('e.test')];
    const look = async (name: string) => {
      if (name === 'd.test') throw new Error('No such answer was thought of.');
      await keepDomainDns(await requireDomain(name), right);
    };
    await lookAtDomains(new AbortController().signal, look);
    assert.deepEqual(await listDueDomains(10), [], 'the one that failed waits too');
    const seen = await readDomainDns(added.map(({ id }) => id));
    assert.deepEqual(
      added.map(({ id }) => seen.get(id)?.wrong),
      [-1, 0],
    );
    for (const { name } of added) await removeDomain(name, 'test');
  });

  it('goes with the domain', async () => {
    await keep('c.test', right);
    await removeDomain('c.test', 'test');
    await lookAtDomains(AbortSignal.abort());
    assert.equal((await readDomainDns([ids.get('c.test')!])).size, 0);
  });
});
