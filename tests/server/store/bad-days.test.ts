// Bad days of the store by itself: bodies that are not what they were, clocks that jump, several processes, and
// one that ends before each of the steps that make a message durable. (With the whole server: tests/flows.)
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { shiftClock } from '#lib/clock.ts';
import { closeDatabase, db, sql, write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { migrate } from '#lib/migrate.ts';
import { setEnding } from '#lib/storage-failure.ts';
import { appendMessages } from '#server/store/append.ts';
import { blobPath } from '#server/store/bodies/blob-files.ts';
import { readBlob } from '#server/store/bodies/blobs.ts';
import { checkStore } from '#server/store/check/index.ts';
import { createMailbox, deleteMailbox } from '#server/store/mailboxes.ts';
import { openTestDatabase, testServerUrl } from '#tests/support/database.ts';
import { appendTexts, checkCounters, mailboxOf, makeAccount, makeMessage } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let bodies = 0;
const ended: number[] = [];

before(async () => {
  database = await openTestDatabase();
  setEnding((code) => ended.push(code));
});
after(() => database.close());

const large = () => Buffer.from(`Subject: large ${bodies++}\r\n\r\n${'x'.repeat(100_000)}`);
const writer = join(import.meta.dirname, 'bad-days-writer.ts');
const flags = ['--disable-warning=ExperimentalWarning'];

async function assertWhole(): Promise<void> {
  for await (const { kind, text, isNote } of checkStore()) assert.ok(isNote, `${kind}: ${text}`);
}

describe('a body that is not what it was', () => {
  it('is refused, never served', async () => {
    const account = await makeAccount();
    const inbox = await mailboxOf(account, 'INBOX');
    const { uids } = await appendMessages(account, inbox.id, [await makeMessage(large())]);
    const { blobId } = await db.message.findFirstOrThrow({
      where: { uid: uids[0], accountId: account },
    });
    const { hash } = await db.blob.findUniqueOrThrow({ where: { id: blobId } });
    truncateSync(blobPath(hash), 5000);
    await assert.rejects(readBlob(blobId), { reason: 'unavailable' });
    rmSync(blobPath(hash));
    await assert.rejects(readBlob(blobId), { reason: 'unavailable' });
    // Staged once more by whoever has it, it is whole again.
    await appendMessages(account, inbox.id, [
      await makeMessage(Buffer.from(`Subject: large ${bodies - 1}\r\n\r\n${'x'.repeat(100_000)}`)),
    ]);
    assert.ok((await readBlob(blobId)).length > 100_000);
    await assertWhole();
    const [small] = await appendTexts(account, inbox.id, [`Subject: small ${bodies++}\n\n`]);
    const row = await db.message.findFirstOrThrow({ where: { uid: small, accountId: account } });
    await write((tx) => tx.$executeRaw`DELETE FROM "BlobBytes" WHERE "blobId" = ${row.blobId}`);
    await assert.rejects(readBlob(row.blobId), { reason: 'unavailable' });
    const staged = await makeMessage(`Subject: small ${bodies - 1}\n\n`);
    await write((tx) =>
      tx.$executeRaw(
        sql`INSERT INTO "BlobBytes" ("blobId", "bytes") VALUES (${row.blobId}, ${staged.body.bytes})`,
      ),
    );
    await assertWhole();
  });
});

describe('a clock that jumps', () => {
  it('never brings a UIDVALIDITY twice, nor one of more than 32 bits', async () => {
    const account = await makeAccount();
    const seen = new Set<number>();
    const dayMs = 86_400_000;
    for (const days of [0, -3650, 20, -20, 365 * 300, -365 * 300]) {
      shiftClock(days * dayMs);
      try {
        for (let again = 0; again < 2; again++) {
          const { uidValidity } = await createMailbox(account, 'again');
          assert.ok(!seen.has(uidValidity) && uidValidity > 0 && uidValidity <= 0xffff_ffff);
          seen.add(uidValidity);
          await deleteMailbox(account, 'again');
        }
      } finally {
        shiftClock(-days * dayMs);
      }
    }
    await assertWhole();
  });
});

describe('two processes that write at once', () => {
  it('give each UID once, lose nothing and leave the counters right', async () => {
    const account = await makeAccount();
    const inbox = await mailboxOf(account, 'INBOX');
    const count = 25;
    const others = ['one', 'other'].map((name) =>
      runWriter([account, inbox.id, String(count), name]),
    );
    const own: number[] = [];
    for (let number = 0; number < count; number++) {
      own.push(...(await appendTexts(account, inbox.id, [`Subject: own ${number}\n\n`])));
    }
    const uids = [...own, ...(await Promise.all(others)).flat()];
    assert.equal(uids.length, 3 * count);
    assert.deepEqual(
      uids.sort((a, b) => a - b),
      Array.from({ length: 3 * count }, (_, index) => index + 1),
    );
    await checkCounters(account);
    await assertWhole();
  });
});

/** The UIDs that a writing process told; it may have been killed. */
function runWriter(args: string[], under: string[] = []): Promise<number[]> {
  const [command = process.execPath, ...before] = [...under, process.execPath];
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NODE_TEST_CONTEXT: '' };
    const child = spawn(command, [...before, ...flags, writer, ...args], { env });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', () => resolve([...text.matchAll(/^(\d+)$/gm)].map(([uid]) => Number(uid))));
  });
}

