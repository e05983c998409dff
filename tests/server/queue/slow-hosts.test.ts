// Hosts that do not answer keep nobody else waiting: who says nothing gives its place to others, and of what is due the
// newest is looked at too.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { db } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Peer, startPeer } from '#tests/support/smtp-peer.ts';
import { eventsOf, queueMail, until, untilGone } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;
let queue: Running;
let silent: Peer;
let live: Peer;

before(async () => {
  database = await openTestDatabase();
  dns = await startDns();
  await dns.use();
  silent = await startPeer(() => 'hang', { host: '127.0.0.31' });
  live = await startPeer(() => undefined, { host: '127.0.0.32', port: silent.port });
  const settings: [string, unknown][] = [
    ['server.hostname', 'mail.own.test'],
    ['delivery.allowPrivateAddresses', true],
    ['delivery.mxPort', silent.port],
    ['delivery.concurrency', 20],
    ['delivery.mtaSts', false],
  ];
  for (const [key, value] of settings) await writeSetting(key, value, 'test');
});
after(async () => {
  await queue.stop();
  await silent.close();
  await live.close();
  await dns.close();
  await database.close();
});

it('three hundred silent destinations do not hold a live one', async () => {
  const domains = Array.from({ length: 300 }, (_, index) => `d${index}.test`);
  for (const domain of domains) dns.zone[domain] = { A: ['127.0.0.31'] };
  dns.zone['live.test'] = { A: ['127.0.0.32'] };
  for (const domain of domains) await queueMail({ to: [`bob@${domain}`] });
  queue = await startQueue();
  await until('attempts at silent hosts', async () => silent.steps.length >= 20);
  const { messageId, traceId } = await queueMail({ to: ['bob@live.test'] });
  await untilGone(messageId);
  assert.equal(live.taken.length, 1);
  assert.equal(await db.queueRecipient.count(), domains.length, 'nobody else is done');
  const [event] = await eventsOf(traceId);
  assert.deepEqual([event?.kind, event?.detail.address], ['sent', '127.0.0.32']);
  assert.equal(typeof event?.detail.tookMs, 'number');
});
