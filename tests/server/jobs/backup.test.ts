// The timed job of backups: when one is due, what follows it, whom it tells.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { listBackupRuns } from '#lib/backup/run.ts';
import { passTime, shiftClock } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { takeLease } from '#lib/lease.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { backUpNow, backUpWhenDue, isDue } from '#server/jobs/backup.ts';
import { ensureMailboxes } from '#server/store/mailboxes.ts';
import { mailboxOf } from '#tests/server/store/fixture.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const daily = {
  'backup.folder': '/mnt/backup',
  'backup.schedule': 'daily',
  'backup.time': '02:30',
  'backup.everyHours': 6,
} as const;
const hours = { ...daily, 'backup.schedule': 'hours' } as const;
const at = (text: string) => new Date(`2026-11-${text}:00Z`);
const done = (text: string) => ({ startedAt: at(text), state: 'done' as const });
const failed = (text: string) => ({ startedAt: at(text), state: 'failed' as const });

const cases: [string, Parameters<typeof isDue>, boolean][] = [
  ['never without a folder', [{ ...daily, 'backup.folder': '' }, null, at('21T12:00')], false],
  ['by the clock of the service', [daily, done('20T01:30'), at('21T01:31'), 60], true],
  ['and not by another', [daily, done('20T01:30'), at('21T01:29'), 60], false],
  ['never by itself', [{ ...daily, 'backup.schedule': 'off' }, null, at('21T12:00')], false],
  ['the first one at once', [daily, null, at('21T12:00')], true],
  ['after the time of day', [daily, done('20T02:30'), at('21T02:31')], true],
  ['before the time of day', [daily, done('20T02:30'), at('21T02:29')], false],
  ['not twice on a day', [daily, done('21T02:31'), at('21T23:00')], false],
  ['one that was missed', [daily, done('18T02:30'), at('21T01:00')], true],
  ['one that was begun by hand counts', [daily, done('21T02:40'), at('22T02:00')], false],
  ['a failed one again after an hour', [daily, failed('21T02:30'), at('21T03:30')], true],
  ['but not before', [daily, failed('21T02:30'), at('21T03:29')], false],
  ['after some hours', [hours, done('21T02:00'), at('21T08:00')], true],
  ['before they are over', [hours, done('21T02:00'), at('21T07:59')], false],
  [
    'one that runs',
    [hours, { startedAt: at('20T00:00'), state: 'running' }, at('21T07:59')],
    false,
  ],
];

describe('a backup is due', () => {
  for (const [why, input, expected] of cases) {
    it(why, () => assert.equal(isDue(...input), expected));
  }
});

describe('the job of backups', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let parent = '';
  let admin = '';

  before(async () => {
    database = await openTestDatabase();
    parent = mkdtempSync(join(tmpdir(), 'drey-backup-'));
    await addDomain({ name: 'own.test' }, 'test');
    const account = {
      address: 'root@own.test',
      password: 'a long password',
      role: 'admin',
    } as const;
    admin = (await addAccount(account, 'test')).id;
    await ensureMailboxes(admin);
  });
  after(async () => {
    await database?.close();
    chmodSync(parent, 0o700);
    rmSync(parent, { recursive: true, force: true });
  });

  const subjects = async () => {
    const { id } = await mailboxOf(admin, 'INBOX');
    const rows = await db.message.findMany({
      where: { accountId: admin, mailboxId: id },
      orderBy: { uid: 'asc' },
      select: { blobId: true },
    });
    const found = await db.rendering.findMany({
      where: { blobId: { in: rows.map(({ blobId }) => blobId ?? 0) } },
      orderBy: { blobId: 'asc' },
      select: { subject: true },
    });
    return found.map(({ subject }) => subject);
  };

  it('does nothing without a folder', async () => {
    assert.deepEqual(await backUpWhenDue(), { begun: 0 });
    assert.deepEqual(await listBackupRuns(), []);
  });

  it('tells the administrators once that it fails, and once that it works again', async () => {
    const folder = join(parent, 'taken');
    writeFileSync(folder, 'a file in the way');
    await writeSetting('backup.folder', folder, 'test');
    await (await backUpNow())?.ended;
    await (await backUpNow())?.ended;
    assert.deepEqual(await subjects(), ['The backup failed']);
    rmSync(folder);
    await (await backUpNow())?.ended;
    assert.deepEqual(await subjects(), ['The backup failed', 'The backup works again']);
  });

  it('tidies up and verifies behind a backup, and is quiet then', async () => {
    const kinds = (await listBackupRuns()).map(({ kind, state }) => `${kind} ${state}`);
    assert.deepEqual(kinds.slice(0, 3), ['verify done', 'prune done', 'backup done']);
    assert.deepEqual(await backUpWhenDue(), { begun: 0 });
  });

  it('verifies as often as the setting says', async () => {
    const verified = async () => {
      await (await backUpNow())?.ended;
      return (await listBackupRuns()).filter(({ kind }) => kind === 'verify').length;
    };
    const before = await verified();
    assert.equal(await verified(), before, 'it is too soon');
    try {
      passTime(2 * 86_400_000);
      await writeSetting('backup.verifyDays', 1, 'test');
      assert.equal(await verified(), before + 1);
      passTime(40 * 86_400_000);
      await writeSetting('backup.verifyDays', 0, 'test');
      assert.equal(await verified(), before + 1, 'never by itself');
    } finally {
      shiftClock(0);
      await resetSetting('backup.verifyDays', 'test');
    }
  });

  it('tells nobody where the setting says so', async () => {
    const told = (await subjects()).length;
    await writeSetting('backup.tellsAdmins', false, 'test');
    await writeSetting('backup.folder', join(parent, 'nowhere', 'at', 'all'), 'test');
    await (await backUpNow())?.ended;
    const [{ kind, state } = { kind: '', state: '' }] = await listBackupRuns();
    assert.equal(`${kind} ${state}`, 'backup failed');
    assert.equal((await subjects()).length, told);
    await resetSetting('backup.tellsAdmins', 'test');
  });

  it('leaves it to whoever is at work', async () => {
    await takeLease('backup', 'another node', 60_000);
    assert.equal(await backUpNow(), null);
  });
});
