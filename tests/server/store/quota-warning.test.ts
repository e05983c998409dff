// Who is told that a mailbox or a domain is nearly full, when, and when again.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { appendMessages } from '#server/store/append.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { ensureMailboxes } from '#server/store/mailboxes.ts';
import { composeQuotaMail, percentOf } from '#server/store/quota/quota-mail.ts';
import { nextLevel, warnOfQuotas } from '#server/store/quota/quota-warning.ts';
import { readBytes, readMessages } from '#server/store/read.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { checkCounters, mailboxOf, makeMessage } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());
beforeEach(() =>
  write(async (tx) => {
    await tx.account.deleteMany({});
    await tx.domain.deleteMany({});
  }),
);

type Data = Partial<Parameters<typeof db.account.create>[0]['data']>;

async function makeDomain(data: { quotaBytes?: number; quotaMessages?: number } = {}) {
  const id = newId();
  const row = { id, name: `${id}.test`, createdAt: now(), ...data };
  await write((tx) => tx.domain.create({ data: row }));
  return row;
}

async function makeAccount(domain: { id: string; name: string }, data: Data = {}) {
  const id = newId();
  const address = `${id}@${domain.name}`;
  const row = { id, address, domainId: domain.id, createdAt: now(), ...data };
  await write((tx) => tx.account.create({ data: row }));
  return { id, address };
}

const use = (id: string, usedBytes: number) =>
  write((tx) => tx.account.update({ where: { id }, data: { usedBytes } }));

async function levelOf(id: string): Promise<number> {
  return (await db.account.findUniqueOrThrow({ where: { id } })).warnedPercent;
}

/** What came into the INBOX: subjects, oldest first. */
async function readSubjects(id: string): Promise<string[]> {
  return (await readMails(id)).map((text) => /^Subject: (.*)\r$/m.exec(text)?.[1] ?? '');
}

async function readMails(accountId: string): Promise<string[]> {
  const found = await db.message.findMany({ where: { accountId }, orderBy: { uid: 'asc' } });
  const rows = await Promise.all(
    found.map(({ mailboxId, uid }) => readMessages(accountId, mailboxId, [Number(uid)])),
  );
  return Promise.all(rows.flat().map(async (row) => (await readBytes(row)).toString()));
}

const nothing = { warned: 0, lowered: 0 };

describe('levels', () => {
  const cases: [percent: number, warned: number, next: number, why: string][] = [
    [79, 0, 0, 'below'],
    [80, 0, 80, 'exactly'],
    [94, 0, 80, 'between'],
    [95, 0, 95, 'both at once: one mail'],
    [100, 80, 95, 'on'],
    [100, 95, 95, 'told already'],
    [94, 95, 95, 'a little below: not forgotten'],
    [90, 95, 95, 'still not'],
    [89, 95, 80, 'now; 80 stands'],
    [79, 80, 80, 'a little below'],
    [75, 80, 80, 'still'],
    [74, 80, 0, 'forgotten'],
    [74, 95, 0, 'both'],
    [76, 95, 80, 'one of both'],
    [0, 95, 0, 'the limit is gone'],
  ];
  for (const [percent, warned, next, why] of cases) {
    test(`${percent} % after ${warned}: ${next} (${why})`, () => {
      assert.equal(nextLevel(percent, warned), next);
    });
  }

  test('the fuller of bytes and messages counts, never rounded up', () => {
    const room = { limitBytes: 1000, usedBytes: 799, limitMessages: 10, usedMessages: 7 };
    assert.equal(percentOf(room), 79);
    assert.equal(percentOf({ ...room, usedMessages: 9 }), 90);
    assert.equal(percentOf({ ...room, limitBytes: null, limitMessages: null }), 0);
    assert.equal(percentOf({ ...room, usedBytes: 2 ** 50, limitBytes: 2 ** 50 + 1 }), 99);
  });
});