const straceMissing =
  spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0 ? false : 'strace cannot run here';

describe('a process that ends between two steps', { skip: straceMissing }, () => {
  it('has told nothing that is not there, whichever step is the last', async () => {
    const account = await makeAccount();
    const inbox = await mailboxOf(account, 'INBOX');
    const told: number[] = [];
    // Two messages, one of them a file: each call that makes something durable is the last one once.
    for (const call of ['fsync', 'fdatasync', 'rename', 'mkdir']) {
      for (let nth = 1; ; nth++) {
        await closeDatabase();
        const name = `${call}-${nth}`;
        const inject = `inject=${call}:signal=SIGKILL:when=${nth}`;
        const under = [
          'strace',
          '-f',
          '-qq',
          '-o',
          '/dev/null',
          '-e',
          `trace=${call}`,
          '-e',
          inject,
        ];
        const uids = await runWriter([account, inbox.id, '2', name], under);
        await migrate();
        told.push(...uids);
        const rows = await db.message.findMany({ where: { accountId: account } });
        const there = new Set(rows.map(({ uid }) => Number(uid)));
        assert.ok(
          told.every((uid) => there.has(uid)),
          `lost with ${name}`,
        );
        assert.equal(new Set(told).size, told.length, `a UID twice with ${name}`);
        await assertWhole();
        if (uids.length === 2) break;
        assert.ok(nth < 40, 'the steps come to an end');
      }
    }
    await checkCounters(account);
  });
});

describe('a disk without room', {
  skip: testServerUrl ? 'only SQLite can be told to have no room' : false,
}, () => {
  it('refuses a step that finds none, harms no other, and goes on when there is room', async () => {
    const account = await makeAccount();
    const inbox = await mailboxOf(account, 'INBOX');
    const [pages] = await db.$queryRaw<{ page_count: number }[]>`PRAGMA page_count`;
    await write((tx) => tx.$executeRaw(sql`PRAGMA user_version = 0`));
    const limit = (count: number) =>
      write((tx) => tx.$queryRaw`PRAGMA max_page_count = ${sql([String(count)])}`);
    await limit(pages!.page_count + 8);
    const texts = Array.from(
      { length: 20 },
      (_, index) => `Subject: full ${index}\n\n${'y'.repeat(30_000)}${index}`,
    );
    const outcomes = await Promise.allSettled(
      texts.map((text) => appendTexts(account, inbox.id, [text])),
    );
    const refused = outcomes.filter(
      ({ status }) => status === 'rejected',
    ) as PromiseRejectedResult[];
    assert.ok(refused.length > 0);
    for (const { reason } of refused) assert.ok(isRefusal(reason, 'unavailable'), String(reason));
    await limit(1_073_741_823);
    const before = await db.message.count({ where: { accountId: account } });
    assert.equal(before, outcomes.length - refused.length);
    await appendTexts(account, inbox.id, texts);
    assert.deepEqual(ended, []);
    await checkCounters(account);
    await assertWhole();
  });
});
