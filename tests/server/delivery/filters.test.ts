// Rules, muted threads and answers at delivery: with the real store and queue.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type Account, addAccount, updateAccount } from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock, now, shiftClock } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { listRules, orderRules, removeRule, saveRule, switchOffRules } from '#lib/filters/rules.ts';
import { listSenders } from '#lib/filters/senders.ts';
import { saveVacation } from '#lib/filters/vacation.ts';
import { newId } from '#lib/id.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { type Delivery, deliver } from '#server/delivery/local.ts';
import { appendMessages } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { findMailbox, listMailboxes } from '#server/store/mailboxes.ts';
import { readBytes, readMessages } from '#server/store/read.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ada: Account;
let bob: Account;
before(async () => {
  database = await openTestDatabase();
  await addDomain({ name: 'example.org' }, 'test');
  const password = 'a long enough password';
  ada = await addAccount({ address: 'ada@example.org', password, displayName: 'Ada Ü.' }, 'test');
  bob = await addAccount({ address: 'bob@example.org', password }, 'test');
  await addAlias({ address: 'ada.l@example.org', targets: ['ada@example.org'] }, 'test');
});
beforeEach(async () => {
  for (const { id } of await listRules(ada.id)) await removeRule(ada.id, id);
  await write((tx) => tx.queueRecipient.deleteMany({}));
  await write((tx) => tx.queueMessage.deleteMany({}));
  await write((tx) => tx.vacationAnswer.deleteMany({}));
  await saveVacation(ada.id, { isOn: false });
});
after(async () => {
  freezeClock(null);
  await database.close();
});

const letter = (subject: string, more: string[] = [], text = 'text') =>
  [
    `From: Eve <eve@far.test>`,
    'To: ada@example.org',
    `Subject: ${subject}`,
    ...more,
    '',
    text,
    '',
  ].join('\r\n');

async function receive(text: string, change: Partial<Delivery> = {}): Promise<string> {
  const traceId = newId();
  await deliver({
    body: await stageBytes(Buffer.from(text)),
    sender: 'eve@far.test',
    accountId: null,
    mailboxes: [{ accountId: ada.id, address: ada.address }],
    remote: [],
    trace: { hostname: 'mail.example.org', protocol: 'ESMTP', receivedAt: now() },
    traceId,
    ...change,
  });
  return traceId;
}

/** Folders that hold a message with this subject, with its flags and keywords. */
async function find(subject: string, account = ada) {
  const found: string[] = [];
  for (const { id, name } of await listMailboxes(account.id)) {
    const rows = await db.message.findMany({ where: { accountId: account.id, mailboxId: id } });
    for (const { uid, flags, keywords } of rows) {
      const [message] = await readMessages(account.id, id, [Number(uid)]);
      const text = (await readBytes(message!)).toString();
      if (text.includes(`\r\nSubject: ${subject}\r\n`))
        found.push([name, flags, keywords].join(' ').trim());
    }
  }
  return found.sort();
}

async function queued(): Promise<{ to: string; sender: string; prefix: string }[]> {
  const messages = await db.queueMessage.findMany({ orderBy: { createdAt: 'asc' } });
  const rows = await db.queueRecipient.findMany();
  return messages.flatMap(({ id, sender, prefix }) =>
    rows
      .filter(({ messageId }) => messageId === id)
      .map(({ recipient }) => ({ to: recipient, sender, prefix: Buffer.from(prefix).toString() })),
  );
}

const subjectHas = (value: string) => [{ field: 'subject', test: 'contains', value }];

test('move into a folder that is made, copy, flag, read, label; the trail says why', async () => {
  await saveRule(ada.id, {
    name: 'Walks',
    conditions: subjectHas('walk'),
    actions: [
      { do: 'move', folder: 'Lists/Walks' },
      { do: 'copy', folder: 'Archive' },
      { do: 'flag' },
      { do: 'read' },
      { do: 'label', keyword: 'fun' },
    ],
  });
  const traceId = await receive(letter('a walk'));
  assert.deepEqual(await find('a walk'), ['Archive 5 fun', 'Lists/Walks 5 fun']);
  const events = await listEvents({ traceId });
  assert.deepEqual(
    events.filter(({ kind }) => kind === 'delivered').map(({ text }) => text),
    ['by the rule “Walks”', 'by the rule “Walks”'],
  );
  await receive(letter('other'));
  assert.deepEqual(await find('other'), ['INBOX 0']);
  const subscribed = await db.subscription.findMany({ where: { accountId: ada.id } });
  assert.ok(subscribed.some(({ name }) => name === 'Lists/Walks'));
});