describe('the job', () => {
  test('tells a user once at each level, again after use fell', async () => {
    const { id, address } = await makeAccount(await makeDomain(), { quotaBytes: 1_000_000 });
    assert.deepEqual(await warnOfQuotas(), nothing);
    const steps: [used: number, subjects: string[]][] = [
      [799_999, []],
      [800_000, ['Your mailbox is 80 % full']],
      [900_000, []],
      [760_000, []],
      [820_000, []],
      [999_000, ['Your mailbox is 99 % full']],
      [910_000, []],
      [990_000, []],
      [0, []],
      [1_000_000, ['Your mailbox is full']],
    ];
    const told: string[] = [];
    for (const [used, subjects] of steps) {
      await use(id, used);
      await warnOfQuotas();
      told.push(...subjects);
      assert.deepEqual(await readSubjects(id), told, `at ${used}`);
      await use(id, used);
      assert.deepEqual(await warnOfQuotas(), nothing, `nothing twice at ${used}`);
    }
    const events = await listEvents({ accountId: id, kind: 'delivered' });
    assert.deepEqual(
      events.map(({ reason, recipient, sender }) => [reason, recipient, sender]).reverse(),
      ['quota-80', 'quota-95', 'quota-95'].map((reason) => [
        reason,
        address,
        `postmaster@${address.split('@')[1]}`,
      ]),
    );
  });

  test('the mail: from postmaster, of nobody, not answered, with numbers', async () => {
    const domain = await makeDomain();
    const { id, address } = await makeAccount(domain, {
      quotaBytes: 5 * 2 ** 30,
      quotaMessages: 1000,
    });
    await use(id, 4.5 * 2 ** 30);
    assert.deepEqual(await warnOfQuotas(), { warned: 1, lowered: 0 });
    const [text = ''] = await readMails(id);
    assert.match(text, /^Return-Path: <>\r\nDelivered-To: /);
    assert.ok(text.includes(`\r\nFrom: Mail System <postmaster@${domain.name}>\r\n`));
    assert.ok(text.includes(`\r\nTo: <${address}>\r\n`));
    assert.match(text, /\r\nAuto-Submitted: auto-generated\r\n/);
    assert.match(text, /\r\nSubject: Your mailbox is 90 % full\r\n/);
    assert.match(text, / {2}Storage: {2}4\.5 GB of 5\.0 GB\r\n {2}Messages: 0 of 1000\r\n/);
    assert.doesNotMatch(text, /[^\r]\n/);
    const own = await db.message.findFirstOrThrow({ where: { accountId: id } });
    assert.equal(Number(own.sizeBytes), text.length);
  });

  test('arrives where not a byte is left, and is counted', async () => {
    const { id } = await makeAccount(await makeDomain(), { quotaBytes: 100, quotaMessages: 1 });
    await ensureMailboxes(id);
    const inbox = await mailboxOf(id, 'INBOX');
    const message = await makeMessage(`Subject: x\n\n${'y'.repeat(86)}`);
    await appendMessages(id, inbox.id, [message]);
    assert.deepEqual(await warnOfQuotas(), { warned: 1, lowered: 0 });
    await checkCounters(id);
    await assert.rejects(appendMessages(id, inbox.id, [message]), { reason: 'over-quota' });
    await removeMessages(id, inbox.id, [1, 2]);
    assert.deepEqual(await warnOfQuotas(), { warned: 0, lowered: 1 });
    assert.equal(await levelOf(id), 0);
  });

  test('follows the limits: the default, none, higher, messages', async () => {
    const { id } = await makeAccount(await makeDomain(), { usedBytes: 90, usedMessages: 90 });
    assert.deepEqual(await warnOfQuotas(), nothing);
    await writeSetting('storage.defaultQuotaMessages', 100, 'test');
    assert.equal((await warnOfQuotas()).warned, 1);
    await resetSetting('storage.defaultQuotaMessages', 'test');
    assert.deepEqual(await warnOfQuotas(), { warned: 0, lowered: 1 });
    await write((tx) => tx.account.update({ where: { id }, data: { quotaMessages: 91 } }));
    assert.equal((await warnOfQuotas()).warned, 1);
    assert.equal(await levelOf(id), 95);
    await write((tx) => tx.account.update({ where: { id }, data: { quotaMessages: 0 } }));
    await warnOfQuotas();
    assert.equal(await levelOf(id), 0);
  });

  test('a domain: every administrator who may read it, once', async () => {
    const domain = await makeDomain({ quotaBytes: 1_000_000 });
    const far = await makeDomain();
    const user = await makeAccount(domain, { usedBytes: 500_000 });
    const admins = [
      await makeAccount(domain, { role: 'admin', usedBytes: 310_000 }),
      await makeAccount(far, { role: 'admin', usedBytes: 10 ** 9 }),
    ];
    const off = await makeAccount(far, { role: 'admin', isDisabled: true });
    assert.deepEqual(await warnOfQuotas(), { warned: 1, lowered: 0 });
    assert.deepEqual(await warnOfQuotas(), nothing);
    for (const { id } of admins) {
      assert.deepEqual(await readSubjects(id), [`The domain ${domain.name} is 81 % full`]);
      const [text = ''] = await readMails(id);
      assert.ok(text.includes(`From: Mail System <postmaster@${domain.name}>`));
      assert.match(text, / {2}Storage: {2}791 KB of 977 KB\r\n/);
    }
    for (const { id } of [user, off]) assert.deepEqual(await readSubjects(id), []);
    await write((tx) =>
      tx.domain.update({ where: { id: domain.id }, data: { quotaBytes: 10 ** 9 } }),
    );
    assert.deepEqual(await warnOfQuotas(), { warned: 0, lowered: 1 });
  });

  test('a domain without anybody to tell harms nobody', async () => {
    const domain = await makeDomain({ quotaMessages: 1 });
    await makeAccount(domain, { usedMessages: 1 });
    assert.deepEqual(await warnOfQuotas(), { warned: 1, lowered: 0 });
    assert.deepEqual(await warnOfQuotas(), nothing);
    await write((tx) => tx.account.deleteMany({}));
    assert.deepEqual(await warnOfQuotas(), { warned: 0, lowered: 1 });
  });

  test('two at the same time tell it once', async () => {
    const { id } = await makeAccount(await makeDomain(), { quotaBytes: 10, usedBytes: 9 });
    const done = await Promise.all([warnOfQuotas(), warnOfQuotas(), warnOfQuotas()]);
    assert.equal(
      done.reduce((sum, { warned }) => sum + warned, 0),
      1,
    );
    assert.equal((await readSubjects(id)).length, 1);
  });

  test('more accounts than one page, disabled ones left out', async () => {
    const domain = await makeDomain();
    const rows = Array.from({ length: 1100 }, (_, index) => ({
      id: `many${index}`,
      address: `many${index}@${domain.name}`,
      domainId: domain.id,
      quotaMessages: 10,
      usedMessages: 5,
      warnedPercent: 80,
      isDisabled: index % 2 === 1,
      createdAt: now(),
    }));
    await write((tx) => tx.account.createMany({ data: rows }));
    assert.deepEqual(await warnOfQuotas(), { warned: 0, lowered: 550 });
    assert.deepEqual(await warnOfQuotas(), nothing);
  });

  test('says nothing where the setting is off', async () => {
    await writeSetting('storage.quotaWarnings', false, 'test');
    const { id } = await makeAccount(await makeDomain(), { quotaBytes: 10, usedBytes: 9 });
    assert.deepEqual(await warnOfQuotas(), nothing);
    await resetSetting('storage.quotaWarnings', 'test');
    assert.deepEqual(await warnOfQuotas(), { warned: 1, lowered: 0 });
    assert.equal((await readSubjects(id)).length, 1);
  });
});

test('no line of a warning is longer than mail programs show', () => {
  const room = { limitBytes: 2 ** 40, usedBytes: 2 ** 40, limitMessages: 10 ** 6, usedMessages: 1 };
  for (const about of ['mailbox', 'domain'] as const) {
    const bytes = composeQuotaMail({
      to: 'ada@example.org',
      domain: 'example.org',
      about,
      room,
      messageId: '<x@example.org>',
      now: new Date('2026-11-21T10:00:00Z'),
    });
    for (const line of bytes.toString().split('\r\n')) assert.ok(line.length <= 80, line);
  }
});
