// Counting within a window that slides, in bounded memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passTime, uptimeMs } from '#lib/clock.ts';
import { RateCounter } from '#server/smtp/checks/client/rate-counter.ts';

const windowMs = 60_000;
/** To the beginning of a window, so that its parts are known. */
const toNextWindow = () => passTime(windowMs - (uptimeMs() % windowMs) + 1);

test('counts what happened within the window, and forgets it bit by bit', () => {
  const counter = new RateCounter(windowMs);
  toNextWindow();
  assert.equal(counter.read('a'), 0);
  for (let index = 1; index <= 10; index += 1) assert.equal(counter.add('a'), index);
  assert.equal(counter.add('b', 5), 5);
  toNextWindow();
  assert.equal(counter.read('a'), 10);
  passTime(windowMs / 2);
  assert.equal(counter.read('a'), 5);
  assert.equal(counter.add('a'), 6);
  toNextWindow();
  passTime(windowMs);
  assert.equal(counter.read('a'), 0);
});

test('keeps to its number of keys, and forgets who was not seen for longest', () => {
  const counter = new RateCounter(windowMs, 3);
  toNextWindow();
  for (const key of ['a', 'b', 'c', 'a', 'd']) counter.add(key);
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((key) => counter.read(key)),
    [2, 0, 1, 1],
  );
});