test('trash, junk, wanted, and lists of senders', async () => {
  const rule = await saveRule(ada.id, {
    name: 'away',
    conditions: subjectHas('old'),
    actions: [{ do: 'trash' }],
  });
  await receive(letter('old things'));
  assert.deepEqual(await find('old things'), ['Trash 0']);
  await removeRule(ada.id, rule.id);
  assert.equal(await listSenders(ada.id, 'junk', ['Eve@Far.test']), 1);
  await receive(letter('junk one'));
  assert.deepEqual(await find('junk one'), ['Junk 0 $Junk']);
  await listSenders(ada.id, 'wanted', ['eve@far.test']);
  assert.deepEqual(await listRules(ada.id), [], 'an undo leaves what was');
  await listSenders(ada.id, 'wanted', ['eve@far.test']);
  await receive(letter('junk two'), { isJunk: true });
  assert.deepEqual(await find('junk two'), ['INBOX 0 $NotJunk']);
  assert.deepEqual(
    (await listRules(ada.id)).map(({ name }) => name),
    ['Wanted senders'],
  );
});

test('what cannot be read or made harms nothing', async () => {
  await write((tx) =>
    tx.filterRule.create({
      data: {
        accountId: ada.id,
        id: 'broken',
        position: 1,
        name: 'b',
        conditions: '{',
        actions: '[]',
        createdAt: now(),
      },
    }),
  );
  await saveRule(ada.id, {
    name: 'bad folder',
    actions: [{ do: 'move', folder: '#deleted/x' }],
    conditions: [],
  });
  await receive(letter('survivor'));
  assert.deepEqual(await find('survivor'), ['INBOX 0']);
  await write((tx) => tx.filterRule.deleteMany({ where: { accountId: ada.id } }));
});

test('forward: a queue row with our trace, kept or not, never in a loop, never junk', async () => {
  const rule = await saveRule(ada.id, {
    name: 'on',
    conditions: [],
    actions: [{ do: 'forward', address: 'ada@away.test' }],
  });
  const traceId = await receive(letter('f1'));
  assert.deepEqual(await find('f1'), ['INBOX 0']);
  const [row] = await queued();
  assert.equal(row?.to, 'ada@away.test');
  assert.equal(row?.sender, 'eve@far.test');
  assert.match(row?.prefix ?? '', /^Delivered-To: ada@example\.org\r\n/);
  assert.ok(
    (await listEvents({ traceId })).some(
      ({ kind, recipient }) => kind === 'queued' && recipient === 'ada@away.test',
    ),
  );
  await receive(letter('f2', ['Delivered-To: ada@example.org']));
  await receive(letter('f3', ['Delivered-To: ada@away.test']));
  await receive(letter('f4'), { isJunk: true });
  assert.equal((await queued()).length, 1);
  await saveRule(
    ada.id,
    { ...rule, actions: [{ do: 'forward', address: 'ada@away.test', isKept: false }] },
    rule.id,
  );
  await receive(letter('f5'));
  assert.deepEqual(await find('f5'), []);
  assert.equal((await queued()).length, 2);
});

test('forward: over the limits it stays here; the setting shuts it', async () => {
  await updateAccount(ada.id, { dailyMessages: 1 }, 'test');
  await write((tx) => tx.sendingDay.deleteMany({}));
  await saveRule(ada.id, {
    name: 'on',
    conditions: [],
    actions: [{ do: 'forward', address: 'ada@away.test', isKept: false }],
  });
  await receive(letter('g1'));
  await receive(letter('g2'));
  assert.equal((await queued()).length, 1);
  assert.deepEqual([await find('g1'), await find('g2')], [[], ['INBOX 0']]);
  await updateAccount(ada.id, { dailyMessages: null }, 'test');
  await writeSetting('delivery.userForwarding', 'inside', 'test');
  await receive(letter('g3'));
  assert.deepEqual(await find('g3'), ['INBOX 0']);
  const forward = (address: string) => ({
    name: 'x',
    conditions: [],
    actions: [{ do: 'forward', address }],
  });
  await assert.rejects(saveRule(ada.id, forward('x@away.test')), (error) =>
    isRefusal(error, 'forbidden'),
  );
  await saveRule(ada.id, forward(bob.address));
  await assert.rejects(saveRule(ada.id, forward('ada.l@example.org')), (error) =>
    isRefusal(error, 'invalid'),
  );
  await resetSetting('delivery.userForwarding', 'test');
});

