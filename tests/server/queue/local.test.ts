// Recipients here, from the queue: mail that was held or scheduled reaches mailboxes, once, resolved at that moment.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Account, addAccount, removeAccount, updateAccount } from '#lib/accounts/account.ts';
import { addAlias, removeAlias } from '#lib/accounts/alias.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { poke } from '#lib/poke.ts';
import { listQueue, releaseEntry } from '#lib/queue/entries.ts';
import { addRelayRule } from '#lib/queue/relay-rule.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { type Delivery, deliver } from '#server/delivery/local.ts';
import type { Running } from '#server/net/running.ts';
import { claim } from '#server/queue/claim.ts';
import { deliverHere } from '#server/queue/local-attempt.ts';
import { startQueue } from '#server/queue/runner.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';
import { eventsOf, inboxOf, until } from './fixture.ts';

const start = new Date('2026-11-21T10:00:00Z');
const hourMs = 3_600_000;
const password = 'a long enough password';
const goTo = (ms: number) => {
  freezeClock(new Date(start.getTime() + ms));
  poke('queue');
};

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let sink: Sink;
let queue: Running | null = null;
let ada: Account;
let bob: Account;
let count = 0;

before(async () => {
  database = await openTestDatabase();
  sink = await startSink();
  await writeSetting('server.hostname', 'mail.own.test', 'test');
  await addDomain({ name: 'own.test' }, 'test');
  await addRelayRule({ hosts: `127.0.0.1:${sink.port}`, tlsMode: 'none' }, 'test');
});
beforeEach(async () => {
  freezeClock(start);
  sink.messages.length = 0;
  ada = await addAccount({ address: `ada${++count}@own.test`, password }, 'test');
  bob = await addAccount({ address: `bob${count}@own.test`, password }, 'test');
  queue = await startQueue();
});
afterEach(async () => {
  await queue?.stop();
  queue = null;
  await write(async (tx) => {
    await tx.queueRecipient.deleteMany();
    await tx.queueMessage.deleteMany();
  });
});
after(async () => {
  freezeClock(null);
  await sink.close();
  await database.close();
});

const toBob = () => ({ accountId: bob.id, address: bob.address, originalTo: bob.address });

async function send(change: Partial<Delivery>): Promise<string> {
  const traceId = newId();
  await deliver({
    body: await stageBytes(Buffer.from(`Subject: hi ${traceId}\r\n\r\ntext\r\n`)),
    sender: ada.address,
    accountId: ada.id,
    mailboxes: [toBob()],
    remote: [],
    trace: { hostname: 'mail.own.test', protocol: 'ESMTPSA', receivedAt: start },
    traceId,
    ...change,
  });
  return traceId;
}

const untilEmpty = () =>
  until('the queue is empty', async () => (await db.queueMessage.count()) === 0);
const arrived = (account: Account, number = 1) =>
  until(`${number} messages`, async () => {
    const inbox = await inboxOf(account.id);
    return inbox.length >= number ? inbox : null;
  });

describe('scheduled mail', () => {
  it('waits for its time and arrives as it would have', async () => {
    const traceId = await send({ releaseAt: new Date(start.getTime() + hourMs) });
    goTo(hourMs - 1000);
    assert.deepEqual(await inboxOf(bob.id), []);
    goTo(hourMs);
    const [message = ''] = await arrived(bob);
    assert.match(
      message,
      new RegExp(`^Return-Path: <${ada.address}>\r\nDelivered-To: ${bob.address}\r\nReceived: `),
    );
    await untilEmpty();
    assert.deepEqual((await eventsOf(traceId)).map(({ kind }) => kind).sort(), [
      'delivered',
      'queued',
      'received',
    ]);
  });

  it('a time that has passed sends at once', async () => {
    await send({ releaseAt: new Date(start.getTime() - 1) });
    assert.equal((await inboxOf(bob.id)).length, 1);
    assert.equal(await db.queueMessage.count(), 0);
  });

  it('lifetime counts from its time, not from its arrival', async () => {
    sink.script = { rcpt: () => '450 4.2.0 later' };
    const releaseAt = new Date(start.getTime() + 400 * hourMs);
    await send({ mailboxes: [], remote: [{ recipient: 'x@far.test' }], releaseAt });
    goTo(400 * hourMs);
    await until('one attempt', async () => (await listQueue()).rows[0]?.attempts === 1);
    const [row] = (await listQueue()).rows;
    assert.equal(row?.state, 'queued');
    assert.equal(row?.nextAttemptAt.getTime(), start.getTime() + 400.25 * hourMs);
    assert.deepEqual(await inboxOf(ada.id), [], 'neither expired nor late');
    sink.script = {};
  });
});

