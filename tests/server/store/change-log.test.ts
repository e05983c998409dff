// The log leads from any state that it reaches to the present one, and says so where it does not.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { db, write } from '#lib/db.ts';
import { coverUids, isLogged, logChanges, readLog } from '#server/store/change-log.ts';
import { moveMessages } from '#server/store/copy.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { changeFlags, type FlagChange } from '#server/store/flags.ts';
import { readChanges, readView } from '#server/store/journal.ts';
import { createMailbox, deleteMailbox } from '#server/store/mailboxes.ts';
import type { Range } from '#server/store/uid-range.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { appendTexts, mailboxOf, makeAccount } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

const flag = (flags: number): FlagChange => ({ mode: 'add', flags, keywords: [] });

async function makeInbox(count: number): Promise<{ account: string; inbox: string }> {
  const account = await makeAccount();
  const inbox = (await mailboxOf(account, 'INBOX')).id;
  const texts = Array.from({ length: count }, (_, index) => `Subject: ${index}\n\n`);
  await appendTexts(account, inbox, texts);
  return { account, inbox };
}

async function listChanged(account: string, inbox: string, since: number): Promise<number[]> {
  const { changed, isComplete } = await readChanges(account, inbox, since);
  assert.ok(isComplete);
  return changed.map(({ uid }) => uid);
}

describe('ranges of an entry', () => {
  const cases: { name: string; uids: number[]; expected: Range[] }[] = [
    { name: 'none', uids: [], expected: [] },
    { name: 'one', uids: [7], expected: [[7, 7]] },
    {
      name: 'several',
      uids: [1, 2, 3, 9],
      expected: [
        [1, 3],
        [9, 9],
      ],
    },
  ];
  for (const { name, uids, expected } of cases) {
    test(name, () => assert.deepEqual(coverUids(uids), expected));
  }

  test('a great many are covered by few', () => {
    const uids = Array.from({ length: 5000 }, (_, index) => 2 * index + 1);
    const cover = coverUids(uids);
    assert.ok(cover.length <= 32);
    for (const uid of uids) assert.ok(cover.some(([low, high]) => low <= uid && uid <= high));
  });

  test('a text names what stands in it', () => {
    assert.deepEqual(
      [3, 4, 7, 8, 9, 10].filter((uid) => isLogged('4 7:9', uid)),
      [4, 7, 8, 9],
    );
    assert.ok(!isLogged('', 1));
  });
});

describe('change log', () => {
  test('what came, changed and went', async () => {
    const { account, inbox } = await makeInbox(5);
    const { mailbox } = await readView(account, inbox);
    await changeFlags(account, inbox, [2, 4], flag(1));
    await appendTexts(account, inbox, ['Subject: 6\n\n']);
    await removeMessages(account, inbox, [3]);
    const since = mailbox.highestModseq;
    assert.deepEqual(await listChanged(account, inbox, since), [2, 4, 6]);
    assert.deepEqual((await readChanges(account, inbox, since)).vanished, [3]);
    assert.deepEqual(await listChanged(account, inbox, since + 1), [6]);
  });

  test('what covers others too does not tell of them', async () => {
    const { account, inbox } = await makeInbox(400);
    const { mailbox } = await readView(account, inbox);
    const even = Array.from({ length: 200 }, (_, index) => 2 * index + 2);
    await changeFlags(account, inbox, even, flag(4));
    assert.deepEqual(await listChanged(account, inbox, mailbox.highestModseq), even);
  });

  test('a mailbox that messages are moved to and from', async () => {
    const { account, inbox } = await makeInbox(5);
    const target = await createMailbox(account, 'target');
    const before = (await readView(account, inbox)).mailbox.highestModseq;
    await moveMessages(account, inbox, [1, 5], target.id);
    assert.deepEqual(await listChanged(account, target.id, target.highestModseq), [1, 2]);
    assert.deepEqual((await readChanges(account, inbox, before)).vanished, [1, 5]);
  });

  test('does not lead over a gap', async () => {
    const { account, inbox } = await makeInbox(2);
    const { mailbox } = await readView(account, inbox);
    const since = mailbox.highestModseq;
    await changeFlags(account, inbox, [1], flag(1));
    await changeFlags(account, inbox, [2], flag(1));
    await write(
      (tx) => tx.$executeRaw`DELETE FROM "MailboxChange" WHERE "accountId" = ${account}
        AND "mailboxId" = ${inbox} AND "modseq" = ${since + 1}`,
    );
    const { mailbox: now } = await readView(account, inbox);
    assert.equal(await readLog(now, since), null);
    assert.notEqual(await readLog(now, since + 1), null);
    // What it does not say is found all the same.
    assert.deepEqual(await listChanged(account, inbox, since), [1, 2]);
    const { roll } = await readView(account, inbox);
    assert.deepEqual(
      [...roll.entries()].map(({ flags }) => flags),
      [1, 1],
    );
  });

  test('keeps the last ones, and goes with its mailbox', async () => {
    const account = await makeAccount();
    const box = await createMailbox(account, 'box');
    const count = () => db.mailboxChange.count({ where: { accountId: account } });
    const entry = { accountId: account, mailboxId: box.id, ranges: [], hasGone: false };
    const modseqs = Array.from({ length: 7000 }, (_, index) => index + 1);
    await write((tx) =>
      logChanges(
        tx,
        modseqs.map((modseq) => ({ ...entry, modseq })),
      ),
    );
    assert.equal(await count(), 5000);
    const at = (highestModseq: number) => ({ ...box, highestModseq });
    assert.notEqual(await readLog(at(7000), 2000), null);
    assert.equal(await readLog(at(7000), 1999), null);
    await deleteMailbox(account, 'box');
    assert.equal(await count(), 0);
  });
});
