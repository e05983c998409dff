// Backups on bad days: beside busy users, killed, two at once, without room, damaged.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { db, write } from '#lib/db.ts';
import { listBackup } from '#server/backup/list-backup.ts';
import { noProgress } from '#server/backup/progress.ts';
import { pruneBackup } from '#server/backup/prune-backup.ts';
import { restoreServer } from '#server/backup/restore-server.ts';
import { takeBackup } from '#server/backup/take-backup.ts';
import { verifyBackup } from '#server/backup/verify-backup.ts';
import { appendMessages } from '#server/store/append.ts';
import { moveMessages } from '#server/store/copy.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { createMailbox } from '#server/store/mailboxes.ts';
import { mailboxOf, makeAccount, makeMessage } from '#tests/server/store/fixture.ts';
import { runProgram } from '#tests/support/daemon.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { dumpStore, makePlace, onEmptyStore } from './fixture.ts';

const database = await openTestDatabase();
const places: ReturnType<typeof makePlace>[] = [];
after(async () => {
  await database.close();
  for (const place of places) place.remove();
});

function newPlace(): string {
  places.push(makePlace());
  return places.at(-1)!.folder;
}

const options = { by: 'test', progress: noProgress };
const program = join(import.meta.dirname, 'killed-backup.ts');

function runBackup(folder: string, killAt = -1, limitBlocks = 0) {
  const limit = limitBlocks > 0 ? `ulimit -f ${limitBlocks}; ` : '';
  const script = `${limit}exec "$0" "$@"`;
  const words = [process.execPath, '--disable-warning=ExperimentalWarning', program];
  return runProgram('bash', ['-c', script, ...words, folder, String(killAt)], '', {
    ...process.env,
    NODE_TEST_CONTEXT: undefined,
  } as NodeJS.ProcessEnv);
}

let account = '';
let inbox = '';
let other = '';

async function append(count: number, sizeBytes = 500): Promise<number[]> {
  const messages = [];
  for (let each = 0; each < count; each++) {
    const text = `Subject: x\r\n\r\n${randomBytes(sizeBytes / 2).toString('hex')}`;
    messages.push(await makeMessage(text));
  }
  return (await appendMessages(account, inbox, messages)).uids;
}

before(async () => {
  account = await makeAccount();
  inbox = (await mailboxOf(account, 'INBOX')).id;
  other = (await createMailbox(account, 'Other')).id;
  await append(1200);
  await append(1, 2_500_000);
});

