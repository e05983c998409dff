// Who may read which part of a message's timeline, and how administrators find it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fromNow } from '#lib/clock.ts';
import { listEvents } from '#lib/trail/list.ts';
import { flushTrail, type NewEvent, recordEvent } from '#lib/trail/record.ts';
import { readStory } from '#lib/trail/story.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
const findings = [{ check: 'authenticity', outcome: 'tag', note: 'SPF pass' }];

before(async () => {
  database = await openTestDatabase();
  const events: NewEvent[] = [
    {
      traceId: 't1',
      kind: 'received',
      sender: 'eve@far.test',
      remote: '192.0.2.7',
      messageId: '<1@far.test>',
      detail: { findings, recipients: 2 },
    },
    { traceId: 't1', kind: 'delivered', accountId: 'ada', recipient: 'ada@example.org' },
    { traceId: 't1', kind: 'delivered', accountId: 'bob', recipient: 'bob@example.org' },
    {
      traceId: 't2',
      kind: 'received',
      accountId: 'ada',
      sender: 'ada@example.org',
      messageId: '2@example.org',
    },
    { traceId: 't2', kind: 'delivered', accountId: 'bob', recipient: 'bob@example.org' },
    { traceId: 't2', kind: 'queued', accountId: 'ada', recipient: 'x@far.test' },
    {
      traceId: 't2',
      kind: 'sent',
      accountId: 'ada',
      recipient: 'x@far.test',
      reason: '250 2.0.0',
      text: 'Ok',
    },
    { traceId: 't3', kind: 'refused', sender: 'eve@far.test', reason: 'relay-denied' },
  ];
  for (const event of events) recordEvent(event);
  await flushTrail();
});
after(() => database.close());

const show = (events: { kind: string; recipient: string }[]) =>
  events.map(({ kind, recipient }) => `${kind} ${recipient}`.trim());

test('a recipient sees the arrival and her own copy, with what the checks said', async () => {
  const story = await readStory('ada', '<1@far.test>');
  assert.deepEqual(show(story), ['received', 'delivered ada@example.org']);
  assert.deepEqual(story[0]?.findings, findings);
});

test('the sender sees every step of what she sent', async () => {
  assert.deepEqual(show(await readStory('ada', '2@example.org')), [
    'received',
    'delivered bob@example.org',
    'queued x@far.test',
    'sent x@far.test',
  ]);
  assert.deepEqual(show(await readStory('bob', '2@example.org')), [
    'received',
    'delivered bob@example.org',
  ]);
});

test('nobody else sees anything', async () => {
  for (const id of ['<1@far.test>', '2@example.org', '', 'x'.repeat(5000)]) {
    assert.deepEqual(await readStory('carl', id), []);
  }
});

test('events are found by message id, queue id, reason and time', async () => {
  const kinds = async (filter: Parameters<typeof listEvents>[0]) =>
    (await listEvents(filter)).map(({ kind }) => kind).sort();
  assert.deepEqual(await kinds({ search: '<1@far.test>' }), ['delivered', 'delivered', 'received']);
  assert.deepEqual(await kinds({ search: 't2' }), ['delivered', 'queued', 'received', 'sent']);
  assert.deepEqual(await kinds({ reason: 'relay' }), ['refused']);
  assert.deepEqual(await kinds({ reason: '2.0.0' }), ['sent']);
  assert.equal((await kinds({ from: fromNow(60_000) })).length, 0);
  assert.equal((await kinds({ until: fromNow(-60_000) })).length, 0);
  assert.equal((await kinds({ from: fromNow(-60_000), until: fromNow(60_000) })).length, 8);
});

test('a detail that is too long stays readable', async () => {
  const many = Array.from({ length: 400 }, (_, index) => ({
    check: `c${index}`,
    note: 'x'.repeat(50),
  }));
  recordEvent({ traceId: 't9', kind: 'received', detail: { helo: 'h', findings: many } });
  await flushTrail();
  const [event] = await listEvents({ traceId: 't9' });
  assert.equal(event?.detail.helo, 'h');
  const kept = event?.detail.findings;
  assert.ok(Array.isArray(kept) && kept.length > 10);
});
