import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { freezeClock, fromNow, now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import {
  type Job,
  jobs,
  removeExpiredTokens,
  removeOldEvents,
  removeOldThrottles,
  startJobs,
} from '#server/jobs/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const dayMs = 86_400_000;
let database: Awaited<ReturnType<typeof openTestDatabase>>;

before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());
afterEach(() => freezeClock(null));

describe('timed jobs', () => {
  it('remove events after storage.trailDays, and only those', async () => {
    freezeClock(new Date('2026-11-21T10:00:00Z'));
    const add = (at: Date) =>
      write((tx) =>
        tx.trailEvent.create({ data: { id: newId(), at, traceId: 't', kind: 'login' } }),
      );
    await add(fromNow(-91 * dayMs));
    await add(fromNow(-89 * dayMs));
    assert.deepEqual(await removeOldEvents(), { events: 1 });
    assert.equal(await db.trailEvent.count({ where: { traceId: 't' } }), 1);
    assert.deepEqual(await removeOldEvents(), { events: 0 });
    await writeSetting('storage.trailDays', 88, 'test');
    assert.deepEqual(await removeOldEvents(), { events: 1 });
    await resetSetting('storage.trailDays', 'test');
  });

  it('remove one-time tokens and login counters after their end', async () => {
    freezeClock(new Date('2026-11-21T10:00:00Z'));
    await write(async (tx) => {
      for (const [id, ms] of [
        ['old', -1000],
        ['new', 60_000],
      ] as const) {
        const row = { id, purpose: 'setup', expiresAt: fromNow(ms), createdAt: now() };
        await tx.oneTimeToken.create({ data: row });
      }
      await tx.loginThrottle.create({
        data: { id: 'address:old', failures: 9, startedAt: fromNow(-30 * dayMs) },
      });
      await tx.loginThrottle.create({ data: { id: 'address:new', failures: 1, startedAt: now() } });
    });
    assert.deepEqual(await removeExpiredTokens(), { tokens: 1 });
    assert.deepEqual(await removeOldThrottles(), { counters: 1 });
    assert.equal((await db.oneTimeToken.findMany())[0]?.id, 'new');
    assert.equal((await db.loginThrottle.findMany())[0]?.id, 'address:new');
  });

  it('all run on an empty database', async () => {
    for (const job of jobs) await job.run(new AbortController().signal);
  });

  it('never overlap, and a failing one does not stop the others', async () => {
    let running = 0;
    let most = 0;
    let calls = 0;
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    const make = (name: string, fails: boolean): Job => ({
      name,
      text: 'Does nothing.',
      intervalMs: 1,
      run: async () => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        if (++calls >= 10) resolve();
        if (fails) throw new Error('broken');
        return {};
      },
    });
    // The loop's timers do not keep a process alive; a real daemon has listeners.
    const alive = setInterval(() => undefined, 1000);
    const service = await startJobs([make('a', false), make('b', true)], 0);
    await enough;
    await service.stop();
    clearInterval(alive);
    assert.equal(most, 1);
  });

  it('stop before the first run', async () => {
    const service = await startJobs();
    await service.stop();
  });
});
