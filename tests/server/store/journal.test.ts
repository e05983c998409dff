// The roll of a mailbox equals its rows whatever happened since it was last looked at, and the journal says where
// it stops being complete.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freezeClock, now } from '#lib/clock.ts';
import { closeDatabase, db, write } from '#lib/db.ts';
import { watchOtherProcesses } from '#lib/poke.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { appendMessages } from '#server/store/append.ts';
import { copyMessages, moveMessages } from '#server/store/copy.ts';
import { dayOf } from '#server/store/day.ts';
import { expungeMessages, removeMessages } from '#server/store/expunge.ts';
import { changeFlags, FLAG } from '#server/store/flags.ts';
import { listVanished, onMailboxChange, readChanges, readView } from '#server/store/journal.ts';
import { createMailbox, deleteMailbox, findMailbox } from '#server/store/mailboxes.ts';
import type { Roll } from '#server/store/roll.ts';
import { pruneTombstones } from '#server/store/tombstones.ts';
import type { Range } from '#server/store/uid-range.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { appendTexts, mailboxOf, makeAccount, makeMessage } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

const dayMs = 86_400_000;

type Line = string;
const show = (uid: number, modseq: number, flags: number, keywords: string): Line =>
  `${uid} ${modseq} ${flags} ${keywords}`;

function showRoll(roll: Roll): Line[] {
  const lines = [...roll.entries()].map((own) =>
    show(own.uid, own.modseq, own.flags, own.keywords),
  );
  for (const [index, uid] of roll.uids.entries()) assert.equal(roll.indexOf(uid), index);
  const unseen = lines.filter((line) => (Number(line.split(' ')[2]) & FLAG.seen) === 0);
  assert.equal(roll.unseen, unseen.length);
  return lines;
}

async function readRows(accountId: string, mailboxId: string): Promise<Line[]> {
  const where = { accountId, mailboxId };
  const rows = await db.message.findMany({ where, orderBy: { uid: 'asc' } });
  return rows.map((row) => show(Number(row.uid), Number(row.modseq), row.flags, row.keywords));
}

async function checkRoll(accountId: string, mailboxId: string): Promise<void> {
  const { mailbox, roll } = await readView(accountId, mailboxId);
  const row = await db.mailbox.findUniqueOrThrow({
    where: { accountId_id: { accountId, id: mailboxId } },
  });
  assert.deepEqual(showRoll(roll), await readRows(accountId, mailboxId));
  assert.equal(mailbox.messages, Number(row.messages));
  assert.equal(mailbox.unseen, Number(row.unseen));
  assert.equal(mailbox.uidNext, Number(row.uidNext));
  assert.equal(mailbox.highestModseq, Number(row.highestModseq));
  assert.equal(roll.modseq, Number(row.highestModseq));
}

async function makeInbox(count: number): Promise<{ account: string; inbox: string }> {
  const account = await makeAccount();
  const inbox = (await mailboxOf(account, 'INBOX')).id;
  const texts = Array.from({ length: count }, (_, index) => `Subject: ${index}\n\n`);
  if (count > 0) await appendTexts(account, inbox, texts);
  return { account, inbox };
}

function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

