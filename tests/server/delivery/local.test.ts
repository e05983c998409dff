// deliver(): one transaction, one copy a mailbox, the trace header of each copy, all or nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Account, addAccount, updateAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { db } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { onPoke } from '#lib/poke.ts';
import { listEvents } from '#lib/trail/list.ts';
import { type Delivery, deliver } from '#server/delivery/local.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { readView } from '#server/store/journal.ts';
import { findMailbox } from '#server/store/mailboxes.ts';
import { readBytes, readMessages } from '#server/store/read.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ada: Account;
let bob: Account;
before(async () => {
  database = await openTestDatabase();
  await addDomain({ name: 'example.org' }, 'test');
  const password = 'a long enough password';
  ada = await addAccount({ address: 'ada@example.org', password }, 'test');
  bob = await addAccount({ address: 'bob@example.org', password }, 'test');
});
after(() => database.close());

async function makeDelivery(change: Partial<Delivery> = {}): Promise<Delivery> {
  return {
    body: await stageBytes(Buffer.from(`Subject: hi ${newId()}\r\n\r\ntext\r\n`)),
    sender: 'eve@far.test',
    accountId: null,
    mailboxes: [{ accountId: ada.id, address: ada.address }],
    remote: [],
    trace: { hostname: 'mail.example.org', protocol: 'ESMTP', receivedAt: new Date() },
    traceId: newId(),
    ...change,
  };
}

async function read(account: Account, name = 'INBOX'): Promise<string[]> {
  const mailbox = await findMailbox(account.id, name);
  if (!mailbox) return [];
  const { roll } = await readView(account.id, mailbox.id);
  const uids = [...roll.uids];
  const messages = await readMessages(account.id, mailbox.id, uids);
  return Promise.all(messages.map(async (message) => (await readBytes(message)).toString()));
}

test('makes the mailboxes of an account that has none yet', async () => {
  await deliver(await makeDelivery());
  const [message = ''] = await read(ada);
  assert.match(
    message,
    /^Return-Path: <eve@far\.test>\r\nDelivered-To: ada@example\.org\r\nReceived: .*Subject: hi /s,
  );
});

test('one copy a mailbox, one row an outside address, one trace', async () => {
  const earlier = (await read(ada)).length;
  const delivery = await makeDelivery({
    sender: '',
    mailboxes: [
      { accountId: ada.id, address: ada.address, originalTo: 'team@example.org' },
      { accountId: ada.id, address: ada.address },
      { accountId: bob.id, address: bob.address },
    ],
    remote: [
      { recipient: 'far@elsewhere.test', alias: 'out@example.org' },
      { recipient: 'far@elsewhere.test' },
    ],
  });
  let isPoked = false;
  const end = onPoke('queue', () => {
    isPoked = true;
  });
  await deliver(delivery);
  end();
  assert.ok(isPoked);
  assert.equal((await read(ada)).length, earlier + 1);
  assert.match((await read(bob)).at(-1) ?? '', /^Return-Path: <>\r\n/);
  const queued = await db.queueMessage.findMany({ where: { traceId: delivery.traceId } });
  assert.equal(queued.length, 1);
  assert.equal(await db.queueRecipient.count({ where: { messageId: queued[0]?.id } }), 1);
  const events = await listEvents({ traceId: delivery.traceId });
  assert.deepEqual(events.map((event) => event.kind).sort(), [
    'delivered',
    'delivered',
    'queued',
    'received',
  ]);
});

test('a full mailbox: nobody gets a copy, nothing is queued, no event is left', async () => {
  await updateAccount(bob.id, { quotaBytes: 1 }, 'test');
  const earlier = await read(ada);
  const delivery = await makeDelivery({
    mailboxes: [ada, bob].map(({ id, address }) => ({ accountId: id, address })),
    remote: [{ recipient: 'far@elsewhere.test' }],
  });
  await assert.rejects(deliver(delivery), (error) => isRefusal(error, 'over-quota'));
  assert.deepEqual(await read(ada), earlier);
  assert.equal(await db.queueMessage.count({ where: { traceId: delivery.traceId } }), 0);
  assert.deepEqual(await listEvents({ traceId: delivery.traceId }), []);
  await updateAccount(bob.id, { quotaBytes: null }, 'test');
});

test('deliveries that wait together: a full mailbox refuses its own only', async () => {
  const before = (await read(bob)).length;
  await updateAccount(ada.id, { quotaBytes: 1 }, 'test');
  const both = [ada, bob].map(({ id, address }) => ({ accountId: id, address }));
  const remote = [{ recipient: 'away@far.test' }];
  const deliveries = [
    await makeDelivery({ mailboxes: both.slice(1) }),
    await makeDelivery({ mailboxes: both, remote }),
    await makeDelivery({ mailboxes: both.slice(1), traceId: 'together' }),
    await makeDelivery({ mailboxes: [], remote, traceId: 'remote only' }),
  ];
  const settled = await Promise.allSettled(deliveries.map((delivery) => deliver(delivery)));
  await updateAccount(ada.id, { quotaBytes: null }, 'test');
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  );
  assert.equal((await read(bob)).length, before + 2);
  for (const [traceId, kinds] of [
    ['together', ['delivered', 'received']],
    ['remote only', ['queued', 'received']],
  ] as const) {
    const events = await listEvents({ traceId });
    assert.deepEqual(events.map(({ kind }) => kind).sort(), kinds);
  }
});

test('junk goes into the Junk mailbox', async () => {
  const earlier = (await read(ada, 'Junk')).length;
  await deliver(await makeDelivery({ isJunk: true }));
  assert.equal((await read(ada, 'Junk')).length, earlier + 1);
});

test('nothing in an address or a HELO name can add a field', async () => {
  await deliver(
    await makeDelivery({
      sender: 'eve@far.test>\r\nX-Evil: 1',
      trace: {
        hostname: 'mail.example.org',
        protocol: 'ESMTP',
        helo: 'a\r\nX-Evil: 2',
        reverseName: 'b\r\nX-Evil: 3',
        receivedAt: new Date(),
      },
    }),
  );
  assert.doesNotMatch((await read(ada)).at(-1) ?? '', /^X-Evil/m);
});
