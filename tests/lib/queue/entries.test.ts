import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { freezeClock, fromNow } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { onPoke } from '#lib/poke.ts';
import { domainOf, enqueue } from '#lib/queue/enqueue.ts';
import {
  countQueue,
  dropEntry,
  findEntry,
  holdEntry,
  listQueue,
  releaseEntry,
  retryAll,
  retryEntry,
} from '#lib/queue/entries.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const start = new Date('2026-11-21T08:00:00Z');
let database: Awaited<ReturnType<typeof openTestDatabase>>;

before(async () => {
  database = await openTestDatabase();
});
afterEach(async () => {
  freezeClock(null);
  await write(async (tx) => {
    await tx.queueRecipient.deleteMany();
    await tx.queueMessage.deleteMany();
    await tx.rendering.deleteMany();
  });
});
after(() => database.close());

const blobIds: string[] = [];

async function add(sender: string, to: string[], subject = ''): Promise<string> {
  const key = `${sender} ${subject}`;
  if (!blobIds.includes(key)) blobIds.push(key);
  const blobId = blobIds.indexOf(key) + 1;
  return write(async (tx) => {
    const none = Buffer.alloc(0);
    await tx.rendering.upsert({
      where: { blobId },
      update: {},
      create: {
        blobId,
        version: 1,
        envelope: none,
        bodyStructure: none,
        body: none,
        header: none,
        parts: '',
        baseSubject: '',
        subject,
        fromText: '',
        toText: '',
        ccText: '',
        preview: '',
        hasAttachments: false,
      },
    });
    return enqueue(tx, {
      blobId,
      prefix: none,
      sizeBytes: 7,
      sender,
      accountId: null,
      recipients: to.map((recipient) => ({ recipient })),
      traceId: 'trace',
    });
  });
}

async function idOf(recipient: string): Promise<string> {
  return (await listQueue({ search: recipient })).rows[0]?.id ?? '';
}

describe('the queue as rows', () => {
  it('shows one entry a recipient, with the subject', async () => {
    await add('ada@own.test', ['b@far.test', 'a@far.test', 'b@far.test'], 'Grüße 100%');
    const { rows, total } = await listQueue();
    assert.equal(total, 2);
    assert.deepEqual(rows.map((row) => row.recipient).toSorted(), ['a@far.test', 'b@far.test']);
    const [row] = rows;
    assert.deepEqual(
      [row?.sender, row?.domain, row?.state, row?.attempts, row?.sizeBytes, row?.subject],
      ['ada@own.test', 'far.test', 'queued', 0, 7, 'Grüße 100%'],
    );
    assert.ok(row?.createdAt instanceof Date && row.nextAttemptAt instanceof Date);
  });

  it('finds by sender, recipient and subject; signs of LIKE are plain signs', async () => {
    await add('ada@own.test', ['one@far.test'], 'Rebate 100%');
    await add('eve_x@own.test', ['two@far.test'], 'Rebate 1000');
    const find = async (search: string) =>
      (await listQueue({ search })).rows.map((row) => row.recipient).toSorted();
    assert.deepEqual(await find('ADA@'), ['one@far.test']);
    assert.deepEqual(await find('two@'), ['two@far.test']);
    assert.deepEqual(await find('100%'), ['one@far.test']);
    assert.deepEqual(await find('e_x'), ['two@far.test']);
    assert.deepEqual(await find('rebate'), ['one@far.test', 'two@far.test']);
    assert.deepEqual(await find("'; DROP TABLE"), []);
  });

  it('goes by pages and states', async () => {
    await add(
      'ada@own.test',
      Array.from({ length: 5 }, (_, i) => `u${i}@far.test`),
    );
    await holdEntry(await idOf('u3@far.test'), 'test');
    assert.deepEqual(await countQueue(), { queued: 4, held: 1, sending: 0 });
    assert.equal((await listQueue({ state: 'held' })).rows[0]?.recipient, 'u3@far.test');
    const pages = [1, 2, 3].map((page) => listQueue({ page, pageSize: 2 }));
    const rows = (await Promise.all(pages)).flatMap((page) =>
      page.rows.map((row) => row.recipient),
    );
    assert.equal(new Set(rows).size, 5);
  });

  it('retries, holds and releases, and pokes the queue each time', async () => {
    freezeClock(start);
    await add('ada@own.test', ['one@far.test']);
    const id = await idOf('one@far.test');
    await write((tx) =>
      tx.queueRecipient.update({ where: { id }, data: { nextAttemptAt: fromNow(60_000) } }),
    );
    let pokes = 0;
    const end = onPoke('queue', () => pokes++);
    await retryEntry(id, 'test');
    assert.equal((await findEntry(id))?.nextAttemptAt.getTime(), start.getTime());
    await holdEntry(id, 'test');
    assert.equal((await findEntry(id))?.state, 'held');
    assert.equal(await retryAll('test'), 0);
    await releaseEntry(id, 'test');
    assert.equal((await findEntry(id))?.state, 'queued');
    await holdEntry(id, 'test');
    await retryEntry(id, 'test');
    assert.equal((await findEntry(id))?.state, 'queued');
    end();
    assert.equal(pokes, 6);
  });

  it('drops the message with its last recipient', async () => {
    const messageId = await add('ada@own.test', ['one@far.test', 'two@far.test']);
    await dropEntry(await idOf('one@far.test'), 'test');
    assert.ok(await db.queueMessage.findUnique({ where: { id: messageId } }));
    await dropEntry(await idOf('two@far.test'), 'test');
    assert.equal(await db.queueMessage.findUnique({ where: { id: messageId } }), null);
  });

  it('leaves a recipient under a living lease alone, not one under a dead one', async () => {
    freezeClock(start);
    await add('ada@own.test', ['one@far.test']);
    const id = await idOf('one@far.test');
    const lease = (ms: number) =>
      write((tx) =>
        tx.queueRecipient.update({
          where: { id },
          data: { state: 'sending', leaseOwner: 'x', leaseUntil: fromNow(ms) },
        }),
      );
    await lease(1000);
    for (const change of [retryEntry, holdEntry, releaseEntry, dropEntry]) {
      await assert.rejects(change(id, 'test'), { reason: 'conflict' });
    }
    await lease(-1000);
    await holdEntry(id, 'test');
    assert.equal((await findEntry(id))?.state, 'held');
  });

  it('says not-found for what is not there', async () => {
    for (const change of [retryEntry, holdEntry, releaseEntry, dropEntry]) {
      await assert.rejects(change('nobody', 'test'), { reason: 'not-found' });
    }
  });

  it('takes a thousand recipients in one step', async () => {
    await add(
      'ada@own.test',
      Array.from({ length: 1000 }, (_, i) => `u${i}@far.test`),
    );
    assert.equal((await listQueue()).total, 1000);
    await assert.rejects(add('ada@own.test', []), /needs a recipient/);
  });

  it('reads the domain of an address', () => {
    assert.equal(domainOf('"a@b"@Far.test'), 'far.test');
    assert.equal(domainOf('nobody'), '');
  });
});
