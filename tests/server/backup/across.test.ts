// A backup is the way from one database to the other: SQLite to PostgreSQL and back gives the same store.
// The programs of the command line do the part that this process, which knows one database, cannot do.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { noProgress } from '#server/backup/progress.ts';
import { restoreServer } from '#server/backup/restore-server.ts';
import { takeBackup } from '#server/backup/take-backup.ts';
import { runProgram } from '#tests/support/daemon.ts';
import { openTestDatabase, testServerUrl } from '#tests/support/database.ts';
import { postgresqlMissing, startPostgresql } from '#tests/support/postgresql.ts';
import { dumpStore, fillStore, makePlace, makeRandom, onEmptyStore } from './fixture.ts';

const skip = testServerUrl ? 'The run on SQLite does this' : postgresqlMissing();
const cli = join(import.meta.dirname, '..', '..', '..', 'server', 'cli', 'main.ts');

describe('from SQLite to PostgreSQL and back', { skip }, () => {
  const places = [makePlace(), makePlace()];
  const folder = mkdtempSync(join(tmpdir(), 'drey-across-'));
  after(() => {
    for (const place of places) place.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('changes nothing but the numbers that jump', async (test) => {
    const database = await openTestDatabase();
    test.after(() => database.close());
    await fillStore(makeRandom(21));
    const [one, two] = places as [(typeof places)[0], (typeof places)[0]];
    await takeBackup(one.folder);
    const before = await dumpStore();
    const server = await startPostgresql();
    try {
      const env = { ...process.env, DREY_DATA: folder, DATABASE_URL: server.urlOf() };
      const drey = async (...words: string[]) => {
        const flags = ['--disable-warning=ExperimentalWarning', cli];
        const result = await runProgram(process.execPath, [...flags, ...words], '', env);
        assert.equal(result.code, 0, result.stderr);
      };
      await drey('restore', one.folder);
      await drey('backup', two.folder);
    } finally {
      await server.stop();
    }
    await onEmptyStore(async () => {
      const restored = await restoreServer(two.folder, { by: 'test', progress: noProgress });
      assert.deepEqual(restored.skipped, []);
      assert.deepEqual(plain(await dumpStore()), plain(before));
    });
  });
});

/** Without what a restore is meant to change (whole.test.ts looks at that). */
function plain(dump: Awaited<ReturnType<typeof dumpStore>>): unknown {
  const jumping = [
    'epoch',
    'uidNext',
    'highestModseq',
    'floorModseq',
    'state',
    'leaseUntil',
    'leaseOwner',
  ];
  return Object.entries(dump).map(([name, rows]) => {
    const kept = rows.filter(
      ({ mailboxId, recipient }) => mailboxId !== '' && recipient !== 'the server',
    );
    const texts = kept.map((row) => {
      const own = Object.entries(row).filter(
        ([column]) => !jumping.includes(column) && !(name === 'message' && column === 'modseq'),
      );
      return JSON.stringify(own);
    });
    return [name, texts.sort()];
  });
}
