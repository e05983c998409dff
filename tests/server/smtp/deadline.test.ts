// The time limit that dripping bytes do not extend.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deadline } from '#server/smtp/wire/deadline.ts';

test('passes once after its time, not when disarmed, anew when armed again', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let passed = 0;
  const deadline = new Deadline(() => passed++);
  deadline.arm(1000);
  context.mock.timers.tick(999);
  assert.equal(passed, 0);
  deadline.arm(1000);
  context.mock.timers.tick(999);
  assert.equal(passed, 0);
  context.mock.timers.tick(1);
  assert.equal(passed, 1);
  deadline.arm(1000);
  deadline.disarm();
  context.mock.timers.tick(5000);
  assert.equal(passed, 1);
});

test('asks whether it may go on', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let passed = 0;
  let left = 2;
  const deadline = new Deadline(() => passed++);
  const arm = () => {
    deadline.arm(1000, () => {
      if (left-- === 0) return false;
      arm();
      return true;
    });
  };
  arm();
  for (let second = 1; second <= 2; second++) context.mock.timers.tick(1000);
  assert.equal(passed, 0);
  context.mock.timers.tick(1000);
  assert.equal(passed, 1);
});
