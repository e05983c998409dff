// Undelete: what is expunged waits in a twin of its mailbox, can be read on, restored, purged.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freezeClock } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { onPoke } from '#lib/poke.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { appendMessages } from '#server/store/append.ts';
import { removeOrphans } from '#server/store/cleanup.ts';
import { copyMessages, moveMessages } from '#server/store/copy.ts';
import {
  findRecoverable,
  isRecoverable,
  listDeleted,
  purgeAccount,
  purgeDeleted,
  recoverableName,
  recoverableRoot,
  restoreMessages,
} from '#server/store/deleted/recoverable.ts';
import { expungeMessages, removeMessages } from '#server/store/expunge.ts';
import { changeFlags, FLAG } from '#server/store/flags.ts';
import { readChanges } from '#server/store/journal.ts';
import {
  createMailbox,
  deleteMailbox,
  findMailbox,
  listMailboxes,
  listSubscriptions,
  type Mailbox,
  renameMailbox,
  setSubscription,
} from '#server/store/mailboxes.ts';
import { readQuota } from '#server/store/quota/quota.ts';
import { readBytes, readMessages, readRendered } from '#server/store/read.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { appendTexts, checkCounters, mailboxOf, makeAccount, makeMessage } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(async () => {
  freezeClock(null);
  await database.close();
});

const dayMs = 86_400_000;

/** An account with messages "Subject: 1" … in a mailbox. */
async function makeMail(count: number, name = 'INBOX', quotaBytes: number | null = null) {
  const account = await makeAccount(quotaBytes);
  const mailbox =
    name === 'INBOX' ? await mailboxOf(account, name) : await createMailbox(account, name);
  const texts = Array.from({ length: count }, (_, index) => `Subject: ${index + 1}\n\nx`);
  if (count > 0) await appendTexts(account, mailbox.id, texts);
  return { account, mailbox: mailbox.id };
}

async function twinOf(account: string, name = 'INBOX'): Promise<Mailbox> {
  const twin = await findRecoverable(account, name);
  assert.ok(twin, `something of ${name} should be kept`);
  return twin;
}

async function subjectsOf(account: string, mailbox: string): Promise<string[]> {
  const { changed } = await readChanges(account, mailbox, 0);
  const rows = await readMessages(
    account,
    mailbox,
    changed.map(({ uid }) => uid),
  );
  const bodies = await Promise.all(rows.map((row) => readBytes(row)));
  return bodies.map((bytes) => /Subject: (\S+)/.exec(bytes.toString())?.[1] ?? '');
}

/** Runs `step` with a clock that stands `days` from now. */
async function inDays<T>(days: number, step: () => Promise<T>): Promise<T> {
  freezeClock(new Date(Date.now() + days * dayMs));
  try {
    return await step();
  } finally {
    freezeClock(null);
  }
}

