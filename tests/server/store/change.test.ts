// Flags, copies, moves, expunges and the journal that tells them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { poke } from '#lib/poke.ts';
import { appendMessages } from '#server/store/append.ts';
import { copyMessages, moveMessages } from '#server/store/copy.ts';
import { expungeMessages, removeMessages } from '#server/store/expunge.ts';
import { changeFlags, FLAG } from '#server/store/flags.ts';
import { onMailboxChange, readChanges, readView } from '#server/store/journal.ts';
import { readMessages, readRendered } from '#server/store/read.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { appendTexts, checkCounters, mailboxOf, makeAccount, makeMessage } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

/** An account with `count` small messages in its INBOX. */
async function makeFilled(count: number, quotaBytes: number | null = null) {
  const account = await makeAccount(quotaBytes);
  const inbox = await mailboxOf(account, 'INBOX');
  const message = await makeMessage('Subject: x\n\nbody'); // 18 bytes
  if (count > 0) await appendMessages(account, inbox.id, Array(count).fill(message));
  return { account, inbox: inbox.id, trash: (await mailboxOf(account, 'Trash')).id };
}

describe('flags', () => {
  const cases: [
    string,
    { mode: 'add' | 'remove' | 'set'; flags: number; keywords: string[] },
    string,
  ][] = [
    ['add keeps what was', { mode: 'add', flags: 8, keywords: ['$New'] }, '11 $New Old'],
    ['add knows keywords without case', { mode: 'add', flags: 0, keywords: ['OLD'] }, '3 Old'],
    ['remove', { mode: 'remove', flags: 1, keywords: ['oLD'] }, '2 '],
    ['remove what is not there', { mode: 'remove', flags: 16, keywords: ['x'] }, '3 Old'],
    ['set forgets what was', { mode: 'set', flags: 4, keywords: ['b', 'a', 'B'] }, '4 a b'],
    ['set nothing', { mode: 'set', flags: 0, keywords: [] }, '0 '],
    ['bits that are no flags', { mode: 'add', flags: 0xff00, keywords: [] }, '3 Old'],
  ];
  for (const [name, change, expected] of cases) {
    test(name, async () => {
      const { account, inbox } = await makeFilled(0);
      await appendMessages(account, inbox, [
        await makeMessage('\n', { flags: 3, keywords: ['Old'] }),
      ]);
      const before = await readView(account, inbox);
      const outcome = await changeFlags(account, inbox, [1], change);
      const view = await readView(account, inbox);
      const entry = view.roll.entryAt(0);
      assert.equal(`${entry?.flags} ${entry?.keywords}`, expected);
      const isChanged = expected !== '3 Old';
      assert.deepEqual(outcome.changed, isChanged ? [entry] : []);
      assert.equal(outcome.highestModseq, view.mailbox.highestModseq);
      const grown = view.mailbox.highestModseq - before.mailbox.highestModseq;
      assert.equal(grown, isChanged ? 1 : 0, 'a change takes one MODSEQ, no change none');
      await checkCounters(account);
    });
  }

  test('of a thousand messages share one MODSEQ and leave gaps alone', async () => {
    const { account, inbox } = await makeFilled(1200);
    await removeMessages(account, inbox, [5, 6, 600]);
    const even = Array.from({ length: 600 }, (_, index) => 2 * index + 2);
    await changeFlags(account, inbox, even, { mode: 'add', flags: FLAG.flagged, keywords: [] });
    const all = [...even, ...even.map((uid) => uid - 1), 99_999, -1, 1.5, Number.NaN];
    const outcome = await changeFlags(account, inbox, all, {
      mode: 'add',
      flags: FLAG.seen,
      keywords: ['k'],
    });
    assert.equal(outcome.changed.length, 1197);
    assert.deepEqual(
      new Set(outcome.changed.map(({ modseq }) => modseq)),
      new Set([outcome.highestModseq]),
    );
    const view = await readView(account, inbox);
    for (const { uid, flags, keywords } of view.roll.entries()) {
      assert.equal(flags, uid % 2 === 0 ? 5 : 1);
      assert.equal(keywords, 'k');
    }
    await checkCounters(account);
  });

  test('of a large mailbox are several changes, and one stream for whoever looks', async () => {
    const { account, inbox, trash } = await makeFilled(800);
    const few = Array.from({ length: 800 }, (_, index) => index + 1);
    for (let copy = 0; copy < 8; copy++) await copyMessages(account, inbox, few, trash);
    const uids = Array.from({ length: 6400 }, (_, index) => index + 1);
    const { mailbox: before } = await readView(account, trash);
    await changeFlags(account, trash, [7, 6000], { mode: 'add', flags: 4, keywords: [] });
    const outcome = await changeFlags(
      account,
      trash,
      uids,
      { mode: 'add', flags: FLAG.deleted, keywords: [] },
      before.highestModseq,
    );
    assert.deepEqual(outcome.modified, [7, 6000]);
    assert.equal(outcome.modseqs, 2);
    assert.equal(outcome.highestModseq, before.highestModseq + 3);
    assert.equal(outcome.former.length, outcome.changed.length);
    const flagged = await readChanges(account, trash, before.highestModseq + 1);
    assert.deepEqual(flagged.changed, outcome.changed);
    await checkCounters(account);

    const expunged = await expungeMessages(account, trash, null);
    const left = uids.filter((uid) => uid !== 7 && uid !== 6000);
    assert.deepEqual(expunged.uids, left);
    const gone = await readChanges(account, trash, outcome.highestModseq);
    assert.equal(gone.mailbox.highestModseq, expunged.highestModseq);
    assert.deepEqual([gone.changed, gone.vanished, gone.isComplete], [[], left, true]);
    assert.deepEqual([...(await readView(account, trash)).roll.uids], [7, 6000]);
    await checkCounters(account);
  });

  test('UNCHANGEDSINCE leaves newer ones alone and names them (RFC 7162 §3.1.3)', async () => {
    const { account, inbox } = await makeFilled(3);
    const { mailbox } = await readView(account, inbox);
    await changeFlags(account, inbox, [2], { mode: 'add', flags: FLAG.flagged, keywords: [] });
    const outcome = await changeFlags(
      account,
      inbox,
      [1, 2, 3],
      { mode: 'add', flags: FLAG.seen, keywords: [] },
      mailbox.highestModseq,
    );
    assert.deepEqual(outcome.modified, [2]);
    assert.deepEqual(
      outcome.changed.map(({ uid }) => uid),
      [1, 3],
    );
  });

  test('refuses what is no keyword, and too many', async () => {
    const { account, inbox } = await makeFilled(1);
    for (const keyword of [
      '',
      'a b',
      'a(b',
      'a\r\n',
      '\\Seen',
      'ü',
      'x'.repeat(101),
      '"',
      '%',
      '*',
      ']',
    ]) {
      const change = { mode: 'add', flags: 0, keywords: [keyword] } as const;
      await assert.rejects(
        changeFlags(account, inbox, [1], { ...change, keywords: [...change.keywords] }),
        {
          reason: 'invalid',
        },
      );
    }
    const many = (from: number) => Array.from({ length: 60 }, (_, index) => `k${from + index}`);
    await changeFlags(account, inbox, [1], { mode: 'add', flags: 0, keywords: many(0) });
    await assert.rejects(
      changeFlags(account, inbox, [1], { mode: 'add', flags: 0, keywords: many(60) }),
      {
        reason: 'limit',
      },
    );
  });
});