describe('held mail', () => {
  it('is released; junk goes into Junk', async () => {
    await send({ heldFor: 'some rule', isJunk: true, accountId: null, sender: 'x@far.test' });
    const [entry] = (await listQueue()).rows;
    assert.deepEqual([entry?.state, entry?.holdReason], ['held', 'rule']);
    await releaseEntry(entry?.id ?? '', 'admin');
    await untilEmpty();
    assert.deepEqual(await inboxOf(bob.id), []);
    const junk = await db.mailbox.findFirst({ where: { accountId: bob.id, name: 'Junk' } });
    assert.equal(Number(junk?.messages), 1);
  });

  it('an alias is looked up anew, also outside', async () => {
    const alias = `team${count}@own.test`;
    await addAlias({ address: alias, targets: [ada.address] }, 'test');
    await send({
      heldFor: 'rule',
      mailboxes: [{ accountId: ada.id, address: ada.address, originalTo: alias }],
    });
    await removeAlias(alias, 'test');
    await addAlias({ address: alias, targets: [bob.address, 'far@far.test'] }, 'test');
    await releaseEntry((await listQueue()).rows[0]?.id ?? '', 'admin');
    const [message = ''] = await arrived(bob);
    assert.match(message, new RegExp(`\r\nX-Original-To: ${alias}\r\n`));
    const [outside] = await sink.waitFor(1);
    assert.deepEqual(outside?.recipients, ['far@far.test']);
    assert.match(outside?.text ?? '', new RegExp(`^Delivered-To: ${alias}\r\n`));
    assert.deepEqual(await inboxOf(ada.id), []);
    await untilEmpty();
  });

  it('bounces who is no more, and who is disabled', async () => {
    await send({ heldFor: 'rule' });
    await removeAccount(bob.id, 'test');
    await releaseEntry((await listQueue()).rows[0]?.id ?? '', 'admin');
    assert.match((await arrived(ada))[0] ?? '', /Status: 5\.1\.1/);
    bob = await addAccount({ address: `bobby${count}@own.test`, password }, 'test');
    await send({ heldFor: 'rule', mailboxes: [toBob()] });
    await updateAccount(bob.id, { isDisabled: true }, 'test');
    await releaseEntry((await listQueue()).rows[0]?.id ?? '', 'admin');
    assert.match((await arrived(ada, 2))[1] ?? '', /Status: 5\.2\.1/);
    await untilEmpty();
  });

  it('a full mailbox waits, the other recipient does not', async () => {
    await updateAccount(bob.id, { quotaBytes: 1 }, 'test');
    await send({
      heldFor: 'rule',
      mailboxes: [toBob(), { accountId: ada.id, address: ada.address }],
    });
    for (const { id } of (await listQueue()).rows) await releaseEntry(id, 'admin');
    await arrived(ada);
    await until('an attempt', async () => (await listQueue()).rows[0]?.attempts === 1);
    const { rows, total } = await listQueue();
    assert.equal(total, 1);
    assert.match(rows[0]?.lastText ?? '', /full/);
    await updateAccount(bob.id, { quotaBytes: null }, 'test');
    goTo(hourMs);
    await arrived(bob);
    await untilEmpty();
  });
});

it('a lease that was lost stores nothing; the next owner stores it once', async () => {
  await queue?.stop();
  queue = null;
  await send({ heldFor: 'rule' });
  const [entry] = (await listQueue()).rows;
  await releaseEntry(entry?.id ?? '', 'admin');
  const id = entry?.id ?? '';
  const work = async (owner: string) => {
    const message = await db.queueMessage.findFirstOrThrow();
    const rows = await db.queueRecipient.findMany({ where: { id } });
    return { message, rows, owner, body: Buffer.from('Subject: x\r\n\r\ny\r\n') };
  };
  assert.deepEqual(await claim([id], 'dead'), [id]);
  const stale = await work('dead');
  freezeClock(new Date(start.getTime() + 61_000));
  assert.deepEqual(await claim([id], 'next'), [id]);
  await deliverHere(stale);
  assert.deepEqual(await inboxOf(bob.id), []);
  await deliverHere(await work('next'));
  await deliverHere(stale);
  assert.equal((await inboxOf(bob.id)).length, 1);
  assert.equal(await db.queueMessage.count(), 0);
});
