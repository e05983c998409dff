import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { db, write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { appendIn, appendMessages } from '#server/store/append.ts';
import { blobPath } from '#server/store/bodies/blob-files.ts';
import { createStage, readBlob, readStaged, stageBytes } from '#server/store/bodies/blobs.ts';
import { readView } from '#server/store/journal.ts';
import { readQuota } from '#server/store/quota/quota.ts';
import {
  readBytes,
  readMessages,
  readParts,
  readRendered,
  readRenderedPortions,
} from '#server/store/read.ts';
import { searchMessages } from '#server/store/search/search.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { appendTexts, checkCounters, mailboxOf, makeAccount, makeMessage } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

describe('append', () => {
  test('gives UIDs from 1, in order, and tells the ids', async () => {
    const account = await makeAccount();
    const inbox = await mailboxOf(account, 'INBOX');
    const messages = [
      await makeMessage('Subject: a\n\nx', { flags: 1, keywords: ['$b', '$A'] }),
      await makeMessage('Subject: b\n\ny'),
    ];
    const appended = await appendMessages(account, inbox.id, messages);
    assert.deepEqual(appended.uids, [1, 2]);
    assert.equal(appended.uidValidity, inbox.uidValidity);
    const rows = await readMessages(account, inbox.id, [2, 1, 9]);
    assert.deepEqual(
      rows.map(({ uid, flags, keywords }) => ({ uid, flags, keywords })),
      [
        { uid: 1, flags: 1, keywords: '$A $b' },
        { uid: 2, flags: 0, keywords: '' },
      ],
    );
    assert.deepEqual(
      rows.map((row) => row.emailId),
      appended.emailIds,
    );
    assert.deepEqual(
      rows.map((row) => row.threadId),
      appended.threadIds,
    );
    assert.equal(rows[0]?.internalDate.toISOString(), '2026-05-06T07:08:09.000Z');
    const view = await readView(account, inbox.id);
    assert.equal(view.mailbox.uidNext, 3);
    assert.equal(view.mailbox.messages, 2);
    assert.equal(view.mailbox.unseen, 1);
    await checkCounters(account);
  });

  test('100 at once have 100 UIDs, and MODSEQ grows with the UID', async () => {
    const account = await makeAccount();
    const inbox = await mailboxOf(account, 'INBOX');
    const message = await makeMessage('Subject: same\n\nbody');
    const all = await Promise.all(
      Array.from({ length: 100 }, () => appendMessages(account, inbox.id, [message])),
    );
    const uids = all.flatMap(({ uids }) => uids).sort((a, b) => a - b);
    assert.deepEqual(
      uids,
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
    const { roll, mailbox } = await readView(account, inbox.id);
    const entries = [...roll.entries()];
    for (const [index, entry] of entries.entries()) {
      assert.ok(index === 0 || entry.modseq > entries[index - 1]!.modseq);
    }
    assert.equal(mailbox.highestModseq, entries.at(-1)?.modseq);
    assert.equal(await db.blob.count({ where: { hash: message.body.hash } }), 1);
    await checkCounters(account);
  });

  test('a refusal inside a step harms no other message of the step', async () => {
    const full = await makeAccount(10);
    const free = await makeAccount();
    const message = await makeMessage('Subject: longer than ten bytes\n\n');
    const fullInbox = await mailboxOf(full, 'INBOX');
    const freeInbox = await mailboxOf(free, 'INBOX');
    const reasons = await write(async (tx) => {
      const found: unknown[] = [];
      for (const [account, mailbox] of [
        [full, fullInbox.id],
        [free, 'nothing'],
        ['nobody', freeInbox.id],
        [full, freeInbox.id],
        [free, freeInbox.id],
      ] as const) {
        try {
          found.push((await appendIn(tx, account, mailbox, message)).uid);
        } catch (error) {
          found.push(isRefusal(error) ? error.reason : error);
        }
      }
      return found;
    });
    assert.deepEqual(reasons, ['over-quota', 'not-found', 'not-found', 'not-found', 1]);
    await checkCounters(full);
    await checkCounters(free);
  });

  test('those that wait together do not share their refusals', async () => {
    const full = await makeAccount(40);
    const free = await makeAccount();
    const fullInbox = await mailboxOf(full, 'INBOX');
    const freeInbox = await mailboxOf(free, 'INBOX');
    const small = await makeMessage('Subject: 1234\n\n'); // 17 bytes
    const bad = { ...small, keywords: ['no atom'] };
    const settled = await Promise.allSettled([
      appendMessages(full, fullInbox.id, [small]),
      appendMessages(free, freeInbox.id, [small, bad]),
      appendMessages(full, fullInbox.id, [small, small]),
      appendMessages(free, 'nothing', [small]),
      appendMessages(full, fullInbox.id, [small]),
      appendMessages(free, freeInbox.id, [small, small]),
      appendMessages(full, fullInbox.id, [small]),
      appendMessages(free, freeInbox.id, [small]),
    ]);
    const outcomes = settled.map((result) =>
      result.status === 'fulfilled' ? result.value.uids : result.reason.reason,
    );
    assert.deepEqual(outcomes, [
      [1],
      'invalid',
      'over-quota',
      'not-found',
      [2],
      [1, 2],
      'over-quota',
      [3],
    ]);
    const { roll } = await readView(free, freeInbox.id);
    const entries = [...roll.entries()];
    assert.equal(entries[0]?.modseq, entries[1]?.modseq, 'one append is one change');
    assert.ok((entries[2]?.modseq ?? 0) > (entries[1]?.modseq ?? 0));
    await checkCounters(full);
    await checkCounters(free);
  });

  test('is all or nothing', async () => {
    const account = await makeAccount(100);
    const inbox = await mailboxOf(account, 'INBOX');
    const small = await makeMessage('Subject: a\n\n');
    const large = await makeMessage(`Subject: b\n\n${'x'.repeat(100)}`);
    await assert.rejects(appendMessages(account, inbox.id, [small, large]), {
      reason: 'over-quota',
    });
    await assert.rejects(
      appendMessages(account, inbox.id, [small, { ...small, keywords: ['no atom'] }]),
      { reason: 'invalid' },
    );
    assert.equal((await readView(account, inbox.id)).roll.size, 0);
    await checkCounters(account);
  });
});

describe('quota', () => {
  test('of the account, of the setting, none', async () => {
    const own = await makeAccount(50);
    const usual = await makeAccount();
    const none = await makeAccount(0);
    assert.equal((await readQuota(usual)).limitBytes, null);
    await db.$queryRaw`SELECT 1`;
    await write((tx) =>
      tx.setting.create({
        data: { id: 'storage.defaultQuotaBytes', value: '40', updatedAt: new Date() },
      }),
    );
    assert.equal((await readQuota(own)).limitBytes, 50);
    assert.equal((await readQuota(usual)).limitBytes, 40);
    assert.equal((await readQuota(none)).limitBytes, null);
    const text = `Subject: x\n\n${'y'.repeat(31)}`; // 45 bytes
    for (const [account, fits] of [
      [own, true],
      [usual, false],
      [none, true],
    ] as const) {
      const inbox = await mailboxOf(account, 'INBOX');
      const appending = appendTexts(account, inbox.id, [text]);
      if (fits) await appending;
      else await assert.rejects(appending, { reason: 'over-quota' });
    }
    const { limitBytes, usedBytes, usedMessages } = await readQuota(own);
    assert.deepEqual(
      { limitBytes, usedBytes, usedMessages },
      { limitBytes: 50, usedBytes: 45, usedMessages: 1 },
    );
    await write((tx) => tx.setting.deleteMany({}));
    await assert.rejects(readQuota('nobody'), { reason: 'not-found' });
  });
});

describe('bytes', () => {
  const cases: [string, Buffer][] = [
    ['nothing at all', Buffer.alloc(0)],
    ['no line end at the end', Buffer.from('Subject: x\r\n\r\nlast line')],
    ['NUL and every other byte', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
    ['8 bit that is no UTF-8', Buffer.from('Subject: \xe4\xf6\r\n\r\n\xff\xfe\x80', 'latin1')],
    ['bare LF, bare CR', Buffer.from('Subject: x\n\na\rb\n')],
    ['no header', Buffer.from('\r\nbody')],
    [
      'just at the threshold',
      Buffer.concat([Buffer.from('A: b\r\n\r\n'), Buffer.alloc(65_528, 0x61)]),
    ],
    ['just above it', Buffer.concat([Buffer.from('A: b\r\n\r\n'), Buffer.alloc(65_529, 0x62)])],
    ['much larger', Buffer.concat([Buffer.from('A: b\r\n\r\n'), Buffer.alloc(3_000_000, 0x00)])],
  ];
  for (const [name, bytes] of cases) {
    test(`come back as they went in: ${name}`, async () => {
      const account = await makeAccount();
      const inbox = await mailboxOf(account, 'INBOX');
      const prefix = Buffer.from('Return-Path: <>\r\nX: \xfc\r\n', 'latin1');
      const message = await makeMessage(bytes, { prefix });
      await appendMessages(account, inbox.id, [message]);
      const [row] = await readMessages(account, inbox.id, [1]);
      assert.ok(row);
      assert.ok((await readBytes(row)).equals(Buffer.concat([prefix, bytes])));
      assert.equal(row.sizeBytes, prefix.length + bytes.length);
      assert.ok((await readBlob(row.blobId)).equals(bytes));
      assert.equal(existsSync(blobPath(message.body.hash)), bytes.length > 65_536);
      assert.ok((await readStaged(message.body)).equals(bytes));
    });
  }

  test('parts count from the first byte of the prefix', async () => {
    const account = await makeAccount();
    const inbox = await mailboxOf(account, 'INBOX');
    const prefix = Buffer.from('Delivered-To: a@b\r\n');
    await appendMessages(account, inbox.id, [
      await makeMessage('Content-Type: text/plain\n\nthe body\n', { prefix }),
    ]);
    const [row] = await readRendered(account, inbox.id, [1]);
    assert.ok(row);
    const parts = await readParts(row);
    const bytes = await readBytes(row);
    assert.equal(bytes.subarray(parts.bodyStart, parts.bodyEnd).toString(), 'the body\r\n');
    assert.equal(parts.headerStart, 0);
    assert.match(row.bodyStructure.toString(), /^\("text" "plain"/i);
    assert.match(row.header.toString(), /^Content-Type: text\/plain\r\n\r\n$/);
    assert.equal(row.preview, 'the body');
  });

  test('renderings come in portions that fit into memory', async () => {
    const account = await makeAccount();
    const inbox = await mailboxOf(account, 'INBOX');
    const small = await makeMessage('Subject: small\n\n');
    const large = await makeMessage(`X-Filler: ${'y'.repeat(3_000_000)}\n\n`);
    await appendMessages(account, inbox.id, [small, large, small, large, large, small, large]);
    const portions: number[][] = [];
    for await (const portion of readRenderedPortions(account, inbox.id, [7, 6, 5, 4, 3, 2, 1])) {
      portions.push(portion.map(({ uid }) => uid));
    }
    assert.deepEqual(portions, [
      [1, 2, 3, 4],
      [5, 6, 7],
    ]);
    const tag = { kind: 'header', name: 'x-filler', value: 'YYY' } as const;
    assert.deepEqual(await searchMessages(account, inbox.id, tag), [2, 4, 5, 7]);
  });

  test('a rendering of another version, or none at all, is made anew when it is read', async () => {
    const account = await makeAccount();
    const inbox = await mailboxOf(account, 'INBOX');
    const message = await makeMessage(
      'Subject: old\nDate: 1 Jan 99999 00:00:00 +0000\n\nthe preview',
    );
    await appendMessages(account, inbox.id, [message, message]);
    const good = await readRendered(account, inbox.id, [1, 2]);
    const [{ blobId } = { blobId: 0 }] = await readMessages(account, inbox.id, [1]);
    const broken = Buffer.from('NIL');
    await write((tx) =>
      tx.rendering.update({ where: { blobId }, data: { version: -1, envelope: broken } }),
    );
    assert.deepEqual(await readRendered(account, inbox.id, [1, 2]), good);
    await write((tx) => tx.rendering.delete({ where: { blobId } }));
    assert.deepEqual(await readRendered(account, inbox.id, [1, 2]), good);
    assert.equal(good[0]?.preview, 'the preview');
  });

  test('a stage takes chunks of any size and refuses what is too much', async () => {
    const bytes = Buffer.concat([Buffer.from('A: b\r\n\r\n'), Buffer.alloc(200_000, 0x63)]);
    for (const size of [1000, 65_536, 65_537, 200_000]) {
      const stage = createStage(bytes.length);
      for (let at = 0; at < bytes.length; at += size)
        await stage.write(bytes.subarray(at, at + size));
      const staged = await stage.finish();
      assert.equal(staged.hash, (await stageBytes(bytes)).hash);
      assert.ok((await readStaged(staged)).equals(bytes));
    }
    for (const limit of [0, 10, 100_000]) {
      const stage = createStage(limit);
      await assert.rejects(stage.write(bytes), { reason: 'too-big' });
      await assert.rejects(stage.write(Buffer.from('x')), { reason: 'too-big' });
      await assert.rejects(stage.finish(), { reason: 'too-big' });
      await stage.abort();
    }
  });

  test('the buffer of a chunk may be used again', async () => {
    const stage = createStage(100);
    const buffer = Buffer.from('first');
    await stage.write(buffer);
    buffer.write('XXXXX');
    await stage.write(Buffer.from(' second'));
    assert.equal((await stage.finish()).bytes?.toString(), 'first second');
  });
});