describe('roll', () => {
  for (const seed of [1, 2, 3]) {
    test(`equals the rows after random changes, seed ${seed}`, async () => {
      const random = makeRandom(seed);
      // Above the length from which lists of UIDs are shared.
      const { account, inbox } = await makeInbox(300);
      const archive = (await mailboxOf(account, 'Archive')).id;
      const some = () => Array.from({ length: 1 + random(8) }, () => 1 + random(420));
      const words = () => [[], ['a'], ['a', 'b'], [`w${random(40)}`]][random(4)]!;
      const acts: (() => Promise<unknown>)[] = [
        () => appendTexts(account, inbox, ['Subject: new\n\n', 'Subject: newer\n\n']),
        () =>
          changeFlags(account, inbox, some(), {
            mode: 'add',
            flags: random(32),
            keywords: words(),
          }),
        () =>
          changeFlags(account, inbox, some(), {
            mode: 'set',
            flags: random(32),
            keywords: words(),
          }),
        () => removeMessages(account, inbox, some()),
        () => expungeMessages(account, inbox, null),
        () => moveMessages(account, inbox, some(), archive),
        () => copyMessages(account, archive, some(), inbox),
      ];
      for (let turn = 0; turn < 120; turn++) {
        const together = Array.from({ length: 1 + random(3) }, () => acts[random(acts.length)]!());
        if (random(3) > 0) await Promise.all([...together, readView(account, inbox)]);
        else await Promise.all(together);
        if (random(2) === 0) await checkRoll(account, inbox);
      }
      await checkRoll(account, inbox);
      await checkRoll(account, archive);
    });
  }

  test('many who open a mailbox at once get the same list of UIDs', async () => {
    const { account, inbox } = await makeInbox(400);
    const views = await Promise.all(Array.from({ length: 20 }, () => readView(account, inbox)));
    for (const { roll } of views) assert.equal(roll.uids, views[0]!.roll.uids);
    await changeFlags(account, inbox, [5], { mode: 'add', flags: FLAG.flagged, keywords: ['x'] });
    const { roll } = await readView(account, inbox);
    assert.equal(roll.uids, views[0]!.roll.uids, 'other flags, the same UIDs');
    assert.equal(views[0]!.roll.entryAt(4).flags, 0, 'a roll does not change');
    assert.deepEqual(roll.listKeywords(), ['x']);
    await changeFlags(account, inbox, [5], { mode: 'set', flags: 0, keywords: [] });
    assert.deepEqual((await readView(account, inbox)).roll.listKeywords(), [], 'nobody has it');
  });

  test('a whole mailbox of six thousand gets other flags', async () => {
    const { account, inbox } = await makeInbox(0);
    const message = await makeMessage('Subject: x\n\n');
    await appendMessages(account, inbox, Array(6000).fill(message));
    await checkRoll(account, inbox);
    const all = Array.from({ length: 6000 }, (_, index) => index + 1);
    await changeFlags(account, inbox, all, { mode: 'add', flags: 3, keywords: ['all'] });
    await checkRoll(account, inbox);
    const { changed } = await readChanges(account, inbox, 2);
    assert.deepEqual(
      changed.map(({ uid }) => uid),
      all,
    );
  });

  test('a mailbox that is deleted and made again starts empty', async () => {
    const account = await makeAccount();
    const first = await createMailbox(account, 'again');
    await appendTexts(account, first.id, ['Subject: 1\n\n']);
    assert.equal((await readView(account, first.id)).roll.size, 1);
    await deleteMailbox(account, 'again');
    await assert.rejects(readView(account, first.id), { reason: 'not-found' });
    await assert.rejects(listVanished(account, first.id, 1, [[1, 9]]), { reason: 'not-found' });
    const second = await createMailbox(account, 'again');
    assert.equal((await readView(account, second.id)).roll.size, 0);
  });

  test('what is put back under a greater MODSEQ comes between the others', async () => {
    const { account, inbox } = await makeInbox(3);
    const key = { accountId: account, mailboxId: inbox };
    const where = { accountId_mailboxId_uid: { ...key, uid: 2 } };
    const row = await db.message.findUniqueOrThrow({ where });
    await removeMessages(account, inbox, [2]);
    const { mailbox } = await readView(account, inbox);
    await write(async (tx) => {
      const modseq = mailbox.highestModseq + 7;
      await tx.message.create({ data: { ...row, modseq } });
      const counters = { highestModseq: modseq, messages: 3, unseen: 3 };
      await tx.mailbox.update({
        where: { accountId_id: { accountId: account, id: inbox } },
        data: counters,
      });
    });
    await checkRoll(account, inbox);
    const { changed, vanished } = await readChanges(account, inbox, 1);
    assert.deepEqual([changed.map(({ uid }) => uid), vanished], [[1, 2, 3], []]);
    assert.deepEqual(await listVanished(account, inbox, 1, [[1, 9]]), []);
  });

  test('an older state of the database is not mistaken for a newer one', async () => {
    const { account, inbox } = await makeInbox(3);
    const key = { accountId: account, mailboxId: inbox };
    await changeFlags(account, inbox, [1, 2], { mode: 'add', flags: 1, keywords: [] });
    await checkRoll(account, inbox);
    const unseen = () =>
      write(async (tx) => {
        await tx.message.updateMany({ where: key, data: { flags: 0 } });
        const where = { accountId_id: { accountId: account, id: inbox } };
        await tx.mailbox.update({ where, data: { unseen: 3 } });
      });
    // The same MODSEQ, another database.
    await unseen();
    await closeDatabase();
    await checkRoll(account, inbox);
    // A lower MODSEQ, the same connection.
    await write(async (tx) => {
      await tx.message.updateMany({ where: key, data: { flags: 5, modseq: 2 } });
      const where = { accountId_id: { accountId: account, id: inbox } };
      await tx.mailbox.update({ where, data: { unseen: 0, highestModseq: 2 } });
    });
    await checkRoll(account, inbox);
  });

  test('follows what another process commits', async () => {
    const { account, inbox } = await makeInbox(300);
    await checkRoll(account, inbox);
    const stopWatching = watchOtherProcesses();
    let woken = 0;
    const stopListening = onMailboxChange(account, inbox, () => woken++);
    const child = fork(join(import.meta.dirname, 'journal-writer.ts'), [account, inbox], {
      env: { ...process.env, DREY_LOG_LEVEL: 'silent' },
    });
    await once(child, 'message');
    for (let turn = 0; turn < 6; turn++) {
      const { modseq } = (await readView(account, inbox)).roll;
      woken = 0;
      const done = once(child, 'message');
      child.send('work');
      // In the middle of it, and after it.
      await waitFor(() => woken > 0, 'a poke');
      await readView(account, inbox);
      await done;
      const { roll } = await readView(account, inbox);
      assert.ok(roll.modseq > modseq, 'what the other one was told is done is seen');
      await checkRoll(account, inbox);
    }
    child.send('end');
    await once(child, 'exit');
    stopListening();
    stopWatching();
  });
});

