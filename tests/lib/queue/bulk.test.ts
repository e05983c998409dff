import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock, fromNow } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import {
  type BulkAction,
  changeAndReport,
  changeMatching,
  countMatching,
} from '#lib/queue/bulk.ts';
import { enqueue, type HoldReason } from '#lib/queue/enqueue.ts';
import { listQueue, listQueuedDomains } from '#lib/queue/entries.ts';
import type { QueueFilter } from '#lib/queue/filter.ts';
import { walkQueue } from '#lib/queue/page.ts';
import { listRelayRules } from '#lib/queue/relay-rule.ts';
import { rerouteDomain } from '#lib/queue/reroute.ts';
import { holdSending } from '#lib/queue/sending-hold.ts';
import {
  findSuppressed,
  isHard,
  listSuppressed,
  removeOldSuppressed,
  removeSuppressed,
  suppressIn,
} from '#lib/queue/suppression.ts';
import { listEvents } from '#lib/trail/list.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const start = new Date('2026-11-21T08:00:00Z');
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let adaId: string;

before(async () => {
  database = await openTestDatabase();
  await addDomain({ name: 'own.test' }, 'test');
  adaId = (await addAccount({ address: 'ada@own.test', password: 'correct horse battery' }, 'test'))
    .id;
});
beforeEach(() => freezeClock(start));
afterEach(async () => {
  freezeClock(null);
  await write(async (tx) => {
    await tx.queueRecipient.deleteMany();
    await tx.queueMessage.deleteMany();
    await tx.suppression.deleteMany();
    await tx.relayRule.deleteMany();
    await tx.account.updateMany({ data: { sendingHold: '' } });
  });
});
after(() => database.close());

type Added = { sender?: string; to: string[]; heldFor?: HoldReason; accountId?: string };

async function add({ sender = 'ada@own.test', to, heldFor, accountId }: Added): Promise<void> {
  const prefix = Buffer.alloc(0);
  const recipients = to.map((recipient) => ({ recipient }));
  await write((tx) =>
    enqueue(tx, {
      ...{ blobId: 1, prefix, sizeBytes: 7, sender, recipients, heldFor },
      accountId: accountId ?? null,
      traceId: `trace ${to[0]}`,
    }),
  );
}

const found = async (filter: QueueFilter) =>
  (await listQueue(filter)).rows.map(({ recipient }) => recipient).toSorted();

describe('filters of the queue', () => {
  beforeEach(async () => {
    freezeClock(new Date(start.getTime() - 5 * 3_600_000));
    await add({ to: ['old@far.test'] });
    freezeClock(start);
    await add({ sender: '', to: ['new@far.test', 'x_y@other.test'] });
    await add({ to: ['held@other.test'], heldFor: 'rule' });
    await write((tx) =>
      tx.queueRecipient.updateMany({
        where: { recipient: 'old@far.test' },
        data: { lastCode: 451, lastText: 'Mailbox BUSY', lastHost: 'mx1.far.test' },
      }),
    );
  });

  const cases: [string, QueueFilter, string[]][] = [
    ['domain', { domain: 'FAR.test' }, ['new@far.test', 'old@far.test']],
    ['a part of a domain is none', { domain: 'far' }, []],
    ['sender', { sender: 'ADA@' }, ['held@other.test', 'old@far.test']],
    ['null sender', { sender: '<>' }, ['new@far.test', 'x_y@other.test']],
    ['age', { minAgeHours: 4 }, ['old@far.test']],
    ['words of the last reply', { reply: 'busy' }, ['old@far.test']],
    ['code of the last reply', { reply: '451' }, ['old@far.test']],
    ['host of the last reply', { reply: 'mx1.' }, ['old@far.test']],
    ['signs of LIKE are plain', { search: 'x_y' }, ['x_y@other.test']],
    ['state', { state: 'held' }, ['held@other.test']],
    ['reason', { holdReason: 'admin' }, []],
    ['several', { domain: 'far.test', sender: '<>', state: 'queued' }, ['new@far.test']],
  ];
  for (const [name, filter, expected] of cases) {
    it(name, async () => assert.deepEqual(await found(filter), expected));
  }

  it('tells the domains with the most', async () => {
    await add({ to: ['more@far.test'] });
    assert.deepEqual(await listQueuedDomains(1), [{ domain: 'far.test', recipients: 3 }]);
  });
});

