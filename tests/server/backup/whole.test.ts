// The whole server: what was there at the moment of a backup is there after a restore, byte for byte, and
// numbers go on above whatever clients may have been told since.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { encryptSecret } from '#lib/accounts/secret.ts';
import { db, write } from '#lib/db.ts';
import { listBackup } from '#server/backup/list-backup.ts';
import { noProgress } from '#server/backup/progress.ts';
import { pruneBackup } from '#server/backup/prune-backup.ts';
import { restoreServer } from '#server/backup/restore-server.ts';
import { takeBackup } from '#server/backup/take-backup.ts';
import { verifyBackup } from '#server/backup/verify-backup.ts';
import { insertBlob, stageBytes } from '#server/store/bodies/blobs.ts';
import { checkCounters } from '#tests/server/store/fixture.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import {
  changeStore,
  dumpStore,
  fillStore,
  makePlace,
  makeRandom,
  onEmptyStore,
} from './fixture.ts';

const database = await openTestDatabase();
const place = makePlace();
after(async () => {
  await database.close();
  place.remove();
});

const options = { by: 'test', progress: noProgress };
type Dump = Awaited<ReturnType<typeof dumpStore>>;

/** What a restore is meant to make of a dump: the numbers that jump, the queue held. */
function expectRestored(dump: Dump, steps: number): Dump {
  const highest = new Map(dump.mailbox?.map((row) => [row.id, Number(row.highestModseq)]));
  const jumpOf = (id: unknown) => (highest.get(id) ?? 0) + steps * 1_000_000_000;
  return {
    ...dump,
    account: dump.account!.map((row) => ({ ...row, epoch: Number(row.epoch) + steps * 1000 })),
    mailbox: dump.mailbox!.map((row) => ({
      ...row,
      uidNext: Number(row.uidNext) + steps * 1_000_000,
      highestModseq: jumpOf(row.id),
      floorModseq: jumpOf(row.id),
    })),
    message: dump.message!.map((row) => ({ ...row, modseq: jumpOf(row.mailboxId) })),
    queueRecipient: dump.queueRecipient!.map((row) => ({
      ...row,
      state: 'held',
      leaseUntil: null,
      leaseOwner: '',
    })),
  };
}

/** Without the marks of UIDVALIDITYs that were given up, and the trail's word of the restore. */
function withoutMarks(dump: Dump): Dump {
  const sorted = (rows: Dump[string]) =>
    rows
      .map((row) => JSON.stringify(row))
      .sort()
      .map((text) => JSON.parse(text));
  const plain = Object.fromEntries(
    Object.entries(dump).map(([name, rows]) => [name, sorted(rows)]),
  );
  return {
    ...plain,
    tombstone: plain.tombstone!.filter(({ mailboxId }) => mailboxId !== ''),
    trailEvent: plain.trailEvent!.filter(({ recipient }) => recipient !== 'the server'),
  };
}

