// What the panel asks of backups: work with a row, one at a time; search; messages, mailboxes and users that come back.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { addAccount, findAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { readBackupAge } from '#lib/backup/age.ts';
import { type BackupRun, findLastRun, listBackupRuns } from '#lib/backup/run.ts';
import { freezeClock, fromNow, now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { isRefusal, type RefusalReason } from '#lib/errors.ts';
import { endLease, takeLease } from '#lib/lease.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { beginRun, endDeadRuns } from '#server/backup/run.ts';
import {
  answerBackupMessage,
  answerBackupSearch,
  answerBackups,
  beginBackupWork,
} from '#server/control/backup.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { createMailbox, ensureMailboxes, listMailboxes } from '#server/store/mailboxes.ts';
import { makePlace } from '#tests/server/backup/fixture.ts';
import { appendTexts, mailboxOf } from '#tests/server/store/fixture.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const by = 'root@own.test';
const user = 'ada@own.test';
const refused = (reason: RefusalReason) => (error: unknown) => isRefusal(error, reason);
const mail = (subject: string) => `From: Ben <ben@far.test>\nSubject: ${subject}\n\nText\n`;

describe('backups for the panel', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  const place = makePlace();
  let accountId = '';

  before(async () => {
    database = await openTestDatabase();
    await addDomain({ name: 'own.test' }, 'test');
    accountId = (await addAccount({ address: user, password: 'a long password' }, 'test')).id;
    await ensureMailboxes(accountId);
    const inbox = await mailboxOf(accountId, 'INBOX');
    await appendTexts(accountId, inbox.id, [mail('An invoice of May'), mail('Lunch')]);
    const papers = await createMailbox(accountId, 'Papers');
    await appendTexts(accountId, papers.id, [mail('A contract'), mail('An invoice of June')]);
  });
  after(async () => {
    freezeClock(null);
    await database?.close();
    place.remove();
  });

  /** Begins the work and waits for its end. */
  const run = async (input: object): Promise<BackupRun> => {
    const { id } = await beginBackupWork({ by, ...input });
    for (;;) {
      const row = (await listBackupRuns()).find((each) => each.id === id);
      assert.ok(row);
      if (row.state !== 'running') return row;
      await sleep(5);
    }
  };
  const countIn = async (name: string) => (await mailboxOf(accountId, name)).messages;
  const empty = async (name: string) => {
    const { id } = await mailboxOf(accountId, name);
    const rows = await db.message.findMany({ where: { accountId, mailboxId: id } });
    await removeMessages(
      accountId,
      id,
      rows.map(({ uid }) => Number(uid)),
    );
  };
  const snapshot = async () => (await answerBackups()).snapshots[0]?.name ?? '';

  it('wants a folder first', async () => {
    assert.deepEqual(await answerBackups(), { folder: '', snapshots: [], freeBytes: null });
    await assert.rejects(beginBackupWork({ kind: 'backup', by }), refused('not-found'));
    await assert.rejects(beginBackupWork({ kind: 'delete', by }), refused('invalid'));
    await writeSetting('backup.folder', place.folder, 'test');
    assert.deepEqual((await answerBackups()).snapshots, []);
    assert.equal((await readBackupAge()).ageMs, null);
  });

  it('takes a backup and lists it, says how old it is, verifies it', async () => {
    const taken = await run({ kind: 'backup' });
    assert.equal(taken.state, 'done', taken.text);
    assert.match(taken.text, /1 users, 4 messages/);
    const { snapshots, freeBytes } = await answerBackups();
    assert.equal(snapshots.length, 1);
    assert.ok(freeBytes);
    assert.ok(((await readBackupAge()).ageMs ?? -1) >= 0);
    assert.match((await run({ kind: 'verify' })).text, /All is well/);
    assert.match((await run({ kind: 'prune' })).text, /kept 1/);
  });

  it('finds messages by words, mailbox and day', async () => {
    const find = async (input: object) => {
      const asked = { user, snapshot: await snapshot(), text: '', ...input };
      const { messages, total } = await answerBackupSearch(asked);
      assert.equal(messages.length, total);
      return messages.map(({ subject }) => subject).sort();
    };
    assert.deepEqual(await find({ text: 'invoice' }), ['An invoice of June', 'An invoice of May']);
    assert.deepEqual(await find({ text: 'invoice', mailbox: 'papers' }), ['An invoice of June']);
    assert.deepEqual(await find({ from: '2026-05-07' }), []);
    assert.equal((await find({ from: '2026-05-06', until: '2026-05-06' })).length, 4);
    const all = await answerBackupSearch({ user, snapshot: await snapshot(), text: '' });
    const papers = all.mailboxes.find(({ name }) => name === 'Papers');
    assert.deepEqual(papers, { name: 'Papers', messages: 2 });
    await assert.rejects(find({ user: 'nobody@own.test' }), refused('not-found'));
    await assert.rejects(find({ snapshot: '../../etc' }), refused('invalid'));
  });

  it('brings a message back, into its place or beside', async () => {
    const { messages } = await answerBackupSearch({
      user,
      snapshot: await snapshot(),
      text: 'contract',
    });
    const emailId = messages[0]?.emailId;
    const file = await answerBackupMessage({ by, user, snapshot: await snapshot(), emailId });
    assert.match(
      Buffer.from(file.base64, 'base64').toString(),
      /^From: Ben[\s\S]*Subject: A contract\r/,
    );
    await assert.rejects(
      answerBackupMessage({ by, user, snapshot: await snapshot(), emailId: 'none' }),
      refused('not-found'),
    );
    const asked = { kind: 'restore', user, snapshot: await snapshot(), emailId };
    const there = await run({ ...asked, mode: 'missing' });
    assert.equal(there.state, 'failed');
    assert.match(there.text, /still has this message/);
    assert.match(
      (await run({ ...asked, mode: 'beside', to: 'Found' })).text,
      /^1 message of ada@own\.test came back into Found\.$/,
    );
    assert.equal(await countIn('Found'), 1);
    await empty('Found');
    await empty('Papers');
    assert.equal((await run({ ...asked, mode: 'missing' })).state, 'done');
    assert.equal(await countIn('Papers'), 1);
  });

  it('brings a mailbox back, and only what is missing of it', async () => {
    const asked = { kind: 'restore', user, snapshot: await snapshot(), mailbox: 'Papers' };
    const back = await run({ ...asked, mode: 'missing' });
    assert.match(back.text, /^1 message of .* came back into Papers\. 1 were there still\.$/);
    assert.equal(await countIn('Papers'), 2);
    assert.match((await run({ ...asked, mode: 'beside', to: 'Copy' })).text, /^2 messages/);
    assert.equal(await countIn('Copy'), 2);
  });

  it('brings a user back, into the account or beside it', async () => {
    const asked = { kind: 'restore', user, snapshot: await snapshot() };
    await empty('INBOX');
    assert.match((await run({ ...asked, mode: 'missing' })).text, /2 messages and 0 mailboxes/);
    assert.equal(await countIn('INBOX'), 2);
    assert.match((await run({ ...asked, mode: 'beside', to: 'Old' })).text, /^4 messages/);
    const names = (await listMailboxes(accountId)).map(({ name }) => name);
    assert.ok(names.includes('Old/INBOX') && names.includes('Old/Papers'), names.join());
    const unknown = await run({ ...asked, user: 'nobody@own.test', mode: 'missing' });
    assert.match(unknown.text, /no user nobody@own\.test/);
    assert.equal(await findAccount('nobody@own.test'), null);
  });

  it('does one thing at a time, on all nodes', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const first = await beginRun({ kind: 'verify', by }, () => promise);
    await assert.rejects(beginBackupWork({ kind: 'backup', by }), refused('in-use'));
    resolve('Well.');
    assert.equal((await first.ended).text, 'Well.');
    assert.equal(await takeLease('backup', 'another node', 60_000), true);
    await assert.rejects(beginBackupWork({ kind: 'backup', by }), refused('in-use'));
    await endLease('backup', 'another node');
    assert.equal((await run({ kind: 'verify' })).state, 'done');
  });

  it('says of work whose process died that it did', async () => {
    const row = { id: 'dead', kind: 'backup', by, state: 'running', startedAt: now() };
    await write((tx) => tx.backupRun.create({ data: row }));
    assert.equal(await takeLease('backup', 'dead', 60_000), true);
    await endDeadRuns();
    assert.equal((await findLastRun('backup'))?.state, 'running');
    freezeClock(fromNow(61_000));
    await endDeadRuns();
    freezeClock(null);
    const ended = await findLastRun('backup');
    assert.equal(ended?.state, 'failed');
    assert.match((await readBackupAge()).failure, /server ended/);
  });

  const policy = [
    ['backup.keepDaily', 2],
    ['backup.keepWeekly', 8],
    ['backup.keepMonthly', 35],
  ] as const;
  for (const [index, [key, ageDays]] of policy.entries()) {
    it(`keeps as many as ${key} says`, async () => {
      const least = key === 'backup.keepDaily' ? 1 : 0;
      await writeSetting('backup.keepDaily', 1, 'test');
      await writeSetting('backup.keepWeekly', 0, 'test');
      await writeSetting('backup.keepMonthly', 0, 'test');
      // Behind all the backups of before.
      freezeClock(fromNow((index + 1) * 365 * 86_400_000));
      try {
        await run({ kind: 'backup' });
        await run({ kind: 'prune' });
        freezeClock(fromNow(ageDays * 86_400_000));
        await run({ kind: 'backup' });
        await writeSetting(key, 3, 'test');
        assert.match((await run({ kind: 'prune' })).text, /kept 2;/);
        await writeSetting(key, least, 'test');
        assert.match((await run({ kind: 'prune' })).text, /kept 1;/);
      } finally {
        freezeClock(null);
        for (const [each] of policy) await resetSetting(each, 'test');
        await run({ kind: 'prune' });
      }
    });
  }
});
