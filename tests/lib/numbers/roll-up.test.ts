// Numbers over time: minutes, hours and days say the same, two nodes add up, old rows go, and nothing is lost.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { freezeClock, fromNow, now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import {
  type DomainHour,
  domainHoursKept,
  listDomainMail,
  readDomainDays,
  readDomainHours,
  recordDomainMailIn,
} from '#lib/numbers/domain-mail.ts';
import { recordNumbersIn, removeOldNumbers } from '#lib/numbers/record.ts';
import { type Numbers, parseNumbers, pieces } from '#lib/numbers/roll-up.ts';
import { findRange, ranges, readTimeline } from '#lib/numbers/timeline.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
let database: Awaited<ReturnType<typeof openTestDatabase>>;

before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());
beforeEach(async () => {
  freezeClock(new Date('2026-11-21T12:34:56Z'));
  await write(async (tx) => {
    await tx.rollUp.deleteMany();
    await tx.domainDay.deleteMany();
    await tx.domainHour.deleteMany();
  });
});
afterEach(() => freezeClock(null));

const counts = (accepted: number): Numbers => ({
  counts: { 'received.accepted': accepted },
  states: {},
});
const look = (name: string, value: number): Numbers => ({
  counts: {},
  states: { [name]: [value, 1, value] },
});
const record = (node: string, at: Date, numbers: Numbers) =>
  write((tx) => recordNumbersIn(tx, node, at, numbers));

describe('numbers', () => {
  it('are in the minute, the hour and the day, each once', async () => {
    await record('one', fromNow(-2 * minuteMs), counts(3));
    await record('one', now(), counts(4));
    for (const range of ranges) {
      const timeline = await readTimeline(range);
      assert.equal(timeline.total('received.accepted'), 7, range.name);
      assert.equal(timeline.at.length, range.rows / range.together);
      const last = timeline.at.at(-1)?.getTime() ?? 0;
      assert.ok(last <= now().getTime() && last + timeline.stepSeconds * 1000 > now().getTime());
    }
    const hour = await readTimeline(findRange('1h'));
    assert.deepEqual(hour.counts('received.accepted').slice(-3), [3, 0, 4]);
  });

  it('of two nodes add up, also of one that began twice in a minute', async () => {
    await record('one', now(), counts(1));
    await record('one', now(), counts(2));
    await record('two', now(), counts(10));
    assert.equal((await readTimeline(findRange('1h'))).total('received.accepted'), 13);
    assert.equal(await db.rollUp.count(), 2 * pieces.length);
  });

  it('say how things stood: the mean of a node, the sum of nodes, once what all see alike', async () => {
    for (const [node, value] of [
      ['one', 2],
      ['one', 4],
      ['two', 10],
    ] as const) {
      await record(node, now(), look('sessions.imap', value));
      await record(node, now(), look('queue.queued', value));
    }
    const timeline = await readTimeline(findRange('1h'));
    assert.equal(timeline.last('sessions.imap'), 13);
    assert.equal(timeline.last('queue.queued'), 10);
    assert.equal(timeline.states('sessions.imap')[0], null);
    const [row] = await db.rollUp.findMany({ where: { seconds: 60, node: 'one' } });
    assert.deepEqual(parseNumbers(row?.numbers ?? '').states['sessions.imap'], [6, 2, 4]);
  });

  it('gives what names begin with, and totals by the rest', async () => {
    const numbers = { counts: { 'rejected.spam': 2, 'rejected.listed': 3, sent: 9 }, states: {} };
    await record('one', now(), numbers);
    const timeline = await readTimeline(findRange('24h'));
    assert.equal(timeline.countsOfAll('rejected.').at(-1), 5);
    assert.deepEqual([...timeline.totals('rejected.')].sort(), [
      ['listed', 3],
      ['spam', 2],
    ]);
  });

  it('go when they are old: minutes after 2 days, hours after 90, and days stay', async () => {
    const ages = [1, 3, 89, 91, 400].map((days) => fromNow(-days * dayMs));
    for (const at of ages) await record('one', at, counts(1));
    await removeOldNumbers();
    const left = await db.rollUp.groupBy({ by: ['seconds'], _count: true });
    assert.deepEqual(
      left
        .map(({ seconds, _count }) => [seconds, _count])
        .sort((a, b) => Number(a[0]) - Number(b[0])),
      [
        [60, 1],
        [3600, 3],
        [86_400, 5],
      ],
    );
  });

  it('hold at most so many rows a node', () => {
    const rows = pieces.map(({ seconds, keptDays }) => (keptDays * 86_400) / seconds);
    assert.deepEqual(rows, [2880, 2160, 3660]);
  });

  it('a row that cannot be read is nothing', async () => {
    const row = {
      seconds: 60,
      at: Math.floor(now().getTime() / minuteMs),
      node: 'x',
      numbers: '{',
    };
    await write((tx) => tx.rollUp.create({ data: row }));
    assert.equal((await readTimeline(findRange('1h'))).total('received.accepted'), 0);
  });
});

describe('mail of domains', () => {
  const hour = Math.floor(new Date('2026-11-21T12:00:00Z').getTime() / hourMs);
  const row = (at: number, domain: string, ...[externalIn, externalOut, internal]: number[]) =>
    ({ hour: at, domain, externalIn, externalOut, internal }) as DomainHour;
  const add = (...hours: DomainHour[]) => write((tx) => recordDomainMailIn(tx, hours));
  const incoming = (rows: { externalIn: number }[]) => rows.map(({ externalIn }) => externalIn);

  it('is a row a domain and hour, and one a day, whoever adds', async () => {
    await add(row(hour, 'a.test', 1, 2, 3), row(hour, 'b.test', 12, 0, 0));
    await add(
      row(hour, 'a.test', 1, 0, 1),
      row(hour - 12, 'a.test', 0, 1, 0),
      row(hour - 24, 'a.test', 5, 0, 0),
    );
    await add();
    assert.deepEqual([await db.domainHour.count(), await db.domainDay.count()], [4, 3]);
    assert.deepEqual(await listDomainMail(1), [
      { domain: 'b.test', externalIn: 12, externalOut: 0, internal: 0 },
      { domain: 'a.test', externalIn: 2, externalOut: 3, internal: 4 },
    ]);
    assert.equal((await listDomainMail(2))[0]?.externalIn, 7);
    assert.deepEqual(await listDomainMail(1, 9, []), []);
    const named = await listDomainMail(1, 9, ['a.test', 'c.test']);
    assert.deepEqual(
      named.map(({ domain }) => domain),
      ['a.test'],
    );
    assert.deepEqual(incoming(await readDomainDays('a.test', 3)), [0, 5, 2]);
    const hours = await readDomainHours('a.test', 25);
    assert.deepEqual(incoming(hours), [5, ...Array(23).fill(0), 2]);
    assert.deepEqual(hours.at(-1)?.at, new Date('2026-11-21T12:00:00Z'));
  });

  it('is kept by the hour for eight days, by the day for ten years', async () => {
    const first = hour - domainHoursKept;
    await add(row(first, 'a.test', 1, 0, 0), row(first - 1, 'a.test', 1, 0, 0));
    await add(row(hour - 24 * 3661, 'a.test', 1, 0, 0));
    await removeOldNumbers();
    const kept = await db.domainHour.findMany();
    assert.deepEqual(
      kept.map((each) => each.hour),
      [first],
    );
    assert.equal(await db.domainDay.count(), 1);
  });
});