describe('a backup of the whole server', () => {
  const dumps: { name: string; dump: Dump }[] = [];
  const random = makeRandom(Number(process.env.STORE_SEED ?? 7));
  let accounts: string[] = [];

  before(async () => {
    encryptSecret('makes the key');
    await mkdir(join(database.folder, 'tls'), { mode: 0o700 });
    await writeFile(join(database.folder, 'tls', 'key.pem'), 'a key', { mode: 0o600 });
    await writeFile(join(database.folder, 'search.db'), 'is not wanted');
    accounts = await fillStore(random);
  });

  it('is taken, and taken again with only what is new', async () => {
    const first = await takeBackup(place.folder);
    dumps.push({ name: first.name, dump: await dumpStore() });
    assert.ok(first.bodies.objects > 10);
    assert.deepEqual(first.lost, []);
    // A body that nobody has any more is not in it.
    const staged = await stageBytes(Buffer.from('Subject: of nobody\r\n\r\n'));
    const id = await write((tx) => insertBlob(tx, staged));
    const same = await takeBackup(place.folder);
    await write(async (tx) => {
      await tx.blob.delete({ where: { id } });
      for (const table of [tx.blobBytes, tx.rendering, tx.renderingText] as const) {
        await (table as typeof tx.blobBytes).deleteMany({ where: { blobId: id } });
      }
    });
    assert.equal(same.bodies.objects, 0);
    assert.equal(same.rows.objects, 0, 'equal rows make equal chunks');
    for (let round = 0; round < 3; round++) {
      for (let step = 0; step < 15; step++) await changeStore(random, accounts);
      const next = await takeBackup(place.folder);
      dumps.push({ name: next.name, dump: await dumpStore() });
      assert.ok(next.rows.storedBytes < first.rows.storedBytes, 'not everything again');
    }
    const listed = await listBackup(place.folder);
    assert.equal(listed.length, 5);
    assert.deepEqual(
      listed.map(({ note }) => note),
      ['', '', '', '', ''],
    );
    assert.equal(listed.at(-1)?.messages, dumps.at(-1)?.dump.message?.length);
    assert.equal((await verifyBackup(place.folder)).faultCount, 0);
  });

  it('is for its owner alone', () => {
    for (const name of ['.', 'bodies', 'rows', 'snapshots']) {
      assert.equal(statSync(join(place.folder, name)).mode & 0o777, 0o700, name);
    }
    const [snapshot] = dumps;
    const file = join(place.folder, 'snapshots', `${snapshot?.name}.json`);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(!existsSync(join(place.folder, 'lock')));
  });

  it('gives back every snapshot as it was, each restore further above', async () => {
    for (const [index, { name, dump }] of dumps.entries()) {
      await onEmptyStore(async (folder) => {
        const restored = await restoreServer(place.folder, { ...options, snapshot: name });
        assert.deepEqual(restored.skipped, []);
        assert.equal(restored.held, 3);
        assert.equal(restored.messages, dump.message?.length);
        const expected = withoutMarks(expectRestored(dump, index + 1));
        assert.deepEqual(withoutMarks(await dumpStore()), expected);
        for (const account of accounts) await checkRestored(account);
        assert.equal(readFileSync(join(folder, 'tls', 'key.pem'), 'utf8'), 'a key');
        assert.ok(!existsSync(join(folder, 'search.db')));
        assert.ok(!existsSync(join(folder, 'restore-unfinished')));
        const key = (root: string) => readFileSync(join(root, 'secret.key'), 'utf8');
        assert.equal(key(folder), key(database.folder));
        assert.equal(await db.rendering.count(), await db.blob.count());
        for (let step = 0; step < 10; step++) await changeStore(random, accounts);
        const again = await takeBackup(place.folder);
        assert.deepEqual(again.lost, []);
        assert.equal((await verifyBackup(place.folder, again.name)).faultCount, 0);
      });
    }
  });

  /** Mailboxes of deleted messages do not count in the account. */
  async function checkRestored(accountId: string): Promise<void> {
    if ((await db.mailbox.count({ where: { accountId, specialUse: '#deleted' } })) === 0) {
      await checkCounters(accountId);
    }
    const retired = await db.tombstone.findMany({ where: { accountId, mailboxId: '' } });
    const mailboxes = await db.mailbox.findMany({ where: { accountId } });
    for (const { uidValidity } of mailboxes) assert.ok((retired[0]?.uid ?? 0n) > uidValidity);
  }

  it('refuses a store that is not empty, and finishes what was cut short', async () => {
    const refused = { name: 'Refusal', reason: 'conflict', message: /is in use/ };
    await assert.rejects(restoreServer(place.folder, options), refused);
    await onEmptyStore(async (folder) => {
      writeFileSync(join(folder, 'something'), '');
      await assert.rejects(restoreServer(place.folder, options), refused);
    });
    await onEmptyStore(async (folder) => {
      const name = dumps[0]!.name;
      await restoreServer(place.folder, { ...options, snapshot: name });
      writeFileSync(join(folder, 'restore-unfinished'), name);
      const again = await restoreServer(place.folder, { ...options, snapshot: name });
      assert.equal(again.messages, dumps[0]!.dump.message?.length);
      const bodies = (dump: Dump) =>
        dump.message!.map(({ emailId, uid, body }) => [emailId, uid, body]).sort();
      assert.deepEqual(bodies(await dumpStore()), bodies(dumps[0]!.dump));
    });
  });

  it('is pruned to its newest snapshots, which stay whole', async () => {
    const before = await listBackup(place.folder);
    const pruned = await pruneBackup(place.folder, 2);
    assert.equal(pruned.kept, 2);
    assert.equal(pruned.removed.length, before.length - 2);
    assert.equal((await verifyBackup(place.folder)).faultCount, 0);
    const wanted = before.at(-1)!;
    await onEmptyStore(async () => {
      const restored = await restoreServer(place.folder, options);
      assert.deepEqual([restored.name, restored.messages], [wanted.name, wanted.messages]);
      await dumpStore();
    });
    const { freedBytes } = await pruneBackup(place.folder, 1);
    assert.ok(freedBytes >= 0);
    assert.equal((await verifyBackup(place.folder)).faultCount, 0);
  });

  it('refuses folders that are none, and does not take other people’s for its own', async () => {
    const other = join(database.folder, 'holds');
    await mkdir(other);
    await writeFile(join(other, 'letter.txt'), 'dear');
    const cases: [path: string, why: RegExp][] = [
      [other, /holds other things/],
      [join(other, 'letter.txt'), /no backup|no folder/],
      [join(other, 'a', 'b'), /missing/],
      [database.folder, /belongs to the server/],
      [join(database.folder, 'blobs', 'x'), /belongs to the server/],
    ];
    for (const [path, why] of cases) {
      await assert.rejects(takeBackup(path), { name: 'Refusal', message: why }, path);
    }
    await assert.rejects(restoreServer(other, options), { reason: 'not-found' });
    await assert.rejects(restoreServer(place.folder, { ...options, snapshot: '1999' }), {
      reason: 'not-found',
    });
  });
});