describe('bulk actions', () => {
  const states = async () => {
    const rows = await db.queueRecipient.findMany({ orderBy: { recipient: 'asc' } });
    return rows.map(({ recipient, state, holdReason }) =>
      [recipient[0], state, holdReason].filter(Boolean).join(' '),
    );
  };
  beforeEach(async () => {
    await add({ to: ['a@far.test', 'b@far.test'] });
    await add({ to: ['c@other.test'], heldFor: 'admin' });
    await add({ to: ['d@far.test'] });
    await write((tx) =>
      tx.queueRecipient.updateMany({
        where: { recipient: 'd@far.test' },
        data: { state: 'sending', leaseOwner: 'x', leaseUntil: fromNow(1000) },
      }),
    );
  });

  const cases: [BulkAction, QueueFilter, number, string[]][] = [
    ['hold', {}, 2, ['a held admin', 'b held admin', 'c held admin', 'd sending']],
    ['release', {}, 1, ['a queued', 'b queued', 'c queued', 'd sending']],
    ['bounce', {}, 3, ['a queued bounce', 'b queued bounce', 'c queued bounce', 'd sending']],
    ['drop', { domain: 'far.test' }, 2, ['c held admin', 'd sending']],
    ['retry', { search: 'a@far' }, 1, ['a queued', 'b queued', 'c held admin', 'd sending']],
  ];
  for (const [action, filter, count, expected] of cases) {
    it(`${action}: counts before, leaves what is being tried`, async () => {
      assert.equal(await countMatching(filter, action), count);
      assert.equal(await changeMatching(filter, action, 'admin@own.test'), count);
      assert.deepEqual(await states(), expected);
      assert.equal((await listEvents({ search: `${action} of ${count}: ` })).length, 1);
    });
  }

  it('changes the rows that are chosen, and tells what was left', async () => {
    const rows = await Array.fromAsync(walkQueue({}));
    const ids = rows.filter(({ recipient }) => !recipient.startsWith('b')).map(({ id }) => id);
    const report = await changeAndReport({ ids }, 'hold', 'admin@own.test');
    assert.deepEqual(
      [report.done, report.refused, report.reasons[0]?.address],
      [1, 2, '2 recipients'],
    );
    assert.deepEqual(await states(), ['a held admin', 'b queued', 'c held admin', 'd sending']);
    assert.equal((await listEvents({ search: 'hold of 1: 3 chosen' })).length, 1);
    assert.equal(await countMatching({ ids: [] }, 'drop'), 0);
  });

  it('drops the message with its last recipient and tells the trail of each', async () => {
    await changeMatching({ search: 'a@far' }, 'drop', 'other@own.test');
    assert.equal(await db.queueMessage.count(), 3);
    await changeMatching({ search: 'b@far' }, 'drop', 'other@own.test');
    assert.equal(await db.queueMessage.count(), 2);
    const events = await listEvents({ kind: 'dropped', search: 'by other@own.test' });
    assert.deepEqual(events.map(({ recipient }) => recipient).toSorted(), [
      'a@far.test',
      'b@far.test',
    ]);
  });

  it('leaves the mail of a held sender held', async () => {
    await add({ to: ['e@far.test'], accountId: adaId });
    await holdSending(adaId, 'test');
    await changeMatching({ search: 'e@' }, 'release', 'test');
    assert.equal((await states()).at(-1), 'e held admin');
  });
});

describe('rerouting', () => {
  it('makes the first rule for the domain, and changes the one that is there', async () => {
    await add({ to: ['a@far.test', 'b@other.test'] });
    await rerouteDomain('.test'.slice(1), 'old.test', 'test');
    assert.equal(await rerouteDomain('FAR.test', 'mx.test:2525', 'test'), 1);
    assert.equal(await rerouteDomain('far.test', '[2001:db8::1]:26', 'test'), 1);
    const rules = await listRelayRules();
    assert.deepEqual(
      rules.map(({ recipient, hosts }) => [recipient, hosts]),
      [
        ['far.test', '[2001:db8::1]:26'],
        ['test', 'old.test:25'],
      ],
    );
    await assert.rejects(rerouteDomain('no domain', 'mx.test', 'test'), { field: 'domain' });
    await assert.rejects(rerouteDomain('far.test', 'mx.test:0', 'test'), { reason: 'invalid' });
  });
});

describe('suppressed addresses', () => {
  const failure = { address: 'No.One@Far.test', code: 550, status: '5.1.1', text: 'unknown' };

  it('are remembered for a time, by whatever case', async () => {
    await write((tx) => suppressIn(tx, [failure], 14));
    await write((tx) => suppressIn(tx, [failure], 14));
    const known = await findSuppressed(['no.one@far.test', 'other@far.test']);
    assert.deepEqual([...known.keys()], ['no.one@far.test']);
    assert.equal(known.get('no.one@far.test')?.failures, 2);
    assert.equal((await listSuppressed({ search: 'ONE' })).total, 1);
    freezeClock(new Date(start.getTime() + 15 * 86_400_000));
    assert.equal((await findSuppressed(['no.one@far.test'])).size, 0);
    assert.deepEqual(await removeOldSuppressed(), { addresses: 1 });
  });

  it('are taken off by hand', async () => {
    await write((tx) => suppressIn(tx, [failure], 14));
    await removeSuppressed('no.one@far.test', 'test');
    assert.equal((await listSuppressed()).total, 0);
    await assert.rejects(removeSuppressed('no.one@far.test', 'test'), { reason: 'not-found' });
  });

  it('need the setting and an answer about the address', async () => {
    await write((tx) => suppressIn(tx, [failure], 0));
    assert.equal((await listSuppressed()).total, 0);
    const hard = ['5.1.1', '5.1.2', '5.2.1', '5.7.1', '5.0.0', '5.2.2', '4.1.1'].filter(isHard);
    assert.deepEqual(hard, ['5.1.1', '5.1.2', '5.2.1']);
  });
});