describe('expunge', () => {
  const ways: [string, (account: string, mailbox: string) => Promise<unknown>][] = [
    ['of UIDs', (account, mailbox) => expungeMessages(account, mailbox, [1, 2])],
    ['of all that is marked', (account, mailbox) => expungeMessages(account, mailbox, null)],
    ['whatever the flags (POP3)', (account, mailbox) => removeMessages(account, mailbox, [1, 2])],
    ['by deletion of the mailbox', (account) => deleteMailbox(account, 'box')],
  ];
  for (const [way, act] of ways) {
    test(`${way} keeps the messages in the twin`, async () => {
      const { account, mailbox } = await makeMail(2, 'box');
      const add = { mode: 'add', flags: FLAG.deleted | FLAG.flagged, keywords: ['Work'] } as const;
      await changeFlags(account, mailbox, [1, 2], { ...add, keywords: ['Work'] });
      const before = await readMessages(account, mailbox, [1, 2]);
      await act(account, mailbox);
      const twin = await twinOf(account, 'box');
      assert.equal(twin.name, '#deleted/box');
      assert.deepEqual([twin.messages, twin.unseen, twin.uidNext], [2, 2, 3]);
      const kept = await readMessages(account, twin.id, [1, 2]);
      for (const [index, row] of kept.entries()) {
        const { emailId, threadId, internalDate, blobId, prefix, sizeBytes } = before[index]!;
        assert.deepEqual(
          { emailId, threadId, internalDate, blobId, prefix, sizeBytes },
          {
            emailId: row.emailId,
            threadId: row.threadId,
            internalDate: row.internalDate,
            blobId: row.blobId,
            prefix: row.prefix,
            sizeBytes: row.sizeBytes,
          },
        );
        assert.equal(row.flags, FLAG.flagged, '\\Deleted is gone, the others stay');
        assert.equal(row.keywords, 'Work');
        assert.ok(row.savedAt >= before[index]!.savedAt);
      }
      const { usedBytes, usedMessages } = await readQuota(account);
      assert.deepEqual([usedBytes, usedMessages], [0, 0], 'beside the quota');
      await checkCounters(account);
    });
  }

  test('in the twin is for good', async () => {
    const { account, mailbox } = await makeMail(3);
    await removeMessages(account, mailbox, [1, 2, 3]);
    const twin = await twinOf(account);
    await changeFlags(account, twin.id, [2], { mode: 'add', flags: FLAG.deleted, keywords: [] });
    assert.deepEqual((await expungeMessages(account, twin.id, null)).uids, [2]);
    assert.deepEqual((await readChanges(account, twin.id, 0)).vanished, [2]);
    assert.deepEqual(await subjectsOf(account, twin.id), ['1', '3']);
    assert.deepEqual(await readMessages(account, mailbox, [2]), []);
    assert.equal(await findMailbox(account, recoverableName(twin.name)), null);
    await checkCounters(account);
  });

  test('leaves no twin where nothing was expunged, and none for a move', async () => {
    const { account, mailbox } = await makeMail(2);
    const archive = await mailboxOf(account, 'Archive');
    await expungeMessages(account, mailbox, null);
    await removeMessages(account, mailbox, [7]);
    await moveMessages(account, mailbox, [1], archive.id);
    await createMailbox(account, 'empty');
    await deleteMailbox(account, 'empty');
    assert.equal((await listMailboxes(account, 'all')).length, 6);
    assert.deepEqual(await readMessages(account, mailbox, [1]), []);
  });

  test('tells the sessions of both mailboxes', async () => {
    const { account, mailbox } = await makeMail(2);
    await removeMessages(account, mailbox, [1]);
    const twin = await twinOf(account);
    const heard: string[] = [];
    const stops = [mailbox, twin.id].map((id) =>
      onPoke(`mailbox:${account}:${id}`, () => heard.push(id)),
    );
    await removeMessages(account, mailbox, [2]);
    for (const stop of stops) stop();
    assert.deepEqual(heard.sort(), [mailbox, twin.id].sort());
    assert.equal((await readChanges(account, twin.id, twin.highestModseq)).changed.length, 1);
  });

  test('takes many, and a large mailbox in steps', async () => {
    const { account, mailbox } = await makeMail(0, 'large');
    const message = await makeMessage('Subject: 1\n\nx');
    for (let round = 0; round < 6; round++) {
      await appendMessages(account, mailbox, Array(1000).fill(message));
    }
    await removeMessages(
      account,
      mailbox,
      Array.from({ length: 700 }, (_, index) => 1 + 2 * index),
    );
    await checkCounters(account);
    await deleteMailbox(account, 'large');
    assert.equal((await twinOf(account, 'large')).messages, 6000);
    assert.equal(await db.tombstone.count({ where: { mailboxId: mailbox } }), 0);
    await checkCounters(account);
  });
});

