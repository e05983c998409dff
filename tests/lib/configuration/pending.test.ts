// Risky changes go back by themselves unless they are confirmed, whoever of the daemons does it and whenever it starts.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { freezeClock, now } from '#lib/clock.ts';
import { keepChanges, takeBackOverdue } from '#lib/configuration/pending.ts';
import { undoRevision } from '#lib/configuration/undo.ts';
import { runFrom } from '#lib/history/origin.ts';
import { confirmWithinMs } from '#lib/history/revise.ts';
import { listPending, listRevisions, readRevisionNumber } from '#lib/history/revision.ts';
import { readSetting, resetSetting, writeSetting } from '#lib/settings/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const ada = 'ada@example.test';
const key = 'web.adminNetworks';
const watched = <T>(run: () => Promise<T>, place = '192.0.2.7') =>
  runFrom({ place, isWatched: true }, run);
const set = (networks: string[], by = ada, place?: string) =>
  watched(() => writeSetting(key, networks, by), place);
const pass = (ms: number) => freezeClock(new Date(now().getTime() + ms));

describe('risky changes', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
    freezeClock(new Date('2026-11-21T12:00:00Z'));
  });
  afterEach(async () => {
    await resetSetting(key, 'test');
    pass(2 * confirmWithinMs);
    await takeBackOverdue();
    assert.equal(await takeBackOverdue(), null);
  });
  after(async () => {
    freezeClock(null);
    await database.close();
  });

  it('go back when nobody confirms them, and say so', async () => {
    await set(['10.0.0.0/8']);
    const id = await readRevisionNumber();
    const due = await takeBackOverdue();
    assert.equal(due?.getTime(), now().getTime() + confirmWithinMs);
    assert.deepEqual(await readSetting(key), ['10.0.0.0/8'], 'not before its time');
    pass(confirmWithinMs);
    assert.equal(await takeBackOverdue(), null);
    assert.deepEqual(await readSetting(key), []);
    const [undoing] = await listRevisions({ pageSize: 1 });
    assert.equal(undoing?.undoes, id);
    assert.deepEqual(
      [undoing?.by, undoing?.place, undoing?.reason],
      ['server', 'server', 'Not confirmed in time'],
    );
  });

  it('stay when who made them confirms them, and nobody else can', async () => {
    await set(['10.0.0.0/8']);
    await assert.rejects(keepChanges('eve@example.test'), { reason: 'not-found' });
    assert.equal(await keepChanges(ada), 1);
    await assert.rejects(keepChanges(ada), { reason: 'not-found' });
    pass(confirmWithinMs);
    await takeBackOverdue();
    assert.deepEqual(await readSetting(key), ['10.0.0.0/8']);
  });

  it('of the command line are confirmed by any administrator', async () => {
    await set(['10.0.0.0/8'], 'cli:root', 'command line');
    assert.equal(await keepChanges(ada), 1);
  });

  it('made one after the other go back to what stood before the first, when the last is due', async () => {
    await set(['10.0.0.0/8']);
    pass(confirmWithinMs / 2);
    await set(['192.0.2.0/24']);
    pass(confirmWithinMs / 2);
    await takeBackOverdue();
    assert.deepEqual(await readSetting(key), ['192.0.2.0/24']);
    pass(confirmWithinMs / 2);
    await takeBackOverdue();
    assert.deepEqual(await readSetting(key), []);
  });

  it('go back as far as nobody else has changed them', async () => {
    await set(['10.0.0.0/8']);
    await writeSetting(key, ['10.1.0.0/16'], 'API');
    await set(['10.2.0.0/16']);
    pass(confirmWithinMs);
    await takeBackOverdue();
    assert.deepEqual(await readSetting(key), ['10.1.0.0/16']);
    assert.deepEqual(await listPending(), []);
  });

  it('leave alone what was changed again meanwhile', async () => {
    await set(['10.0.0.0/8']);
    await writeSetting(key, ['10.1.0.0/16'], ada);
    pass(confirmWithinMs);
    await takeBackOverdue();
    assert.deepEqual(await readSetting(key), ['10.1.0.0/16']);
    assert.deepEqual(await listPending(), []);
  });

  it('are taken back once by two daemons at the same time', async () => {
    await set(['10.0.0.0/8']);
    const count = await readRevisionNumber();
    pass(confirmWithinMs);
    await Promise.all([takeBackOverdue(), takeBackOverdue()]);
    assert.equal(await readRevisionNumber(), count + 1);
  });

  it('are also those that are taken back by hand, and others are not risky', async () => {
    await set(['10.0.0.0/8']);
    await keepChanges(ada);
    await watched(() => undoRevision(1_000_000, ada)).catch(() => {});
    const id = await readRevisionNumber();
    await watched(() => undoRevision(id, ada));
    assert.equal((await listPending()).length, 1);
    await keepChanges(ada);
    await watched(() => writeSetting('web.title', 'Post', ada));
    assert.deepEqual(await listPending(), []);
  });
});
