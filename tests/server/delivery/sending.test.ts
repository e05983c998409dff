// What users may send: limits a day, counted so that two connections cannot overshoot, and the brake on a burst.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  type Account,
  addAccount,
  readAccount,
  removeAccount,
  updateAccount,
} from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { addAppPassword } from '#lib/accounts/app-password.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { countNewRecipients, readSendingUsage, removeOldSending } from '#lib/accounts/sending.ts';
import { sendingDay, usualOf } from '#lib/accounts/sending-ledger.ts';
import { signIn, signInByFactor } from '#lib/accounts/sessions.ts';
import { freezeClock } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { listQueue, releaseEntry } from '#lib/queue/entries.ts';
import {
  dropHeldMail,
  holdSending,
  listHeldSenders,
  lockSender,
  releaseSending,
} from '#lib/queue/sending-hold.ts';
import { resetSetting, settings, writeSetting } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { type Delivery, deliver } from '#server/delivery/local.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { inboxOf } from '../queue/fixture.ts';

const hourMs = 3_600_000;
const start = new Date('2026-11-21T10:00:00Z');
const password = 'a long enough password';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let admin: Account;
let bob: Account;
let ada: Account;
let count = 0;

before(async () => {
  database = await openTestDatabase();
  await writeSetting('security.failureDelayMs', 0, 'test');
  await addDomain({ name: 'own.test' }, 'test');
  admin = await addAccount({ address: 'root@own.test', password, role: 'admin' }, 'test');
  bob = await addAccount({ address: 'bob@own.test', password }, 'test');
});
beforeEach(async () => {
  freezeClock(start);
  for (const { key } of settings) {
    if (key.startsWith('sending.')) await resetSetting(key, 'test');
  }
  await write(async (tx) => {
    await tx.queueRecipient.deleteMany();
    await tx.queueMessage.deleteMany();
  });
  ada = await addAccount({ address: `ada${++count}@own.test`, password }, 'test');
});
after(async () => {
  freezeClock(null);
  await database.close();
});

/** Ada sends one message; `to` are addresses outside, `here` also to bob. */
async function send(
  to: string[],
  { here = false, ...change }: { here?: boolean } & Partial<Delivery> = {},
) {
  const traceId = newId();
  await deliver({
    body: await stageBytes(Buffer.from(`Subject: hi ${newId()}\r\n\r\ntext\r\n`)),
    sender: ada.address,
    accountId: ada.id,
    mailboxes: here ? [{ accountId: bob.id, address: bob.address }] : [],
    remote: to.map((recipient) => ({ recipient })),
    trace: { hostname: 'mail.own.test', protocol: 'ESMTPSA', receivedAt: start },
    traceId,
    ...change,
  });
  return traceId;
}

const isThrottled = (error: unknown) => isRefusal(error, 'throttled');
const addresses = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `r${from + index}@far.test`);
const statesOf = async () =>
  (await listQueue({ pageSize: 500 })).rows.map((row) => `${row.state} ${row.holdReason}`.trim());

describe('limits a day', () => {
  it('messages: the setting, the own limit above it, and the next day', async () => {
    await writeSetting('sending.messagesPerDay', 2, 'test');
    await send(['a@far.test']);
    await send([], { here: true });
    await assert.rejects(send(['a@far.test']), isThrottled);
    await updateAccount(ada.id, { dailyMessages: 3 }, 'test');
    await send(['a@far.test']);
    await assert.rejects(send(['a@far.test']), isThrottled);
    await updateAccount(ada.id, { dailyMessages: 0 }, 'test');
    await send(['a@far.test']);
    await updateAccount(ada.id, { dailyMessages: null }, 'test');
    freezeClock(new Date(start.getTime() + 14 * hourMs));
    await send(['a@far.test']);
    assert.deepEqual((await readSendingUsage(ada.id))?.today, { messages: 1, newRecipients: 0 });
  });

  it('new recipients: outside only, each once, and a refused message leaves nothing', async () => {
    await writeSetting('sending.newRecipientsPerDay', 3, 'test');
    await send(['a@far.test', 'b@far.test'], { here: true });
    await send(['A@far.test', 'b@far.test']);
    await assert.rejects(send(['c@far.test', 'd@far.test']), isThrottled);
    assert.equal(await countNewRecipients(ada.id, ['c@far.test', 'b@far.test']), 1);
    await send(['c@far.test']);
    const usage = await readSendingUsage(ada.id);
    assert.deepEqual(usage?.today, { messages: 3, newRecipients: 3 });
    assert.equal(usage?.recipientLimit, 3);
  });

  it('twenty at the same time do not overshoot', async () => {
    await writeSetting('sending.messagesPerDay', 7, 'test');
    const settled = await Promise.allSettled(addresses(0, 20).map((to) => send([to])));
    assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 7);
    assert.equal((await listQueue()).total, 7);
    assert.equal((await readSendingUsage(ada.id))?.today.messages, 7);
  });

  it('strangers are not counted', async () => {
    await writeSetting('sending.messagesPerDay', 1, 'test');
    for (let i = 0; i < 3; i++)
      await send([], { here: true, accountId: null, sender: 'x@far.test' });
    assert.equal(await db.sendingDay.count({ where: { accountId: bob.id } }), 0);
  });
});