describe('copy and move', () => {
  test('a copy keeps everything but its UID, and is recent', async () => {
    const { account, inbox, trash } = await makeFilled(0);
    const prefix = Buffer.from('Return-Path: <a@b>\r\n');
    const internalDate = new Date('2001-02-03T04:05:06Z');
    const message = await makeMessage('Subject: y\n\n', {
      prefix,
      internalDate,
      flags: 9,
      keywords: ['k'],
    });
    await appendMessages(account, inbox, [message, message, message]);
    const copied = await copyMessages(account, inbox, [3, 1, 77], trash);
    assert.deepEqual(copied.pairs, [
      [1, 1],
      [3, 2],
    ]);
    assert.equal(copied.uidValidity, (await mailboxOf(account, 'Trash')).uidValidity);
    const sources = await readMessages(account, inbox, [1, 3]);
    const copies = await readMessages(account, trash, [1, 2]);
    for (const [index, copy] of copies.entries()) {
      const source = sources[index]!;
      for (const key of [
        'emailId',
        'threadId',
        'blobId',
        'flags',
        'keywords',
        'sizeBytes',
      ] as const) {
        assert.equal(copy[key], source[key]);
      }
      assert.ok(copy.prefix.equals(prefix));
      assert.equal(copy.internalDate.getTime(), internalDate.getTime());
    }
    assert.equal((await mailboxOf(account, 'Trash')).recentUid, 1);
    await checkCounters(account);
  });

  test('a move is one change: tombstones here, rows there', async () => {
    const { account, inbox, trash } = await makeFilled(4);
    const before = await readView(account, inbox);
    const moved = await moveMessages(account, inbox, [2, 3], trash);
    assert.deepEqual(moved.pairs, [
      [2, 1],
      [3, 2],
    ]);
    const changes = await readChanges(account, inbox, before.mailbox.highestModseq);
    assert.deepEqual(changes.vanished, [2, 3]);
    assert.deepEqual(changes.changed, []);
    assert.deepEqual([...(await readView(account, trash)).roll.uids], [1, 2]);
    await checkCounters(account);
  });

  test('within one mailbox', async () => {
    const { account, inbox } = await makeFilled(3);
    assert.deepEqual((await copyMessages(account, inbox, [1, 3], inbox)).pairs, [
      [1, 4],
      [3, 5],
    ]);
    assert.deepEqual((await moveMessages(account, inbox, [1, 4], inbox)).pairs, [
      [1, 6],
      [4, 7],
    ]);
    assert.deepEqual([...(await readView(account, inbox)).roll.uids], [2, 3, 5, 6, 7]);
    await checkCounters(account);
  });

  test('many, with gaps', async () => {
    const { account, inbox, trash } = await makeFilled(1300);
    await removeMessages(account, inbox, [2, 700, 1200]);
    const uids = [...(await readView(account, inbox)).roll.uids];
    const { pairs } = await copyMessages(account, inbox, uids, trash);
    assert.deepEqual(
      pairs,
      uids.map((uid, index) => [uid, index + 1]),
    );
    const copies = await readMessages(
      account,
      trash,
      pairs.map(([, to]) => to),
    );
    const sources = await readMessages(account, inbox, uids);
    assert.deepEqual(
      copies.map(({ emailId }) => emailId),
      sources.map(({ emailId }) => emailId),
    );
    await moveMessages(account, inbox, uids, trash);
    assert.equal((await readView(account, inbox)).roll.size, 0);
    await checkCounters(account);
  });

  test('nothing to do is no error, a missing mailbox is', async () => {
    const { account, inbox, trash } = await makeFilled(1);
    const { uidValidity } = await mailboxOf(account, 'Trash');
    assert.deepEqual(await copyMessages(account, inbox, [9], trash), { uidValidity, pairs: [] });
    assert.deepEqual(await moveMessages(account, inbox, [], trash), { uidValidity, pairs: [] });
    for (const act of [copyMessages, moveMessages]) {
      await assert.rejects(act(account, inbox, [1], 'nothing'), { reason: 'not-found' });
      await assert.rejects(act(account, 'nothing', [1], inbox), { reason: 'not-found' });
    }
    await checkCounters(account);
  });

  test('a copy counts for the quota, a move does not', async () => {
    const { account, inbox, trash } = await makeFilled(2, 40);
    await assert.rejects(copyMessages(account, inbox, [1], trash), { reason: 'over-quota' });
    await moveMessages(account, inbox, [1], trash);
    assert.equal((await readView(account, trash)).roll.size, 1);
    await checkCounters(account);
  });
});

