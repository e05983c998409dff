// What a sender and an administrator see of a message on its way: each attempt with host, address, protection, reply and
// duration, and for each recipient where it is now.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { type Account, addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock } from '#lib/clock.ts';
import { poke } from '#lib/poke.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { readStory } from '#lib/trail/story.ts';
import { readDeliveryStates } from '#lib/webmail/reader/delivery.ts';
import { deliver } from '#server/delivery/local.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Peer, startPeer } from '#tests/support/smtp-peer.ts';
import { eventsOf, until } from './fixture.ts';

const start = new Date('2026-11-21T10:00:00Z');
const hourMs = 3_600_000;
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;
let queue: Running;
let peer: Peer;
let ada: Account;
let bob: Account;
let isBusy = true;

before(async () => {
  database = await openTestDatabase();
  freezeClock(start);
  dns = await startDns();
  await dns.use();
  peer = await startPeer((step, line) => {
    if (step === 'body') return '250 2.0.0 Ok: queued as 4711';
    return isBusy && step === 'rcpt' && line.includes('later')
      ? '452 4.2.2 mailbox full'
      : undefined;
  });
  await writeSetting('server.hostname', 'mail.own.test', 'test');
  await writeSetting('delivery.allowPrivateAddresses', true, 'test');
  await writeSetting('delivery.mxPort', peer.port, 'test');
  await addDomain({ name: 'own.test' }, 'test');
  const password = 'a long enough password';
  ada = await addAccount({ address: 'ada@own.test', password }, 'test');
  bob = await addAccount({ address: 'bob@own.test', password }, 'test');
  dns.zone = { 'far.test': { MX: ['10 mx.far.test'] }, 'mx.far.test': { A: ['127.0.0.1'] } };
  queue = await startQueue();
});
after(async () => {
  freezeClock(null);
  await queue.stop();
  await peer.close();
  await dns.close();
  await database.close();
});

it('the sender reads "delivered to mx.far.test, 250 …" and "waiting, next try at …"', async () => {
  const text = 'From: ada@own.test\r\nMessage-ID: <m1@own.test>\r\nSubject: hello\r\n\r\nbody\r\n';
  await deliver({
    body: await stageBytes(Buffer.from(text)),
    sender: ada.address,
    accountId: ada.id,
    mailboxes: [],
    remote: [{ recipient: 'now@far.test' }, { recipient: 'later@far.test' }],
    trace: { hostname: 'mail.own.test', protocol: 'ESMTPSA', receivedAt: start },
    traceId: 'trace1',
  });
  const states = await until('both tried', async () => {
    const found = await readDeliveryStates(ada.id, 'm1@own.test');
    return found.every(({ kind }) => kind !== 'waiting') ? found : null;
  });
  assert.deepEqual(
    states.toSorted((one, other) => (one.recipient < other.recipient ? -1 : 1)),
    [
      {
        recipient: 'later@far.test',
        kind: 'deferred',
        remote: 'mx.far.test',
        text: 'mailbox full',
        nextAt: '2026-11-21T10:15:00.000Z',
      },
      {
        recipient: 'now@far.test',
        kind: 'sent',
        remote: 'mx.far.test',
        text: 'Ok: queued as 4711',
        nextAt: null,
      },
    ],
  );
  assert.deepEqual(await readDeliveryStates(bob.id, 'm1@own.test'), [], 'nobody else does');

  isBusy = false;
  freezeClock(new Date(start.getTime() + hourMs));
  poke('queue');
  await until('the second try', async () =>
    (await readDeliveryStates(ada.id, 'm1@own.test')).every(({ kind }) => kind === 'sent'),
  );
  const story = (await readStory(ada.id, 'm1@own.test')).map(({ kind }) => kind);
  assert.deepEqual(story, ['received', 'queued', 'queued', 'deferred', 'sent', 'sent']);

  const attempts = (await eventsOf('trace1')).filter(({ kind }) => /sent|deferred/.test(kind));
  assert.deepEqual(
    attempts
      .map(({ kind, recipient, remote, reason, detail }) => [
        ...[kind, recipient, remote, reason, detail.attempts, detail.tls, detail.address],
        typeof detail.tookMs,
      ])
      .toSorted(),
    [
      [
        'deferred',
        'later@far.test',
        'mx.far.test',
        '452 4.2.2',
        1,
        'no TLS',
        '127.0.0.1',
        'number',
      ],
      ['sent', 'later@far.test', 'mx.far.test', '250 2.0.0', 2, 'no TLS', '127.0.0.1', 'number'],
      ['sent', 'now@far.test', 'mx.far.test', '250 2.0.0', 1, 'no TLS', '127.0.0.1', 'number'],
    ],
  );
});
