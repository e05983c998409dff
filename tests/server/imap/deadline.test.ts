// The time limit that is set anew again and again: it passes when it should, and once.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Deadline } from '#server/imap/deadline.ts';

describe('deadline', () => {
  function watch(t: { mock: typeof import('node:test').mock }) {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
    let passed = 0;
    const deadline = new Deadline(() => passed++);
    const tick = (ms: number) => t.mock.timers.tick(ms);
    return { deadline, tick, passed: () => passed };
  }

  it('passes once, after the time that was set last', (t) => {
    const { deadline, tick, passed } = watch(t);
    deadline.set(1000);
    tick(900);
    deadline.set(1000);
    tick(999);
    assert.deepEqual([passed(), deadline.hasPassed], [0, false]);
    tick(1);
    assert.deepEqual([passed(), deadline.hasPassed], [1, true]);
    tick(5000);
    assert.equal(passed(), 1);
  });

  it('may be brought forward', (t) => {
    const { deadline, tick, passed } = watch(t);
    deadline.set(60_000);
    deadline.set(100);
    tick(100);
    assert.equal(passed(), 1);
    tick(60_000);
    assert.equal(passed(), 1);
  });

  it('does not pass once it is cleared or ended, and can be set again', (t) => {
    const { deadline, tick, passed } = watch(t);
    deadline.set(100);
    deadline.clear();
    tick(1000);
    deadline.set(100);
    deadline.end();
    tick(1000);
    assert.equal(passed(), 0);
    deadline.set(100);
    tick(100);
    assert.equal(passed(), 1);
  });
});
