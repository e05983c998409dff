// Long loops give way: by a clock of the test's own, so that a busy machine changes nothing.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { nextTurn, runInTurns, startLoop } from '#server/store/turn.ts';

/** Others wait for a stretch in the sockets' part of a turn and one behind it, and for a step of each. */
const longestMs = 10;

describe('loops that give way', () => {
  let clockMs = 0;
  /** Longest time between two turns of the event loop. */
  let longest = 0;
  let isWatching = false;

  beforeEach(() => {
    mock.method(performance, 'now', () => clockMs);
    longest = 0;
    isWatching = true;
    let last = clockMs;
    const watch = () => {
      longest = Math.max(longest, clockMs - last);
      last = clockMs;
      if (isWatching) setImmediate(watch);
    };
    setImmediate(watch);
  });
  afterEach(() => {
    isWatching = false;
    mock.restoreAll();
  });

  async function work(steps: number, done: () => void = () => {}): Promise<void> {
    const loop = startLoop();
    for (let step = 0; step < steps; step++) {
      clockMs += 0.5;
      await loop.pause();
    }
    done();
  }

  it('one lets others in', async () => {
    await work(1000);
    assert.ok(longest > 0 && longest <= longestMs, `${longest} ms`);
  });

  it('many share a turn, and none of them is left behind', async () => {
    const ends: number[] = [];
    const startMs = clockMs;
    const loops = Array.from({ length: 20 }, () => work(200, () => ends.push(clockMs)));
    await Promise.all(loops);
    assert.ok(longest <= longestMs + 20, `${longest} ms`);
    assert.ok(ends[0]! - startMs > 0.8 * (clockMs - startMs), 'the first ends near the last');
  });

  it('stages that follow each other share it too', async () => {
    for (let stage = 0; stage < 100; stage++) await work(7);
    assert.ok(longest <= longestMs, `${longest} ms`);
  });

  it('steps of a computation', async () => {
    const steps = function* (): Generator<undefined, string, undefined> {
      for (let step = 0; step < 500; step++) {
        clockMs += 1;
        yield;
      }
      return 'done';
    };
    assert.equal(await runInTurns(steps()), 'done');
    assert.ok(longest <= longestMs, `${longest} ms`);
    const signal = AbortSignal.abort(new Error('gone'));
    await assert.rejects(runInTurns(steps(), signal), /gone/);
  });

  it('who only waits for the next turn goes on in order', async () => {
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((name) => nextTurn().then(() => order.push(name))));
    assert.deepEqual(order, [1, 2, 3]);
  });
});