describe('expunge', () => {
  test('only what has \\Deleted, of all or of some', async () => {
    const { account, inbox } = await makeFilled(5);
    await changeFlags(account, inbox, [1, 3, 5], {
      mode: 'add',
      flags: FLAG.deleted,
      keywords: [],
    });
    assert.deepEqual((await expungeMessages(account, inbox, [2, 3, 4])).uids, [3]);
    const { uids, highestModseq } = await expungeMessages(account, inbox, null);
    assert.deepEqual(uids, [1, 5]);
    assert.equal((await readView(account, inbox)).mailbox.highestModseq, highestModseq);
    assert.deepEqual(await expungeMessages(account, inbox, null), { uids: [], highestModseq });
    assert.deepEqual((await removeMessages(account, inbox, [4, 9])).uids, [4]);
    await checkCounters(account);
  });

  test('a UID never comes back', async () => {
    const { account, inbox } = await makeFilled(2);
    await removeMessages(account, inbox, [1, 2]);
    assert.deepEqual(await appendTexts(account, inbox, ['Subject: z\n\n']), [3]);
  });
});

describe('journal', () => {
  test('tells exactly what happened since', async () => {
    const { account, inbox } = await makeFilled(4);
    const { mailbox } = await readView(account, inbox);
    const since = mailbox.highestModseq;
    assert.deepEqual(await readChanges(account, inbox, since), {
      mailbox,
      changed: [],
      vanished: [],
      isComplete: true,
    });
    await changeFlags(account, inbox, [1, 2], { mode: 'add', flags: FLAG.seen, keywords: [] });
    await removeMessages(account, inbox, [2, 4]);
    await appendTexts(account, inbox, ['Subject: 5\n\n', 'Subject: 6\n\n']);
    await removeMessages(account, inbox, [6]);
    const changes = await readChanges(account, inbox, since);
    assert.deepEqual(
      changes.changed.map(({ uid, flags }) => [uid, flags]),
      [
        [1, 1],
        [5, 0],
      ],
    );
    assert.deepEqual(changes.vanished, [2, 4, 6]);
    assert.ok(changes.mailbox.highestModseq > since);
    const later = await readChanges(account, inbox, changes.mailbox.highestModseq);
    assert.deepEqual([later.changed, later.vanished], [[], []]);
  });

  test('pokes after the commit, only its mailbox, until it is told to stop', async () => {
    const { account, inbox, trash } = await makeFilled(1);
    const seen: Promise<number>[] = [];
    let others = 0;
    const stops = [
      onMailboxChange(account, inbox, () => {
        seen.push(readView(account, inbox).then(({ roll }) => roll.size));
      }),
      onMailboxChange(account, trash, () => others++),
    ];
    await appendTexts(account, inbox, ['Subject: 2\n\n']);
    await appendTexts(account, inbox, ['Subject: 3\n\n']);
    assert.deepEqual(await Promise.all(seen), [2, 3]);
    assert.equal(others, 0);
    poke('elsewhere');
    assert.equal(others, 1);
    for (const stop of stops) stop();
    poke('elsewhere');
    assert.equal(others, 1);
  });
});