describe('horizon', () => {
  const tombstonesOf = (accountId: string, mailboxId: string) =>
    db.tombstone.count({ where: { accountId, mailboxId } });
  const floorOf = async (accountId: string, id: string) => {
    const where = { accountId_id: { accountId, id } };
    return Number((await db.mailbox.findUniqueOrThrow({ where })).floorModseq);
  };

  test('tombstones go after the time of the setting, and the floor says up to where', async () => {
    const { account, inbox } = await makeInbox(20);
    const start = now();
    try {
      await removeMessages(account, inbox, [1, 2, 3]);
      const { highestModseq: before } = await removeMessages(account, inbox, [4]);
      freezeClock(new Date(start.getTime() + 60 * dayMs));
      const { highestModseq: after } = await removeMessages(account, inbox, [5, 7]);
      await pruneTombstones();
      assert.equal(await tombstonesOf(account, inbox), 6, 'nothing is old enough');
      assert.equal(await floorOf(account, inbox), 0);
      freezeClock(new Date(start.getTime() + 91 * dayMs));
      await pruneTombstones();
      assert.equal(await tombstonesOf(account, inbox), 2);
      assert.equal(await floorOf(account, inbox), before);
      assert.deepEqual((await readChanges(account, inbox, before)).vanished, [5, 7]);
      assert.equal((await readChanges(account, inbox, before)).isComplete, true);
      assert.equal((await readChanges(account, inbox, before - 1)).isComplete, false);
      assert.equal((await readChanges(account, inbox, after)).isComplete, true);
      await writeSetting('storage.tombstoneDays', 30, 'test');
      await pruneTombstones();
      assert.equal(await tombstonesOf(account, inbox), 0);
      assert.equal(await floorOf(account, inbox), after);
      await checkRoll(account, inbox);
    } finally {
      freezeClock(null);
      await writeSetting('storage.tombstoneDays', 90, 'test');
    }
  });

  test('a roll that is older than the horizon is read anew', async () => {
    const { account, inbox } = await makeInbox(10);
    await checkRoll(account, inbox);
    const start = now();
    try {
      await removeMessages(account, inbox, [3, 4]);
      freezeClock(new Date(start.getTime() + 100 * dayMs));
      await pruneTombstones();
      await removeMessages(account, inbox, [9]);
      await checkRoll(account, inbox);
    } finally {
      freezeClock(null);
    }
  });

  test('rows without a day get one, rows of a day to come go, the retired UIDVALIDITY stays', async () => {
    const { account, inbox } = await makeInbox(10);
    const box = await createMailbox(account, 'box');
    await deleteMailbox(account, 'box');
    await removeMessages(account, inbox, [1, 2, 3]);
    const key = { accountId: account, mailboxId: inbox };
    await write(async (tx) => {
      await tx.tombstone.updateMany({ where: { ...key, uid: 1 }, data: { day: 0 } });
      await tx.tombstone.updateMany({ where: { ...key, uid: 2 }, data: { day: 99_999 } });
    });
    await pruneTombstones();
    const left = await db.tombstone.findMany({ where: key, orderBy: { uid: 'asc' } });
    assert.deepEqual(
      left.map(({ uid, day }) => [Number(uid), day]),
      [
        [1, dayOf(now())],
        [3, dayOf(now())],
      ],
    );
    const retired = await db.tombstone.findMany({ where: { accountId: account, mailboxId: '' } });
    assert.deepEqual(
      retired.map(({ uid }) => Number(uid)),
      [box.uidValidity],
    );
  });
});

