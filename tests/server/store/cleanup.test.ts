import assert from 'node:assert/strict';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { passTime, shiftClock } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { appendMessages } from '#server/store/append.ts';
import { blobPath, readMark, removeBlobFile } from '#server/store/bodies/blob-files.ts';
import { createStage, insertBlob, readBlob, stageBytes } from '#server/store/bodies/blobs.ts';
import { letGoStaged } from '#server/store/bodies/staged-bodies.ts';
import { removeOrphans } from '#server/store/cleanup.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { readBytes, readMessages } from '#server/store/read.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { checkCounters, mailboxOf, makeAccount, makeMessage, removeForGood } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

const twoHoursMs = 7_200_000;
let bodies = 0;

/** A body that no other test has; a file where `isLarge`. */
function newBody(isLarge: boolean): Buffer {
  const text = `Subject: body ${bodies++}\r\n\r\n`;
  return Buffer.concat([Buffer.from(text), Buffer.alloc(isLarge ? 100_000 : 10, 0x61)]);
}

/** Runs the job, and again as if two hours had passed and nobody had the bodies in hand any more. */
async function removeLater(...hashes: string[]) {
  for (const hash of hashes) letGoStaged(hash);
  const first = await removeOrphans();
  passTime(twoHoursMs);
  const second = await removeOrphans();
  return { blobs: first.blobs + second.blobs, files: first.files + second.files };
}

/** Makes the row of a blob look as old as its file will be. */
async function age(...hashes: string[]): Promise<void> {
  const createdAt = new Date(Date.now() - twoHoursMs);
  await write((tx) => tx.blob.updateMany({ where: { hash: { in: hashes } }, data: { createdAt } }));
}

for (const isLarge of [false, true]) {
  const kind = isLarge ? 'file' : 'row';

  test(`a ${kind} goes when its last message went, not before, not at once`, async () => {
    const account = await makeAccount();
    const inbox = await mailboxOf(account, 'INBOX');
    const message = await makeMessage(newBody(isLarge));
    const { hash } = message.body;
    await appendMessages(account, inbox.id, [message, message]);
    const [{ blobId: id } = { blobId: 0 }] = await readMessages(account, inbox.id, [1]);
    await removeForGood(account, inbox.id, [1]);
    await age(hash);
    await removeLater(hash);
    assert.ok((await readBlob(id)).length > 0, 'one message is left');
    await removeMessages(account, inbox.id, [2]);
    await age(hash);
    await removeLater(hash);
    assert.ok((await readBlob(id)).length > 0, 'it can be restored');
    await removeForGood(account, inbox.id, [2]);
    await write((tx) => insertBlob(tx, message.body));
    await removeOrphans();
    assert.ok((await readBlob(id)).length > 0, 'younger than an hour');
    await age(hash);
    assert.equal((await removeLater(hash)).blobs, 1);
    await assert.rejects(readBlob(id), { reason: 'not-found' });
    assert.equal(existsSync(blobPath(hash)), false);
    for (const count of [
      db.blobBytes.count({ where: { blobId: id } }),
      db.rendering.count({ where: { blobId: id } }),
      db.renderingText.count({ where: { blobId: id } }),
    ]) {
      assert.equal(await count, 0);
    }
    await checkCounters(account);
  });

  test(`a ${kind} that comes again while it is being removed is whole`, async () => {
    const account = await makeAccount();
    const inbox = await mailboxOf(account, 'INBOX');
    for (let round = 0; round < 10; round++) {
      const bytes = newBody(isLarge);
      const old = await stageBytes(bytes);
      await write((tx) => insertBlob(tx, old));
      await age(old.hash);
      if (isLarge) utimesSync(blobPath(old.hash), new Date(0), new Date(0));
      const [, appended] = await Promise.all([
        removeOrphans(),
        (async () => {
          const message = await makeMessage(bytes);
          // Between staging and insertion the job may run as often as it likes.
          if (round % 2 === 0) await removeOrphans();
          return appendMessages(account, inbox.id, [message]);
        })(),
      ]);
      await removeOrphans();
      const [row] = await readMessages(account, inbox.id, appended.uids);
      assert.ok(row);
      assert.ok((await readBytes(row)).equals(bytes));
    }
  });
}

test('a body that only waits in the queue stays', async () => {
  const staged = await stageBytes(newBody(true));
  const blobId = await write(async (tx) => {
    const id = await insertBlob(tx, staged);
    await tx.queueMessage.create({
      data: {
        id: 'queued',
        blobId: id,
        prefix: Buffer.alloc(0),
        sizeBytes: 1,
        sender: '',
        traceId: 't',
        createdAt: new Date(),
      },
    });
    return id;
  });
  await age(staged.hash);
  await removeLater(staged.hash);
  assert.equal((await readBlob(blobId)).length, staged.sizeBytes);
});