describe('a backup on a bad day', () => {
  it('sees one moment while messages come, go and wander', async () => {
    const folder = newPlace();
    const wanderers = (await append(20)).slice();
    const total = await db.message.count({ where: { accountId: account } });
    let isOver = false;
    const busy = (async () => {
      let [from, to] = [inbox, other];
      let uids = wanderers;
      while (!isOver) {
        uids = (await moveMessages(account, from, uids, to)).pairs.map(([, uid]) => uid);
        [from, to] = [to, from];
        await removeMessages(account, inbox, await append(5));
      }
      await moveMessages(account, from, uids, inbox);
    })();
    const names: string[] = [];
    for (let round = 0; round < 4; round++) names.push((await takeBackup(folder)).name);
    isOver = true;
    await busy;
    assert.equal((await verifyBackup(folder)).faultCount, 0);
    await onEmptyStore(async () => {
      await restoreServer(folder, { ...options, snapshot: names[1] });
      const { message = [], mailbox = [] } = await dumpStore();
      const own = mailbox.filter(({ specialUse }) => specialUse !== '#deleted');
      const live = message.filter(({ mailboxId }) => own.some(({ id }) => id === mailboxId));
      // The wanderers are in one of the two, whole; five at most have just come.
      assert.ok(live.length === total || live.length === total + 5, String(live.length - total));
      for (const { id, messages } of own) {
        assert.equal(messages, live.filter(({ mailboxId }) => mailboxId === id).length);
      }
      const inOther = live.filter(({ mailboxId }) => mailboxId === other).length;
      assert.ok(inOther === 0 || inOther === 20, String(inOther));
    });
  });

  it('loses nothing of before when it is killed, and goes on from there', async () => {
    const folder = newPlace();
    for (const killAt of [0, 1, 2, 3]) {
      const killed = await runBackup(folder, killAt);
      assert.equal(killed.stdout, '', 'killed before its end');
      assert.deepEqual(await listBackup(folder), []);
    }
    const first = await takeBackup(folder);
    await append(700);
    const killed = await runBackup(folder, 3);
    assert.equal(killed.stdout, '');
    const [kept] = await listBackup(folder);
    assert.equal(kept?.name, first.name);
    assert.equal((await verifyBackup(folder)).faultCount, 0);
    const next = await runBackup(folder);
    assert.equal(next.stdout, 'done\n', next.stderr);
    assert.equal((await verifyBackup(folder)).faultCount, 0);
    await pruneBackup(folder, 1);
    assert.equal((await verifyBackup(folder)).faultCount, 0);
  });

  it('lets one in at a time, and takes over from the dead', async () => {
    const folder = newPlace();
    await takeBackup(folder);
    const both = await Promise.allSettled([takeBackup(folder), takeBackup(folder)]);
    const refused = both.filter((result) => result.status === 'rejected');
    assert.equal(refused.length, 1);
    assert.equal((refused[0] as PromiseRejectedResult).reason.reason, 'in-use');
    const lock = join(folder, 'lock');
    const owner = {
      token: 't',
      host: hostname(),
      boot: 'another boot',
      pid: 1,
      started: '1',
      work: 'x',
    };
    writeFileSync(lock, JSON.stringify(owner));
    await takeBackup(folder);
    writeFileSync(lock, JSON.stringify({ ...owner, host: 'elsewhere' }));
    await assert.rejects(takeBackup(folder), { reason: 'in-use', message: /elsewhere/ });
    rmSync(lock);
    await takeBackup(folder);
  });

  it('says so when there is no room, and is whole afterwards', async () => {
    const folder = newPlace();
    await takeBackup(folder);
    await append(2, 1_500_000);
    const full = await runBackup(folder, -1, 512);
    assert.equal(full.code, 1, full.stderr);
    assert.match(full.stdout, /^Refusal: The backup folder .* (no room|too large)/);
    assert.equal((await verifyBackup(folder)).faultCount, 0);
    await takeBackup(folder);
    assert.equal((await verifyBackup(folder)).faultCount, 0);
  });

  it('names what is damaged; a restore refuses it, or leaves it out when told', async () => {
    const folder = newPlace();
    await takeBackup(folder);
    const isPack = (name: string) => name.endsWith('.pack');
    const packs = readdirSync(join(folder, 'bodies')).filter(isPack);
    const pack = join(
      folder,
      'bodies',
      packs.find((name) => statSync(join(folder, 'bodies', name)).size > 0)!,
    );
    const bytes = readFileSync(pack);
    bytes[bytes.length - 20]! ^= 4;
    writeFileSync(pack, bytes);
    const verified = await verifyBackup(folder);
    assert.equal(verified.faultCount, 1);
    assert.match(verified.faults[0]!, /body.*damaged/i);
    await onEmptyStore(() =>
      assert.rejects(restoreServer(folder, options), {
        reason: 'unavailable',
        message: /skip-damaged/,
      }),
    );
    await onEmptyStore(async () => {
      const restored = await restoreServer(folder, { ...options, isDamageSkipped: true });
      assert.ok(restored.skipped.length >= 1);
      const { message = [], mailbox = [] } = await dumpStore();
      assert.equal(message.length, restored.messages - restored.skipped.length);
      assert.equal(
        message.length,
        mailbox.reduce((sum, row) => sum + Number(row.messages), 0),
      );
    });
    bytes[bytes.length - 20]! ^= 4;
    writeFileSync(pack, bytes);
    const rows = join(folder, 'rows');
    const [chunks = ''] = readdirSync(rows).filter(isPack);
    const whole = readFileSync(join(rows, chunks));
    const broken = Buffer.from(whole);
    broken[200]! ^= 4;
    writeFileSync(join(rows, chunks), broken);
    assert.ok((await verifyBackup(folder)).faultCount >= 1);
    await assert.rejects(pruneBackup(folder, 1), { reason: 'unavailable' });
    await onEmptyStore(() =>
      assert.rejects(restoreServer(folder, options), { reason: 'unavailable' }),
    );
    writeFileSync(join(rows, chunks), whole);
    const [{ name } = { name: '' }] = await listBackup(folder);
    appendFileSync(join(folder, 'snapshots', `${name}.json`), ' ');
    assert.match((await listBackup(folder))[0]!.note, /damaged/);
    await onEmptyStore(() =>
      assert.rejects(restoreServer(folder, options), { reason: 'unavailable' }),
    );
  });

  it('keeps the rest of a store that has lost a body, and says what is missing', async () => {
    const folder = newPlace();
    const [uid = 0] = await append(1);
    const row = await db.message.findFirstOrThrow({ where: { mailboxId: inbox, uid } });
    await write((tx) => tx.blobBytes.delete({ where: { blobId: row.blobId } }));
    const { name, lost } = await takeBackup(folder);
    assert.deepEqual(
      lost.map((one) => [one.mailboxId, one.uid]),
      [[inbox, uid]],
    );
    assert.match((await verifyBackup(folder)).faults[0]!, /1 messages had lost their body/);
    const total = await db.message.count();
    await onEmptyStore(async () => {
      const { skipped } = await restoreServer(folder, { ...options, snapshot: name });
      assert.equal(skipped.length, 1);
      assert.equal(await db.message.count(), total - 1);
    });
  });
});