describe('listVanished', () => {
  const all: Range[] = [[1, 0xffff_ffff]];

  test('names what went since, in ranges, within what the client knows', async () => {
    const { account, inbox } = await makeInbox(30);
    const { highestModseq: first } = await removeMessages(account, inbox, [3, 4, 5, 10]);
    await removeMessages(account, inbox, [11, 20]);
    const cases: [since: number, known: Range[], expected: Range[]][] = [
      [
        1,
        all,
        [
          [3, 5],
          [10, 11],
          [20, 20],
        ],
      ],
      [
        first,
        all,
        [
          [11, 11],
          [20, 20],
        ],
      ],
      [
        1,
        [
          [4, 4],
          [1, 3],
          [19, 25],
        ],
        [
          [3, 4],
          [20, 20],
        ],
      ],
      [1, [[11, 10]], [[10, 11]]],
      [1, [], []],
      [1, [[6, 9]], []],
      [first + 1, all, []],
      [first + 100, all, []],
    ];
    for (const [since, known, expected] of cases) {
      assert.deepEqual(await listVanished(account, inbox, since, known), expected);
    }
  });

  test('below the floor everything that is not there is named', async () => {
    const { account, inbox } = await makeInbox(30);
    const start = now();
    try {
      await removeMessages(account, inbox, [3, 4, 5]);
      freezeClock(new Date(start.getTime() + 95 * dayMs));
      await pruneTombstones();
      const { highestModseq } = await removeMessages(account, inbox, [30]);
      assert.deepEqual(await listVanished(account, inbox, 1, all), [
        [3, 5],
        [30, 30],
      ]);
      assert.deepEqual(await listVanished(account, inbox, 1, [[2, 4]]), [[3, 4]]);
      assert.deepEqual(await listVanished(account, inbox, highestModseq - 1, all), [[30, 30]]);
    } finally {
      freezeClock(null);
    }
  });

  test('thousands of holes, and a client that names every UID for itself', async () => {
    const { account, inbox } = await makeInbox(0);
    const message = await makeMessage('Subject: x\n\n');
    await appendMessages(account, inbox, Array(6000).fill(message));
    const odd = Array.from({ length: 3000 }, (_, index) => 2 * index + 1);
    await removeMessages(account, inbox, odd);
    const expected = odd.map((uid): Range => [uid, uid]);
    assert.deepEqual(await listVanished(account, inbox, 1, all), expected);
    const hostile: Range[] = Array.from({ length: 20_000 }, (_, at) => [20_000 - at, 1 + (at % 7)]);
    assert.deepEqual(await listVanished(account, inbox, 1, hostile), expected);
    const each = odd.map((uid): Range => [uid, uid]).reverse();
    assert.deepEqual(await listVanished(account, inbox, 1, each), expected);
  });
});

test('another account is not found', async () => {
  const { inbox } = await makeInbox(1);
  const stranger = await makeAccount();
  await assert.rejects(readView(stranger, inbox), { reason: 'not-found' });
  await assert.rejects(readChanges(stranger, inbox, 0), { reason: 'not-found' });
  await assert.rejects(listVanished(stranger, inbox, 0, [[1, 9]]), { reason: 'not-found' });
  assert.equal(await findMailbox(stranger, 'nowhere'), null);
});