test('a staged file whose transaction failed goes after an hour', async () => {
  const staged = await stageBytes(newBody(true));
  assert.equal((await removeOrphans()).files, 0);
  assert.ok(existsSync(blobPath(staged.hash)));
  assert.equal((await removeLater(staged.hash)).files, 1);
  assert.equal(existsSync(blobPath(staged.hash)), false);
  // Staged once more it is there again.
  await stageBytes(await Promise.resolve(newBody(true)));
});

test('a file that was staged a moment ago is put back when its removal had begun', async () => {
  const bytes = newBody(true);
  const { hash } = await stageBytes(bytes);
  const mark = await readMark(blobPath(hash));
  assert.ok(mark);
  await stageBytes(bytes);
  assert.equal(await removeBlobFile(hash, mark, () => false), false);
  const newer = await readMark(blobPath(hash));
  assert.ok(newer);
  assert.equal(await removeBlobFile(hash, newer, () => true), false);
  assert.ok(existsSync(blobPath(hash)));
  assert.deepEqual(readdirSync(join(database.folder, 'blobs', 'tmp')), []);
});

test('a body on its way stays, however long that takes and whatever the clock says', async () => {
  const account = await makeAccount();
  const inbox = await mailboxOf(account, 'INBOX');
  const bytes = newBody(true);
  const message = await makeMessage(bytes);
  await removeOrphans();
  // The clock jumps: nothing has lasted for an hour.
  shiftClock(twoHoursMs);
  await removeOrphans();
  letGoStaged(message.body.hash);
  await removeOrphans();
  assert.ok(existsSync(blobPath(message.body.hash)));
  shiftClock(-2 * twoHoursMs);
  await removeOrphans();
  const slow = await makeMessage(newBody(true));
  await removeOrphans();
  passTime(twoHoursMs);
  await removeOrphans();
  assert.ok(existsSync(blobPath(slow.body.hash)), 'somebody has it in hand');
  const { uids } = await appendMessages(account, inbox.id, [slow]);
  const [row] = await readMessages(account, inbox.id, uids);
  assert.equal((await readBytes(row!)).length, slow.body.sizeBytes);
  shiftClock(twoHoursMs);
});

test('what arrived halfway goes after an hour, an aborted one at once', async () => {
  const folder = join(database.folder, 'blobs', 'tmp');
  // What a process that ended has left.
  const left = join(folder, 'left');
  writeFileSync(left, 'x');
  const aborted = createStage(1_000_000);
  await aborted.write(Buffer.alloc(100_000));
  assert.equal(readdirSync(folder).length, 2);
  await aborted.abort();
  assert.equal(readdirSync(folder).length, 1);
  assert.equal((await removeOrphans()).temporaries, 0);
  passTime(twoHoursMs / 4);
  writeFileSync(left, 'more');
  const past = new Date(Date.now() - 5000);
  utimesSync(left, past, past);
  passTime(twoHoursMs / 4);
  assert.equal((await removeOrphans()).temporaries, 0, 'something arrived meanwhile');
  passTime(twoHoursMs);
  const slow = createStage(1_000_000);
  await slow.write(Buffer.alloc(100_000));
  passTime(twoHoursMs);
  assert.equal((await removeOrphans()).temporaries, 1);
  passTime(twoHoursMs);
  assert.equal((await removeOrphans()).temporaries, 0, 'one that is arriving stays, however slow');
  await slow.finish();
  assert.deepEqual(readdirSync(folder), []);
});

test('mail of a removed account goes, of others not', async () => {
  const gone = await makeAccount();
  const kept = await makeAccount();
  const message = await makeMessage('Message-ID: <a@b>\n\nx');
  for (const account of [gone, kept]) {
    const inbox = await mailboxOf(account, 'INBOX');
    await appendMessages(account, inbox.id, [message, message]);
    await removeMessages(account, inbox.id, [1]);
  }
  await write((tx) => tx.account.delete({ where: { id: gone } }));
  assert.equal((await removeOrphans()).accounts, 1);
  const where = { accountId: gone };
  for (const count of [
    db.mailbox.count({ where }),
    db.message.count({ where }),
    db.tombstone.count({ where }),
    db.subscription.count({ where }),
    db.threadReference.count({ where }),
  ]) {
    assert.equal(await count, 0);
  }
  assert.equal((await mailboxOf(kept, 'INBOX')).messages, 1);
  await checkCounters(kept);
});