test('nothing of another account can be reached', async () => {
  const { account, inbox, trash } = await makeFilled(2);
  const other = await makeFilled(1);
  const stranger = other.account;
  const change = { mode: 'set' as const, flags: 8, keywords: [] };
  await assert.rejects(readView(stranger, inbox), { reason: 'not-found' });
  await assert.rejects(readChanges(stranger, inbox, 0), { reason: 'not-found' });
  await assert.rejects(changeFlags(stranger, inbox, [1], change), { reason: 'not-found' });
  await assert.rejects(expungeMessages(stranger, inbox, null), { reason: 'not-found' });
  await assert.rejects(removeMessages(stranger, inbox, [1]), { reason: 'not-found' });
  await assert.rejects(copyMessages(stranger, inbox, [1], other.trash), { reason: 'not-found' });
  await assert.rejects(copyMessages(stranger, other.inbox, [1], trash), { reason: 'not-found' });
  await assert.rejects(moveMessages(stranger, other.inbox, [1], trash), { reason: 'not-found' });
  await assert.rejects(appendTexts(stranger, inbox, ['\n']), { reason: 'not-found' });
  assert.deepEqual(await readMessages(stranger, inbox, [1, 2]), []);
  assert.deepEqual(await readRendered(stranger, inbox, [1, 2]), []);
  assert.equal((await readView(account, inbox)).roll.size, 2);
  await checkCounters(account);
  await checkCounters(stranger);
});
