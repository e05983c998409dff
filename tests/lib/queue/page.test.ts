// The queue a page at a time.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fromNow, now } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { listQueuePage } from '#lib/queue/page.ts';
import { openTestDatabase } from '#tests/support/database.ts';

describe('pages of the queue', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;

  before(async () => {
    database = await openTestDatabase();
    const message = { id: 'm', blobId: 1, prefix: Buffer.alloc(0), sizeBytes: 1n, traceId: 't' };
    await write((tx) =>
      tx.queueMessage.create({ data: { ...message, sender: 'a@x.test', createdAt: now() } }),
    );
    const rows = Array.from({ length: 25 }, (_, number) => ({
      id: `r${number}`,
      messageId: 'm',
      recipient: `p${String(number % 9)}@y.test`,
      domain: 'y.test',
      state: number % 5 === 0 ? 'held' : 'queued',
      attempts: number % 4,
      nextAttemptAt: now(),
      createdAt: fromNow(-(number % 6) * 1000),
    }));
    await write((tx) => tx.queueRecipient.createMany({ data: rows }));
  });
  after(() => database.close());

  for (const order of ['added', 'recipient', 'attempts'] as const) {
    it(`shows each recipient once by ${order}`, async () => {
      const found: string[] = [];
      let after: string | undefined;
      do {
        const page = await listQueuePage({}, { order, isDescending: true, after, pageSize: 4 });
        assert.equal(page.total, 25);
        found.push(...page.rows.map(({ id }) => id));
        after = page.next ?? undefined;
      } while (after);
      assert.equal(found.length, 25);
      assert.equal(new Set(found).size, 25);
    });
  }

  it('shows what the filter finds', async () => {
    const page = await listQueuePage({ state: 'held' }, { pageSize: 3, before: 'end' });
    assert.equal(page.total, 5);
    assert.equal(page.rows.length, 3);
  });
});
