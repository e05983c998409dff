// Scheduled mail: its own user lists, cancels and moves it, until it is being sent.
import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { freezeClock } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { isRefusal, type RefusalReason } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { enqueue } from '#lib/queue/enqueue.ts';
import { listQueue, releaseEntry, retryAll, retryEntry } from '#lib/queue/entries.ts';
import { cancelScheduled, listScheduled, rescheduleSending } from '#lib/queue/scheduled.ts';
import { listEvents } from '#lib/trail/list.ts';
import { claim } from '#server/queue/claim.ts';
import { insertBlob, stageBytes } from '#server/store/bodies/blobs.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const start = new Date('2026-11-21T10:00:00Z');
const minuteMs = 60_000;
const at = (minutes: number) => new Date(start.getTime() + minutes * minuteMs);

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
beforeEach(async () => {
  freezeClock(start);
  await write(async (tx) => {
    await tx.queueRecipient.deleteMany();
    await tx.queueMessage.deleteMany();
  });
});
after(async () => {
  freezeClock(null);
  await database.close();
});

async function schedule(minutes: number | null, accountId = 'ada', heldFor: '' | 'rule' = '') {
  const body = await stageBytes(
    Buffer.from('Subject: Later\r\nMessage-ID: <later@own.test>\r\n\r\nx\r\n'),
  );
  return write(async (tx) =>
    enqueue(tx, {
      blobId: await insertBlob(tx, body),
      prefix: Buffer.alloc(0),
      sizeBytes: body.sizeBytes,
      sender: 'ada@own.test',
      accountId,
      recipients: [{ recipient: 'a@far.test' }, { recipient: 'b@far.test' }],
      releaseAt: minutes === null ? null : at(minutes),
      heldFor,
      traceId: newId(),
    }),
  );
}

const refused = (reason: RefusalReason) => (error: unknown) => isRefusal(error, reason);
const idsOf = async (messageId: string) =>
  (await db.queueRecipient.findMany({ where: { messageId } })).map(({ id }) => id);

it('lists what waits, next first, of this user only', async () => {
  const late = await schedule(60);
  const soon = await schedule(10, 'ada', 'rule');
  await schedule(5, 'bob');
  await schedule(null);
  const listed = await listScheduled('ada');
  assert.deepEqual(
    listed.map(({ messageId, isHeld, headerId }) => [messageId, isHeld, headerId]),
    [
      [soon, true, 'later@own.test'],
      [late, false, 'later@own.test'],
    ],
  );
  assert.equal(listed[0]?.subject, 'Later');
  assert.deepEqual(listed[0]?.recipients, ['a@far.test', 'b@far.test']);
  freezeClock(at(10));
  assert.deepEqual(
    (await listScheduled('ada')).map(({ messageId }) => messageId),
    [late],
  );
});

it('cancels: nothing is left, and the trail tells', async () => {
  const id = await schedule(10);
  const cancelled = await cancelScheduled('ada', id);
  assert.deepEqual(cancelled.recipients, ['a@far.test', 'b@far.test']);
  assert.equal(await db.queueMessage.count(), 0);
  assert.equal(await db.queueRecipient.count(), 0);
  const events = await listEvents({ traceId: cancelled.traceId });
  assert.deepEqual(
    events.map(({ kind, reason }) => `${kind} ${reason}`),
    ['dropped cancelled', 'dropped cancelled'],
  );
  await assert.rejects(cancelScheduled('ada', id), refused('not-found'));
});

it('another user finds nothing', async () => {
  const id = await schedule(10);
  await assert.rejects(cancelScheduled('bob', id), refused('not-found'));
  await assert.rejects(rescheduleSending('bob', id, at(20)), refused('not-found'));
  assert.equal((await listScheduled('ada')).length, 1);
  assert.equal((await listScheduled('ada'))[0]?.releaseAt.getTime(), at(10).getTime());
});

it('what was never scheduled is no scheduled mail', async () => {
  const id = await schedule(null);
  await assert.rejects(cancelScheduled('ada', id), refused('not-found'));
});

it('its time has come, or it is being sent: too late', async () => {
  const id = await schedule(10);
  assert.deepEqual(await claim(await idsOf(id), 'early'), [], 'not before its time');
  freezeClock(at(10));
  await assert.rejects(cancelScheduled('ada', id), refused('conflict'));
  assert.equal((await claim(await idsOf(id), 'runner')).length, 2);
  await assert.rejects(cancelScheduled('ada', id), refused('conflict'));
  await assert.rejects(rescheduleSending('ada', id, at(30)), refused('conflict'));
});

it('moves to another time, also to now', async () => {
  const id = await schedule(10);
  assert.equal((await rescheduleSending('ada', id, at(30))).releaseAt.getTime(), at(30).getTime());
  freezeClock(at(10));
  assert.deepEqual(await claim(await idsOf(id), 'runner'), []);
  await rescheduleSending('ada', id, at(5));
  assert.equal((await claim(await idsOf(id), 'runner')).length, 2);
  for (const wrong of [new Date(Number.NaN), at(400 * 24 * 60)]) {
    await assert.rejects(rescheduleSending('ada', id, wrong), refused('invalid'));
  }
});

it('an administrator neither retries nor releases it before its time', async () => {
  const id = await schedule(10, 'ada', 'rule');
  const [entry = ''] = await idsOf(id);
  await releaseEntry(entry, 'admin');
  await retryEntry(entry, 'admin');
  assert.equal(await retryAll('admin'), 0);
  assert.deepEqual(await claim(await idsOf(id), 'runner'), []);
  freezeClock(at(10));
  assert.deepEqual(await claim(await idsOf(id), 'runner'), [entry]);
});

it('the queue says why it is held and filters by that', async () => {
  await schedule(null, 'ada', 'rule');
  await schedule(10);
  const held = await listQueue({ holdReason: 'rule' });
  assert.equal(held.total, 2);
  assert.equal(held.rows[0]?.holdReason, 'rule');
  assert.equal(
    (await listQueue({ state: 'queued' })).rows[0]?.releaseAt?.getTime(),
    at(10).getTime(),
  );
  assert.equal((await listQueue({ accountId: 'bob' })).total, 0);
});

it('cancelling and claiming at the same moment: one of them has it', async () => {
  for (let round = 0; round < 10; round++) {
    const id = await schedule(10);
    const ids = await idsOf(id);
    const cancelling = cancelScheduled('ada', id).then(
      () => 'cancelled',
      () => 'sent',
    );
    freezeClock(at(10));
    const [taken, outcome] = await Promise.all([claim(ids, 'runner'), cancelling]);
    assert.equal(taken.length, outcome === 'cancelled' ? 0 : 2);
    freezeClock(start);
  }
});