describe('the brake', () => {
  it('holds a burst and what comes after, tells the user and the administrators once', async () => {
    await writeSetting('sending.burstMessages', 5, 'test');
    const told = (await inboxOf(admin.id)).length;
    const bobs = (await inboxOf(bob.id)).length;
    for (let i = 0; i < 5; i++) await send(['a@far.test']);
    assert.deepEqual(await statesOf(), Array(5).fill('queued'));
    // Two connections at once; and mailboxes here wait too.
    await Promise.all([send(['a@far.test'], { here: true }), send(['a@far.test'])]);
    assert.deepEqual(await statesOf(), Array(8).fill('held burst'));
    assert.equal((await inboxOf(bob.id)).length, bobs, 'nothing arrives');
    assert.equal((await readAccount(ada.id))?.sendingHold, 'burst');
    const letters = await inboxOf(ada.id);
    assert.equal(letters.length, 1);
    assert.match(letters[0] ?? '', /6 messages within 60 minutes/);
    const letter = (await inboxOf(admin.id)).slice(told);
    assert.equal(letter.length, 1);
    assert.match(letter[0] ?? '', new RegExp(`Subject: Outgoing mail of ${ada.address} is held`));
    const held = (await listHeldSenders()).find(({ account }) => account.id === ada.id);
    assert.equal(held?.held, 8);
    const [entry] = (await listQueue({ holdReason: 'burst' })).rows;
    await assert.rejects(releaseEntry(entry?.id ?? '', 'test'), (e) => isRefusal(e, 'conflict'));
  });

  it('release lets all go and begins anew', async () => {
    await writeSetting('sending.burstMessages', 2, 'test');
    for (let i = 0; i < 4; i++) await send(['a@far.test']);
    assert.deepEqual(await statesOf(), Array(4).fill('held burst'));
    freezeClock(new Date(start.getTime() + 60_000));
    assert.equal(await releaseSending(ada.id, 'root@own.test'), 4);
    assert.deepEqual(await statesOf(), Array(4).fill('queued'));
    const [row] = await db.queueRecipient.findMany({ take: 1 });
    assert.equal(row?.createdAt.getTime(), start.getTime() + 60_000);
    freezeClock(new Date(start.getTime() + 61_000));
    for (let i = 0; i < 2; i++) await send(['a@far.test']);
    assert.equal((await readAccount(ada.id))?.sendingHold, '');
    await send(['a@far.test']);
    assert.equal((await readAccount(ada.id))?.sendingHold, 'burst', 'and again');
    const events = await listEvents({ accountId: ada.id, kind: 'changed' });
    assert.ok(events.some(({ reason }) => reason === 'sending-released'));
  });

  it('counts within its time only', async () => {
    await writeSetting('sending.burstMessages', 3, 'test');
    for (let i = 0; i < 9; i++) {
      freezeClock(new Date(start.getTime() + i * 0.4 * hourMs));
      await send(['a@far.test']);
    }
    assert.equal((await readAccount(ada.id))?.sendingHold, '');
    // The same pace within a time that has room for all of it.
    await writeSetting('sending.burstMinutes', 240, 'test');
    await send(['a@far.test']);
    assert.equal((await readAccount(ada.id))?.sendingHold, 'burst');
  });

  it('new recipients make one, known ones do not', async () => {
    await writeSetting('sending.burstRecipients', 10, 'test');
    await send(addresses(0, 10));
    for (let i = 0; i < 20; i++) await send(addresses(0, 10));
    assert.equal((await readAccount(ada.id))?.sendingHold, '');
    await send(addresses(10, 11));
    assert.equal((await readAccount(ada.id))?.sendingHold, 'burst');
  });

  it('is no burst for whom it is usual', async () => {
    await writeSetting('sending.burstMessages', 5, 'test');
    const today = sendingDay(start);
    const days = [today - 3, today - 10].map((day) => ({ accountId: ada.id, day, messages: 4 }));
    await write((tx) => tx.sendingDay.createMany({ data: days }));
    for (let i = 0; i < 8; i++) await send(['a@far.test']);
    assert.equal((await readAccount(ada.id))?.sendingHold, '');
    await send(['a@far.test']);
    assert.equal((await readAccount(ada.id))?.sendingHold, 'burst');
  });

  it('is one for whom half as much is usual, by a smaller factor', async () => {
    await writeSetting('sending.burstMessages', 5, 'test');
    await writeSetting('sending.burstFactor', 1, 'test');
    const today = sendingDay(start);
    const days = [today - 3, today - 10].map((day) => ({ accountId: ada.id, day, messages: 4 }));
    await write((tx) => tx.sendingDay.createMany({ data: days }));
    for (let i = 0; i < 6; i++) await send(['a@far.test']);
    assert.equal((await readAccount(ada.id))?.sendingHold, 'burst');
  });

  it('leaves one day out of the ordinary aside', () => {
    assert.equal(usualOf([5000, 20, 10, 0]), 20);
    assert.equal(usualOf([5000]), 0);
  });
});

