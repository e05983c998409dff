// A thread is given up by what it has had of the processor, and by the clock only much later.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { limitThread } from '#lib/webmail/html/thread-limit.ts';

/** Ticks of 100 ms until it is given up, of a limit of a second; null after 200. `share`: what it gets of each. */
async function countTicks(t: TestContext, share: number, isAnswering = true) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let ticks = 0;
  let isGivenUp = false;
  const cpuUsage = () => {
    const had = { user: ticks * 100_000 * share, system: 0 };
    return isAnswering ? Promise.resolve(had) : new Promise(() => {});
  };
  const end = limitThread({ cpuUsage } as unknown as Worker, 1000, () => {
    isGivenUp = true;
  });
  while (!isGivenUp && ticks < 200) {
    ticks++;
    t.mock.timers.tick(100);
    await new Promise(setImmediate);
  }
  end();
  return isGivenUp ? ticks : null;
}

it('on a free machine, when the time is over', async (t) => {
  assert.equal(await countTicks(t, 1), 10);
});

it('on a busy one, when it has had that time', async (t) => {
  const ticks = (await countTicks(t, 0.25)) ?? 0;
  assert.ok(ticks >= 40 && ticks <= 41, String(ticks));
});

it('at the end also when it does nothing, and when it does not say', async (t) => {
  assert.equal(await countTicks(t, 0), 120);
  t.mock.timers.reset();
  assert.equal(await countTicks(t, 1, false), 120);
});