describe('names', () => {
  test('below #deleted are known in any case', async () => {
    const { account, mailbox } = await makeMail(1);
    await removeMessages(account, mailbox, [1]);
    assert.equal((await findMailbox(account, '#Deleted/inbox'))?.name, '#deleted/INBOX');
    assert.equal((await findRecoverable(account, 'inbox'))?.name, '#deleted/INBOX');
    assert.equal((await findRecoverable(account, '#DELETED/INBOX'))?.name, '#deleted/INBOX');
    assert.equal(await findMailbox(account, recoverableRoot), null);
    for (const name of ['#deleted', '#deleted/a/b']) assert.ok(isRecoverable(name), name);
    for (const name of ['#deletedx', 'a/#deleted', 'deleted']) {
      assert.ok(!isRecoverable(name), name);
    }
  });

  test('of twenty levels and a thousand bytes have twins too', async () => {
    const deep = Array.from({ length: 20 }, (_, index) => index).join('/');
    const long = `${'x'.repeat(250)}/${'y'.repeat(250)}/${'z'.repeat(250)}/${'w'.repeat(247)}`;
    for (const name of [deep, long]) {
      const { account, mailbox } = await makeMail(1, name);
      await removeMessages(account, mailbox, [1]);
      const twin = await twinOf(account, name);
      await restoreMessages(account, twin.id, [1]);
      assert.deepEqual(await subjectsOf(account, mailbox), ['1']);
    }
  });

  test('are refused to everybody', async () => {
    const { account, mailbox } = await makeMail(3);
    await removeMessages(account, mailbox, [1]);
    const twin = await twinOf(account);
    const message = await makeMessage('Subject: x\n\n');
    const forbidden: [string, () => Promise<unknown>][] = [
      ['CREATE', () => createMailbox(account, '#deleted/x')],
      ['CREATE of the root', () => createMailbox(account, '#DELETED')],
      ['RENAME to it', () => renameMailbox(account, 'Archive', '#deleted/Archive')],
      ['RENAME of it', () => renameMailbox(account, '#deleted/INBOX', 'mine')],
      ['DELETE', () => deleteMailbox(account, '#Deleted/INBOX')],
      ['SUBSCRIBE', () => setSubscription(account, '#deleted/INBOX', true)],
      ['APPEND', () => appendMessages(account, twin.id, [message])],
      ['COPY', () => copyMessages(account, mailbox, [2], twin.id)],
      ['MOVE', () => moveMessages(account, mailbox, [2], twin.id)],
      ['MOVE in itself', () => moveMessages(account, twin.id, [1], twin.id)],
      ['restore to it', () => restoreMessages(account, twin.id, [1], '#deleted/x')],
    ];
    for (const [name, act] of forbidden) {
      await assert.rejects(act, { reason: 'forbidden' }, name);
    }
    assert.equal((await twinOf(account)).messages, 1);
    assert.ok(!(await listMailboxes(account)).some(({ name }) => isRecoverable(name)));
    assert.ok((await listMailboxes(account, 'all')).some(({ name }) => name === twin.name));
    await checkCounters(account);
  });

  test('that users had before lose the sign, at the next expunge or job', async () => {
    for (const isJob of [false, true]) {
      const { account, mailbox } = await makeMail(1);
      await createMailbox(account, 'deleted');
      const old = ['#deleted', '#deleted/INBOX', '#Deleted/other'];
      const ids: string[] = [];
      for (const [index, name] of old.entries()) {
        const { id } = await createMailbox(account, `old${index}`);
        await appendTexts(account, id, ['Subject: old\n\n']);
        await setSubscription(account, `old${index}`, true);
        await write(async (tx) => {
          await tx.mailbox.updateMany({ where: { accountId: account, id }, data: { name } });
          await tx.subscription.updateMany({
            where: { accountId: account, name: `old${index}` },
            data: { name },
          });
        });
        ids.push(id);
      }
      if (isJob) await purgeDeleted();
      await removeMessages(account, mailbox, [1]);
      const all = await listMailboxes(account);
      assert.deepEqual(
        ids.map((id) => all.find((each) => each.id === id)?.name),
        ['deleted 2', 'deleted 2/INBOX', 'deleted 3/other'],
      );
      for (const id of ids) assert.deepEqual(await subjectsOf(account, id), ['old']);
      const subscriptions = await listSubscriptions(account);
      assert.ok(subscriptions.includes('deleted 2/INBOX'));
      assert.ok(!subscriptions.some((name) => /^#deleted/i.test(name)));
      assert.equal((await twinOf(account)).messages, 1);
      await checkCounters(account);
    }
  });

  test('do not count in the limit of mailboxes', async () => {
    const account = await makeAccount();
    // Rows like those of 9,980 ordinary mailboxes; making them one by one takes ten seconds.
    const createdAt = new Date();
    const rows = Array.from({ length: 9980 }, (_, index) => ({
      accountId: account,
      id: `m${index}`,
      name: `n${index}`,
      uidValidity: 1n + BigInt(index),
      createdAt,
    }));
    for (let at = 0; at < rows.length; at += 1000) {
      await write((tx) => tx.mailbox.createMany({ data: rows.slice(at, at + 1000) }));
    }
    for (const { id } of (await listMailboxes(account)).slice(0, 30)) {
      await appendTexts(account, id, ['Subject: 1\n\n']);
      await removeMessages(account, id, [1]);
    }
    // 6 + 9980 = 9986
    for (let index = 0; index < 14; index++) await createMailbox(account, `last ${index}`);
    await assert.rejects(createMailbox(account, 'one more'), { reason: 'limit' });
  });
});

describe('restore', () => {
  test('by MOVE and by COPY gives a new UID and keeps what the message is', async () => {
    const { account, mailbox } = await makeMail(2);
    const before = await readMessages(account, mailbox, [1, 2]);
    await removeMessages(account, mailbox, [1, 2]);
    const twin = await twinOf(account);
    const moved = await moveMessages(account, twin.id, [1], mailbox);
    assert.deepEqual(moved.pairs, [[1, 3]]);
    const copied = await copyMessages(account, twin.id, [2], mailbox);
    assert.deepEqual(copied.pairs, [[2, 4]]);
    const rows = await readMessages(account, mailbox, [3, 4]);
    assert.deepEqual(
      rows.map(({ emailId, threadId }) => [emailId, threadId]),
      before.map(({ emailId, threadId }) => [emailId, threadId]),
    );
    assert.equal((await twinOf(account)).messages, 1);
    assert.deepEqual((await readChanges(account, twin.id, 0)).vanished, [1]);
    await checkCounters(account);
  });

  test('makes the mailbox again, and those above it', async () => {
    const { account, mailbox } = await makeMail(2, 'a/b');
    await deleteMailbox(account, 'a/b');
    await deleteMailbox(account, 'a');
    const twin = await twinOf(account, 'a/b');
    const restored = await restoreMessages(account, twin.id, [2]);
    assert.equal(restored.name, 'a/b');
    assert.notEqual(restored.mailboxId, mailbox);
    assert.deepEqual(await subjectsOf(account, restored.mailboxId), ['2']);
    assert.ok(await findMailbox(account, 'a'));
    const other = await restoreMessages(account, twin.id, null, 'else/where');
    assert.deepEqual(await subjectsOf(account, other.mailboxId), ['1']);
    await checkCounters(account);
  });

  test('gives a mailbox its special use again, unless another has it by now', async () => {
    const { account } = await makeMail(0, 'box');
    const drop = async (name: string) => {
      const { id } = await mailboxOf(account, name);
      const uids = await appendTexts(account, id, ['Subject: 1\n\nx', 'Subject: 2\n\nx']);
      await deleteMailbox(account, name);
      assert.equal(uids.length, 2);
    };
    await drop('Sent');
    await drop('Archive');
    await createMailbox(account, 'Old mail', '\\Archive');
    for (const [name, use] of [
      ['Sent', '\\Sent'],
      ['Archive', null],
    ] as const) {
      await restoreMessages(account, (await twinOf(account, name)).id, null);
      const { specialUse } = await mailboxOf(account, name);
      assert.equal(specialUse, use, name);
    }
    await checkCounters(account);
  });

  test('that does not fit restores nothing', async () => {
    const { account, mailbox } = await makeMail(2, 'box', 50);
    await deleteMailbox(account, 'box');
    const inbox = await mailboxOf(account, 'INBOX');
    await appendTexts(account, inbox.id, ['Subject: 3\n\nx', 'Subject: 4\n\nx']);
    const twin = await twinOf(account, 'box');
    await assert.rejects(restoreMessages(account, twin.id, [1, 2]), { reason: 'over-quota' });
    await assert.rejects(moveMessages(account, twin.id, [1, 2], inbox.id), {
      reason: 'over-quota',
    });
    await assert.rejects(copyMessages(account, twin.id, [1, 2], inbox.id), {
      reason: 'over-quota',
    });
    assert.equal(await findMailbox(account, 'box'), null, 'not even the mailbox');
    assert.equal((await twinOf(account, 'box')).messages, 2);
    await restoreMessages(account, twin.id, [1]);
    assert.notEqual((await mailboxOf(account, 'box')).id, mailbox);
    await checkCounters(account);
  });

  test('runs what goes along with it in the same transaction', async () => {
    const { account, mailbox } = await makeMail(1);
    await removeMessages(account, mailbox, [1]);
    const twin = await twinOf(account);
    await assert.rejects(
      restoreMessages(account, twin.id, [1], undefined, async () => {
        throw new Error('no');
      }),
      /no/,
    );
    assert.equal((await twinOf(account)).messages, 1);
    await assert.rejects(restoreMessages(account, twin.id, [2], 'new'), { reason: 'not-found' });
    assert.equal(await findMailbox(account, 'new'), null);
    const seen: number[] = [];
    await restoreMessages(account, twin.id, [1], undefined, async (_tx, { pairs }) => {
      seen.push(pairs.length);
    });
    assert.deepEqual(seen, [1]);
  });
});

describe('rename', () => {
  test('takes the twin along, with those of what is below', async () => {
    const { account, mailbox } = await makeMail(2, 'a/b');
    const parent = await mailboxOf(account, 'a');
    await appendTexts(account, parent.id, ['Subject: parent\n\n']);
    await removeMessages(account, parent.id, [1]);
    await removeMessages(account, mailbox, [1]);
    await renameMailbox(account, 'a', 'new/place');
    assert.equal(await findRecoverable(account, 'a/b'), null);
    assert.deepEqual(await subjectsOf(account, (await twinOf(account, 'new/place')).id), [
      'parent',
    ]);
    const twin = await twinOf(account, 'new/place/b');
    assert.deepEqual(await subjectsOf(account, twin.id), ['1']);
    assert.equal((await readMessages(account, mailbox, [1])).length, 1, 'it can be read on');
    assert.equal((await restoreMessages(account, twin.id, [1])).mailboxId, mailbox);
    await checkCounters(account);
  });

  test('to a name whose mailbox was deleted joins the two twins', async () => {
    const { account, mailbox: old } = await makeMail(3, 'b');
    await deleteMailbox(account, 'b');
    const target = await twinOf(account, 'b');
    const { id } = await createMailbox(account, 'a');
    await appendTexts(account, id, ['Subject: mine\n\n', 'Subject: left\n\n']);
    await removeMessages(account, id, [1]);
    const source = await twinOf(account, 'a');
    await renameMailbox(account, 'a', 'b');
    assert.equal(await findRecoverable(account, 'a'), null);
    assert.equal((await twinOf(account, 'b')).id, target.id);
    assert.deepEqual(await subjectsOf(account, target.id), ['1', '2', '3', 'mine']);
    // UID 1 of the twin is another message now: nothing is better than that one.
    assert.deepEqual(await readMessages(account, id, [1]), []);
    await assert.rejects(readChanges(account, source.id, 0), { reason: 'not-found' });
    assert.notEqual(old, id);
    await checkCounters(account);
  });

  test('to a name with a twin forgets what its own twin was called', async () => {
    const { account } = await makeMail(1, 'b');
    await deleteMailbox(account, 'b');
    const { id } = await createMailbox(account, 'a');
    await appendTexts(account, id, ['Subject: mine\n\n']);
    await removeMessages(account, id, [1]);
    await removeMessages(account, (await twinOf(account, 'a')).id, [1]);
    await purgeAccount(account);
    assert.equal(await findRecoverable(account, 'a'), null);
    await renameMailbox(account, 'a', 'b');
    assert.deepEqual(await readMessages(account, id, [1]), []);
  });

  test('of INBOX leaves its twin', async () => {
    const { account, mailbox } = await makeMail(2);
    await removeMessages(account, mailbox, [1]);
    await renameMailbox(account, 'INBOX', 'old');
    assert.equal((await twinOf(account)).messages, 1);
    assert.equal((await mailboxOf(account, 'old')).messages, 1);
  });
});

describe('reading on', () => {
  for (const days of [14, 0]) {
    test(`after an expunge works, with ${days} days too`, async () => {
      await writeSetting('storage.undeleteDays', days, 'test');
      const { account, mailbox } = await makeMail(3);
      const prefix = Buffer.from('Received: x\r\n');
      const { uids } = await appendMessages(account, mailbox, [
        await makeMessage('Subject: 4\n\nx', { prefix, flags: FLAG.flagged, keywords: ['k'] }),
      ]);
      assert.deepEqual(uids, [4]);
      const before = await readRendered(account, mailbox, [1, 2, 3, 4]);
      await removeMessages(account, mailbox, [2, 4]);
      await purgeDeleted();
      await removeOrphans();
      const rows = await readRendered(account, mailbox, [1, 2, 3, 4, 9]);
      assert.deepEqual(
        rows.map(({ uid }) => uid),
        [1, 2, 3, 4],
      );
      const { highestModseq } = await mailboxOf(account, 'INBOX');
      for (const [index, row] of rows.entries()) {
        const { uid, flags, modseq, savedAt: _now, ...same } = row;
        const { flags: had, modseq: hadModseq, savedAt: _then, ...was } = before[index]!;
        assert.deepEqual({ uid, ...same }, was);
        const isGone = uid === 2 || uid === 4;
        assert.equal(flags, isGone ? had | FLAG.deleted : had);
        assert.equal(modseq, isGone ? highestModseq : hadModseq);
        assert.ok((await readBytes(row)).length > 0);
      }
      assert.deepEqual(
        (await readMessages(account, mailbox, [4])).map(({ flags, keywords }) => [flags, keywords]),
        [[FLAG.flagged | FLAG.deleted, 'k']],
      );
      await writeSetting('storage.undeleteDays', 14, 'test');
    });
  }

  test('ends with the restore, the purge and the second expunge; no UID means another message', async () => {
    const { account, mailbox } = await makeMail(4);
    await removeMessages(account, mailbox, [1, 2]);
    const twin = await twinOf(account);
    await restoreMessages(account, twin.id, [1]);
    assert.deepEqual(await readMessages(account, mailbox, [1]), []);
    await purgeAccount(account, { isAll: true });
    assert.deepEqual(await readMessages(account, mailbox, [1, 2]), []);
    assert.equal(await findRecoverable(account, 'INBOX'), null);
    await removeMessages(account, mailbox, [3, 4]);
    const again = await twinOf(account);
    assert.ok(again.uidValidity > twin.uidValidity);
    assert.ok(again.uidNext > 4, 'it goes on behind the UIDs of the former twin');
    assert.deepEqual(
      (await readMessages(account, mailbox, [1, 2, 3, 4])).map(({ uid }) => uid),
      [3, 4],
    );
  });
});

describe('purge', () => {
  test('removes what is older than the window, in order, and empty twins', async () => {
    await writeSetting('storage.undeleteDays', 3, 'test');
    const { account, mailbox } = await makeMail(4);
    const days = [-5, -4, -2, 0];
    for (const [index, day] of days.entries()) {
      await inDays(day, () => removeMessages(account, mailbox, [index + 1]));
    }
    const other = await makeMail(1, 'x');
    await inDays(-9, () => deleteMailbox(other.account, 'x'));
    const { uidValidity } = await twinOf(other.account, 'x');
    assert.equal((await purgeDeleted()).messages, 3);
    assert.deepEqual(await subjectsOf(account, (await twinOf(account)).id), ['3', '4']);
    assert.equal(await findRecoverable(other.account, 'x'), null);
    assert.ok((await createMailbox(other.account, 'y')).uidValidity > uidValidity);
    assert.equal((await purgeDeleted()).messages, 0);
    await checkCounters(account);
    await checkCounters(other.account);
    await writeSetting('storage.undeleteDays', 14, 'test');
  });

  test('with 0 days waits an hour', async () => {
    await writeSetting('storage.undeleteDays', 0, 'test');
    const { account, mailbox } = await makeMail(2);
    await inDays(-1.1 / 24, () => removeMessages(account, mailbox, [1]));
    await removeMessages(account, mailbox, [2]);
    assert.equal((await purgeAccount(account)).messages, 1);
    assert.deepEqual(await subjectsOf(account, (await twinOf(account)).id), ['2']);
    await writeSetting('storage.undeleteDays', 14, 'test');
  });

  test('goes through more than a step holds, also when another does the same', async () => {
    const { account, mailbox } = await makeMail(0);
    const message = await makeMessage('Subject: 1\n\nx');
    await appendMessages(account, mailbox, Array(1300).fill(message));
    const all = Array.from({ length: 1300 }, (_, index) => index + 1);
    await removeMessages(account, mailbox, all);
    const twin = await twinOf(account);
    const done = await Promise.all([
      purgeAccount(account, { isAll: true }),
      purgeAccount(account, { isAll: true }),
      removeMessages(account, twin.id, [3, 700]),
    ]);
    await purgeAccount(account, { isAll: true });
    assert.ok(done[0].messages + done[1].messages + done[2].uids.length <= 1300);
    assert.equal(await db.message.count({ where: { accountId: account } }), 0);
    assert.equal(await findRecoverable(account, 'INBOX'), null);
    await checkCounters(account);
  });

  test('is not held up by a clock that had run ahead', async () => {
    const { account, mailbox } = await makeMail(2);
    await inDays(4000, () => removeMessages(account, mailbox, [1]));
    await removeMessages(account, mailbox, [2]);
    assert.equal((await purgeAccount(account)).messages, 0);
    assert.equal((await inDays(15, () => purgeAccount(account))).messages, 2);
  });

  test('lets the bodies go afterwards, and the mail of a removed account at once', async () => {
    const { account, mailbox } = await makeMail(0);
    const text = `Subject: body of ${account}\n\nx`;
    await appendTexts(account, mailbox, [text]);
    const [row] = await readMessages(account, mailbox, [1]);
    await removeMessages(account, mailbox, [1]);
    await inDays(1, () => removeOrphans());
    assert.ok((await readBytes(row!)).length > 0, 'kept');
    await inDays(15, () => purgeDeleted());
    await inDays(15, () => removeOrphans());
    assert.ok((await readBytes(row!)).length > 0, 'who read the row may read on for an hour');
    await inDays(16, () => removeOrphans());
    await assert.rejects(readBytes(row!), { reason: 'not-found' });

    const gone = await makeMail(2);
    await removeMessages(gone.account, gone.mailbox, [1]);
    await write((tx) => tx.account.delete({ where: { id: gone.account } }));
    await removeOrphans();
    assert.equal(await db.mailbox.count({ where: { accountId: gone.account } }), 0);
    assert.equal(await db.message.count({ where: { accountId: gone.account } }), 0);
  });
});

describe('list', () => {
  test('shows the newest first, over all mailboxes, page by page', async () => {
    const { account, mailbox } = await makeMail(6);
    const box = await createMailbox(account, 'Größe');
    await appendTexts(account, box.id, [
      'From: "Änne" <anne@example.test>\nTo: bob@example.test\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\n',
      'Subject: b\n\n',
    ]);
    await inDays(-3, () => removeMessages(account, mailbox, [1, 2]));
    await inDays(-2, () => removeMessages(account, box.id, [1]));
    await inDays(-1, async () => {
      await removeMessages(account, mailbox, [3]);
      await removeMessages(account, box.id, [2]);
      await removeMessages(account, mailbox, [4, 5]);
    });
    const all = await listDeleted(account, { limit: 100 });
    assert.equal(all.length, 7);
    assert.deepEqual(
      all.slice(4).map(({ mailbox: name, subject }) => [name, subject]),
      [
        ['Größe', 'Grüße'],
        ['INBOX', '2'],
        ['INBOX', '1'],
      ],
    );
    assert.match(all[4]!.from, /Änne/);
    assert.match(all[4]!.to, /bob@example\.test/);
    const times = all.map(({ deletedAt }) => deletedAt.getTime());
    assert.deepEqual(
      times,
      [...times].sort((a, b) => b - a),
    );
    for (const limit of [1, 2, 3]) {
      const pages: typeof all = [];
      for (;;) {
        const page = await listDeleted(account, { limit, before: pages.at(-1) });
        if (page.length === 0) break;
        pages.push(...page);
      }
      assert.deepEqual(pages, all, `${limit} at a time`);
    }
    const found = async (search: string) =>
      (await listDeleted(account, { search, limit: 9 })).map(({ subject }) => subject);
    assert.deepEqual(await found('GRÜSSE'), await found('grüsse'));
    assert.deepEqual(await found('grüße'), ['Grüße']);
    assert.deepEqual(await found('äNNE'), ['Grüße']);
    assert.deepEqual(await found('nothing of that'), []);
    assert.deepEqual(await listDeleted(account, { limit: 0 }), []);
  });

  test('goes through more than a look holds', async () => {
    const { account, mailbox } = await makeMail(0);
    const texts = Array.from({ length: 520 }, (_, index) => `Subject: no${index + 1}\n\n`);
    const uids = await appendTexts(account, mailbox, texts);
    await removeMessages(account, mailbox, uids);
    const found = await listDeleted(account, { search: 'no7', limit: 1000 });
    assert.deepEqual(
      found.map(({ subject }) => subject),
      [...Array.from({ length: 10 }, (_, index) => `no${79 - index}`), 'no7'],
    );
    assert.equal((await listDeleted(account, { limit: 5000 })).length, 520);
  });
});

test('nothing of another account can be reached', async () => {
  const { account, mailbox } = await makeMail(3);
  await removeMessages(account, mailbox, [1, 2]);
  const twin = await twinOf(account);
  const stranger = await makeAccount();
  const inbox = await mailboxOf(stranger, 'INBOX');
  assert.deepEqual(await listDeleted(stranger, { limit: 10 }), []);
  assert.equal(await findRecoverable(stranger, 'INBOX'), null);
  assert.deepEqual(await readMessages(stranger, twin.id, [1]), []);
  assert.deepEqual(await readMessages(stranger, mailbox, [1, 2, 3]), []);
  await assert.rejects(restoreMessages(stranger, twin.id, [1]), { reason: 'not-found' });
  await assert.rejects(restoreMessages(account, mailbox, [3]), { reason: 'not-found' });
  await assert.rejects(moveMessages(stranger, twin.id, [1], inbox.id), { reason: 'not-found' });
  await assert.rejects(expungeMessages(stranger, twin.id, [1]), { reason: 'not-found' });
  await assert.rejects(removeMessages(stranger, twin.id, [1]), { reason: 'not-found' });
  assert.equal((await purgeAccount(stranger, { isAll: true })).messages, 0);
  assert.equal((await twinOf(account)).messages, 2);
});