describe('held by hand', () => {
  it('holds, takes what comes, releases; the schedule stays', async () => {
    await send(['a@far.test']);
    await holdSending(ada.id, 'root@own.test');
    await send(['b@far.test'], { here: true });
    const releaseAt = new Date(start.getTime() + hourMs);
    await send(['c@far.test'], { releaseAt });
    assert.deepEqual(await statesOf(), Array(4).fill('held admin'));
    assert.deepEqual(await inboxOf(ada.id), [], 'no letter');
    await releaseSending(ada.id, 'root@own.test');
    const rows = await db.queueRecipient.findMany({ orderBy: { nextAttemptAt: 'asc' } });
    assert.deepEqual(
      rows.map((row) => row.nextAttemptAt.getTime() - start.getTime()),
      [0, 0, 0, hourMs],
    );
  });

  it('locking ends sign-in and keeps mail held; dropping removes it', async () => {
    await send(['a@far.test']);
    const phone = { name: 'Phone', protocols: ['submission'] as const };
    const { password: own } = await addAppPassword(ada.id, phone, 'test');
    await lockSender(ada.id, 'root@own.test');
    const locked = await readAccount(ada.id);
    assert.deepEqual(
      [locked?.hasPassword, locked?.sendingHold, locked?.isDisabled],
      [false, 'admin', false],
    );
    assert.equal(locked?.epoch, ada.epoch + 1);
    await assert.rejects(
      signIn({ address: ada.address, password, remote: '192.0.2.9', protocol: 'imap' }),
      (error) => isRefusal(error, 'auth-failed'),
    );
    const origin = { remote: '192.0.2.9', protocol: 'submission' } as const;
    await assert.rejects(
      signIn({ address: ada.address, password: own, ...origin }),
      (error) => isRefusal(error, 'auth-failed'),
      'nor by an app password',
    );
    await assert.rejects(
      signInByFactor({ remote: '192.0.2.9', protocol: 'web' }, async () => ada.id),
      (error) => isRefusal(error, 'auth-failed'),
      'nor by a passkey or a provider',
    );
    assert.deepEqual(await statesOf(), ['held admin']);
    assert.equal(await dropHeldMail(ada.id, 'root@own.test'), 1);
    assert.equal(await db.queueMessage.count(), 0);
  });

  it('the last administrator is not locked', async () => {
    await assert.rejects(lockSender(admin.id, 'test'), (error) => isRefusal(error, 'forbidden'));
    assert.equal((await readAccount(admin.id))?.sendingHold, '', 'nothing is half done');
  });

  it('nobody who is not there', async () => {
    for (const act of [holdSending, releaseSending, lockSender, dropHeldMail]) {
      await assert.rejects(act('nobody', 'test'), (error) => isRefusal(error, 'not-found'));
    }
  });
});

it('an alias that leads outside is held as it was written', async () => {
  const alias = `out${count}@own.test`;
  await addAlias({ address: alias, targets: ['far@far.test', bob.address] }, 'test');
  await holdSending(ada.id, 'test');
  await send([], {
    mailboxes: [{ accountId: bob.id, address: bob.address, originalTo: alias, notify: 'NEVER' }],
    remote: [{ recipient: 'far@far.test', alias }],
  });
  const rows = await db.queueRecipient.findMany();
  assert.deepEqual(
    rows.map(({ recipient }) => recipient),
    [alias],
  );
});

it('what is old, and of removed accounts, goes', async () => {
  await send(['a@far.test']);
  const day = sendingDay(start);
  await write(async (tx) => {
    await tx.sendingDay.create({ data: { accountId: ada.id, day: day - 91 } });
    await tx.sendingDay.create({ data: { accountId: ada.id, day: day - 90 } });
    await tx.sendingDay.create({ data: { accountId: 'gone', day } });
    for (const [recipient, age] of [
      ['x', 366],
      ['y', 365],
    ] as const) {
      await tx.knownRecipient.create({ data: { accountId: ada.id, recipient, day: day - age } });
    }
  });
  assert.deepEqual(await removeOldSending(), { days: 2, recipients: 1 });
  assert.equal(await db.sendingDay.count({ where: { accountId: ada.id } }), 2);
  await removeAccount(ada.id, 'test');
  assert.equal(await db.sendingDay.count({ where: { accountId: ada.id } }), 0);
  assert.equal(await db.knownRecipient.count({ where: { accountId: ada.id } }), 0);
});