test('a muted conversation goes past the inbox, unread', async () => {
  const first = letter('talk', ['Message-ID: <talk@far.test>']);
  const inbox = await findMailbox(ada.id, 'INBOX');
  await appendMessages(ada.id, inbox!.id, [
    {
      body: await stageBytes(Buffer.from(first)),
      prefix: Buffer.alloc(0),
      flags: 1,
      keywords: ['$Muted'],
      internalDate: now(),
    },
  ]);
  await receive(letter('answer', ['In-Reply-To: <talk@far.test>']));
  assert.deepEqual(await find('answer'), ['Archive 0 $Muted']);
});

test('order, limits and switching off', async () => {
  const one = await saveRule(ada.id, { name: 'one', conditions: [], actions: [{ do: 'flag' }] });
  const two = await saveRule(ada.id, { name: 'two', conditions: [], actions: [{ do: 'flag' }] });
  await orderRules(ada.id, [two.id, 'unknown']);
  assert.deepEqual(
    (await listRules(ada.id)).map(({ name }) => name),
    ['two', 'one'],
  );
  await assert.rejects(removeRule(bob.id, one.id), (error) => isRefusal(error, 'not-found'));
  await assert.rejects(saveRule(bob.id, { ...one }, one.id), (error) =>
    isRefusal(error, 'not-found'),
  );
  const body = { field: 'body', test: 'contains', value: 'x' };
  const many = { name: 'many', conditions: Array(21).fill(body), actions: [{ do: 'flag' }] };
  await assert.rejects(saveRule(ada.id, many), (error) => isRefusal(error, 'limit'));
  assert.equal(await switchOffRules(ada.id, 'root'), 2);
  await receive(letter('no flag'));
  assert.deepEqual(await find('no flag'), ['INBOX 0']);
});

test('an answer while away: once, with the null sender, to people only', async () => {
  await saveVacation(ada.id, {
    isOn: true,
    text: 'Back on Monday. Grüße!',
    subject: '',
    intervalDays: 2,
  });
  const traceId = await receive(letter('are you there', ['Message-ID: <q1@far.test>']));
  await receive(letter('hello?'));
  const rows = await queued();
  assert.deepEqual(
    rows.map(({ to, sender }) => [to, sender]),
    [['eve@far.test', '']],
  );
  const message = await db.queueMessage.findFirst({ where: { traceId } });
  const blob = await db.blobBytes.findUnique({ where: { blobId: message!.blobId } });
  const text = Buffer.from(blob!.bytes).toString();
  assert.match(text, /^Auto-Submitted: auto-replied\r$/m);
  assert.match(text, /^In-Reply-To: <q1@far\.test>\r$/m);
  assert.match(text, /^Subject: Auto: are you there\r$/m);
  assert.match(text, /^From: =\?UTF-8\?[QB]\?[^ ]+ <ada@example\.org>\r$/m);
  assert.ok((await find('hello?')).length === 1);
  for (const change of [{ sender: '' }, { isJunk: true }, { sender: 'list-owner@far.test' }]) {
    await receive(letter('x'), change);
  }
  assert.equal((await queued()).length, 1);
  shiftClock(3 * 24 * 3_600_000);
  await receive(letter('again'));
  assert.equal((await queued()).length, 2);
  await saveVacation(ada.id, { isOn: true, text: 'Other words', audience: 'domain' });
  await receive(letter('not of the domain'), { sender: 'new@far.test' });
  assert.equal((await queued()).length, 2);
  await receive(letter('of the domain'), { sender: 'bob@example.org' });
  assert.equal((await queued()).length, 3);
});
